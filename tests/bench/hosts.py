"""How quickly a host's workspace is found, and whether a name may have a certificate."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import time

from tests.bench.grow import DOMAIN
from tests.bench.load import answers_per_second
from tests.bench.portal import Row, grow, installation
from tests.bench.server import ROOT, serving

SIZES = (10, 1_000, 100_000)
ROUNDS, LOOKUPS, TURN, SECONDS = 7, 1_000, 20, 2.0
SECRET = "bench-secret-of-the-web-server"


def measure() -> list[Row]:
    """Hosts beside people, of whom there are always as few; and asking beside a bare view."""
    with installation() as environment:
        found = {}
        for size in SIZES:
            grow(environment, size)
            found[size] = _lookups(environment, size)
        asked = _asking(environment)
    few, *more = SIZES
    rows = [
        Row(f"host lookup at {size:,} domains / at {few}", found[size] / found[few], "flat")
        for size in more
    ]
    return [*rows, Row(f"ask / bare Django view, {SIZES[-1]:,} domains", asked, ">= 0.3")]


def _lookups(environment: dict[str, str], size: int) -> float:
    """Hosts a second as a share of people a second: the median of the rounds."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.hosts", str(size)],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    measured: list[tuple[float, float]] = json.loads(done.stdout)
    for of_hosts, of_people in measured:
        sys.stderr.write(f"  {size:,} domains: {of_hosts:.0f} hosts/s, {of_people:.0f} people/s\n")
    return statistics.median(of_hosts / of_people for of_hosts, of_people in measured)


def _asking(environment: dict[str, str]) -> float:
    """Answers to `/internal/tls/ask` beside a bare view that answers as little."""
    path = f"/internal/tls/ask?domain={DOMAIN % 5}&secret={SECRET}"
    ours = {**environment, "PORTICO_TLS_ASK_SECRET": SECRET}
    ratios = []
    with (
        serving("portico.config.wsgi:application", ours) as asked,
        serving("tests.bench.bare:application", {"BARE_BYTES": "3"}) as bare,
    ):
        for _round in range(ROUNDS):
            of_asked = answers_per_second(asked, "127.0.0.1", path, seconds=SECONDS)
            of_bare = answers_per_second(bare, "localhost", "/", seconds=SECONDS)
            ratios.append(of_asked / of_bare)
            sys.stderr.write(f"  ask {of_asked:.0f}/s, bare {of_bare:.0f}/s\n")
    return statistics.median(ratios)


def rounds(size: int) -> list[tuple[float, float]]:
    """Lookups a second, of hosts among so many and of a person among a few, in turns.

    Both go through the same layers. The turns are short, so that a busy moment hits both; the first
    round, which nobody counts, warms up.
    """
    from portico.accounts.models import Person
    from portico.workspaces.hosts import workspace_at

    chosen = random.Random(size)
    domains = [DOMAIN % chosen.randrange(5, size) for _number in range(LOOKUPS)]

    def look(domain: str) -> None:
        if workspace_at(domain) is None:
            raise RuntimeError(domain)

    def look_elsewhere(_domain: str) -> None:
        list(Person.objects.filter(email="admin@acme.example.com"))

    done = []
    for _round in range(ROUNDS + 1):
        seconds = [0.0, 0.0]
        for start in range(0, LOOKUPS, TURN):
            for which, work in enumerate((look, look_elsewhere)):
                began = time.perf_counter()
                for domain in domains[start : start + TURN]:
                    work(domain)
                seconds[which] += time.perf_counter() - began
        done.append((LOOKUPS / seconds[0], LOOKUPS / seconds[1]))
    return done[1:]


def main(size: int) -> None:
    """Print the rates as JSON."""
    from portico.config.setup import set_up_django

    set_up_django()
    sys.stdout.write(json.dumps(rounds(size)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
