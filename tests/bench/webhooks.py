"""How many webhooks a second are delivered, beside a bare httpx2 loop that posts the same bodies to
the same receiver.

A delivery is claimed, signed, sent over a connection of its own to an address that was checked, and
noted durably with what was answered; the loop posts and notes nothing.
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

ROUNDS, EVENTS = 5, 300


def measure() -> list[Row]:
    """All in turns, in one process, so that a busy moment of the machine hits them alike."""
    with _receiver() as port, _installation() as environment:
        rates = json.loads(_run(["-m", "tests.bench.webhooks", str(port)], environment))
    for ours, kept, anew in rates:
        sys.stderr.write(
            f"  webhooks {ours:.0f}/s, httpx2 loop {kept:.0f}/s, with a connection each "
            f"{anew:.0f}/s\n"
        )
    to_kept = statistics.median(ours / kept for ours, kept, _anew in rates)
    to_anew = statistics.median(ours / anew for ours, _kept, anew in rates)
    return [
        Row("webhooks delivered / httpx2 loop over one connection", to_kept, "-"),
        Row("webhooks delivered / httpx2 loop, a connection each", to_anew, "-"),
    ]


def rounds(port: int) -> list[tuple[float, float, float]]:
    """Deliveries a second of each, round by round. The first one, which nobody counts, warms up."""
    from tests.bench import webhook_rounds

    endpoint = webhook_rounds.prepare(port)
    webhook_rounds.through_the_pipeline(endpoint, EVENTS // 5)
    webhook_rounds.through_httpx2(endpoint, EVENTS // 5, keep=True)
    webhook_rounds.gather_statistics()
    return [
        (
            webhook_rounds.through_the_pipeline(endpoint, EVENTS),
            webhook_rounds.through_httpx2(endpoint, EVENTS, keep=True),
            webhook_rounds.through_httpx2(endpoint, EVENTS, keep=False),
        )
        for _round in range(ROUNDS)
    ]


@contextmanager
def _receiver() -> Iterator[int]:
    """In a process of its own, so that it takes nobody's time but the other processor's."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.peers.receiver"],
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
def _installation() -> Iterator[dict[str, str]]:
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
