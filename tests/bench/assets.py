"""How many files of a version are served straight from its package, beside a web server that has
the same files unpacked."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from whitenoise import WhiteNoise

from portico.config.commands.with_django import with_django
from tests.bench.load import answers_per_second
from tests.bench.portal import Row, installation
from tests.bench.server import ROOT, serving

ROUNDS, SECONDS = 5, 2.0
SMALL, LARGE = "small.js", "large.js"
WORDS = "".join(f"// line {number} of a script\n" for number in range(10_000))
FILES = {SMALL: WORDS[:1_000], LARGE: WORDS[: 100 * 1024]}


# Each answer of ours first asks the database whether the version may be seen, which costs the same
# whatever the size of the file.
AIMS = {SMALL: ">= 0.15", LARGE: ">= 0.3"}


def measure() -> list[Row]:
    """The contenders take turns, so that a busy moment of the machine hits them alike."""
    with (
        installation() as environment,
        tempfile.TemporaryDirectory(prefix="portico-bench-") as name,
    ):
        folder = Path(name)
        for file, content in FILES.items():
            (folder / file).write_text(content)
        label = _version(environment)
        with (
            serving("portico.config.wsgi:application", environment) as ours,
            serving("tests.bench.assets:unpacked", {"BENCH_FOLDER": name}) as theirs,
        ):
            host = f"{label}.content.localhost:{ours}"
            return [_row(file, ours, host, theirs) for file in (SMALL, LARGE)]


def _row(file: str, ours: int, host: str, theirs: int) -> Row:
    ratios = []
    for _round in range(ROUNDS):
        packed = answers_per_second(ours, host, f"/{file}", seconds=SECONDS)
        unpacked_ones = answers_per_second(theirs, "localhost", f"/{file}", seconds=SECONDS)
        ratios.append(packed / unpacked_ones)
        sys.stderr.write(f"  {file}: {packed:.0f}/s packed, {unpacked_ones:.0f}/s unpacked\n")
    size = f"{len(FILES[file]) / 1024:.0f} KiB"
    return Row(
        f"asset from the ZIP / unpacked by whitenoise, {size}",
        statistics.median(ratios),
        AIMS[file],
    )


def _version(environment: dict[str, str]) -> str:
    """Make a version with these files and put it on the web; its label."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.assets"],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    label: str = json.loads(done.stdout.splitlines()[-1])
    return label


@with_django
def main() -> None:
    """Make the version, in the installation that the environment names."""
    from django.db import transaction

    from portico.kernel.clock import now
    from portico.miniprograms.services import put_live
    from portico.targets.models import App
    from portico.workspaces.models import Workspace
    from tests.make import make_app, make_program, make_version
    from tests.packages import make_package

    with transaction.atomic():
        workspace = Workspace.objects.get(slug="acme")
        app = App.objects.filter(workspace=workspace, is_web=True).first()
        app = app or make_app(workspace, is_web=True)
        program = make_program(workspace, "com.example.bench")
        version = make_version(program, package=make_package(program.app_id, files=FILES))
        put_live(program, app.targets.get(environment="production"), version, at=now())
    print(json.dumps(version.label))


def _nothing(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("404 Not Found", [("Content-Length", "0")])
    return []


unpacked = WhiteNoise(_nothing, root=os.environ.get("BENCH_FOLDER"), max_age=31_536_000)
"""Whitenoise with the folder that the environment names, as a server of its own."""


if __name__ == "__main__":
    main()
