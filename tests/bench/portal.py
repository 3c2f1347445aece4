"""How many visitors the portal serves, beside a bare Django view, and as workspaces grow."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portico.config.running.postgres import running
from tests.bench.load import answers_per_second
from tests.bench.server import ROOT, serving

ROUNDS, SECONDS = 5, 2.0
FEW, MANY = 10, 100_000


@dataclass(frozen=True)
class Row:
    """One line of the report: a ratio, and what it should be."""

    what: str
    ratio: float
    aim: str


def measure() -> list[Row]:
    """Interleave the contenders, so that a busy moment of the machine hits them alike."""
    with (
        installation() as environment,
        serving("portico.config.wsgi:application", environment) as portal,
    ):
        host = f"acme.localhost:{portal}"
        size = size_of(portal, host)
        with serving("tests.bench.bare:application", {"BARE_BYTES": str(size)}) as bare:
            few = _rounds(portal, host, bare)
            grow(environment, MANY)
            many = _rounds(portal, host, bare)
    return [
        Row(f"portal / bare Django view, {FEW} workspaces", few, ">= 0.5"),
        Row(f"portal / bare Django view, {MANY:,} workspaces", many, ">= 0.5"),
        Row(f"portal at {MANY:,} workspaces / at {FEW}", many / few, "flat"),
    ]


def _rounds(portal: int, host: str, bare: int) -> float:
    """The median of the ratios of several rounds."""
    ratios = []
    for _round in range(ROUNDS):
        of_portal = answers_per_second(portal, host, "/", seconds=SECONDS)
        of_bare = answers_per_second(bare, "localhost", "/", seconds=SECONDS)
        ratios.append(of_portal / of_bare)
        sys.stderr.write(f"  portal {of_portal:.0f}/s, bare {of_bare:.0f}/s\n")
    return statistics.median(ratios)


@contextmanager
def installation() -> Iterator[dict[str, str]]:
    """A database with the demo's workspaces and a few more; yields the settings for it."""
    with tempfile.TemporaryDirectory(prefix="portico-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with running(folder, durable=False) as url:
            environment = {
                "DATABASE_URL": url,
                "PORTICO_DATA_DIR": str(folder),
                "PORTICO_DEFAULT_WORKSPACE": "acme",
                "PORTICO_LOG_FORMAT": "json",
            }
            for command in ("migrate", "seed"):
                _run(["-m", "portico.config.cli", command], environment)
            grow(environment, FEW)
            yield environment


def grow(environment: dict[str, str], count: int) -> None:
    """Have so many workspaces there, each with a domain."""
    _run(["-m", "tests.bench.grow", str(count)], environment)


def _run(arguments: list[str], environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.DEVNULL,
    )


def size_of(port: int, host: str) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"Host": host})
    with urllib.request.urlopen(request, timeout=30) as response:
        return len(response.read())
