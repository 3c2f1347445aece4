"""How many mails a second go out, beside Django's own `send_mass_mail` to the same server.

The pipeline writes each mail in HTML and text on the workspace's letterhead, keeps it in the log,
and notes each step durably; Django's sends ready texts of the same size and notes nothing.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portico.config.running.postgres import running
from tests.bench.portal import Row
from tests.bench.server import ROOT

ROUNDS, MAILS = 5, 500


def measure() -> list[Row]:
    """Both in turns, in one process, so that a busy moment of the machine hits them alike."""
    with _mail_server() as port, _installation(port) as environment:
        rates = json.loads(_run(["-m", "tests.bench.mail", str(port)], environment))
    for of_pipeline, of_django in rates:
        sys.stderr.write(f"  pipeline {of_pipeline:.0f}/s, send_mass_mail {of_django:.0f}/s\n")
    ratio = statistics.median(of_pipeline / of_django for of_pipeline, of_django in rates)
    return [Row("mails through the pipeline / Django's send_mass_mail", ratio, ">= 0.5")]


def rounds(port: int) -> list[tuple[float, float]]:
    """Mails a second of each, round by round. The first one, which nobody counts, warms up."""
    from tests.bench import mail_rounds

    workspace = mail_rounds.prepare(port)
    size = mail_rounds.size_of_a_mail(workspace)
    mail_rounds.through_the_pipeline(workspace, MAILS // 5)
    mail_rounds.through_django(MAILS // 5, size)
    return [
        (
            mail_rounds.through_the_pipeline(workspace, MAILS),
            mail_rounds.through_django(MAILS, size),
        )
        for _round in range(ROUNDS)
    ]


@contextmanager
def _mail_server() -> Iterator[int]:
    """In a process of its own, so that it takes nobody's time but the other processor's."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.peers.smtp"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield int(process.stdout.readline() if process.stdout else 0)
    finally:
        process.terminate()
        process.communicate(timeout=15)


@contextmanager
def _installation(port: int) -> Iterator[dict[str, str]]:
    """With a database that writes to the disk before it says so: that is what is measured."""
    with tempfile.TemporaryDirectory(prefix="portico-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with running(folder, durable=True) as url:
            environment = {
                "DATABASE_URL": url,
                "PORTICO_DATA_DIR": str(folder),
                "PORTICO_DEFAULT_WORKSPACE": "acme",
                "PORTICO_LOG_FORMAT": "json",
                "PORTICO_MAIL_PORTS": f"{port},587",
                "PORTICO_MAIL_RATE": "1000000",
            }
            for command in ("migrate", "seed"):
                _run(["-m", "portico.config.cli", command], environment)
            yield environment


def _run(arguments: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


def main(port: int) -> None:
    """Print the rates as JSON."""
    from portico.config.setup import set_up_django

    set_up_django()
    sys.stdout.write(json.dumps(rounds(port)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
