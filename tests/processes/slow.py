"""A worker with one job that takes its time: `python -m tests.processes.slow SECONDS`."""

from __future__ import annotations

import asyncio
import sys
import time

from portico.config.setup import set_up_django


def main(seconds: float) -> None:
    """Put the job into the queue, and work."""
    set_up_django()
    from procrastinate.contrib.django import app

    from portico.config.working import work

    @app.task(name="tests.slow")
    def slow() -> None:
        print("begun", flush=True)
        time.sleep(seconds)

    slow.defer()
    asyncio.run(work(concurrency=1))


if __name__ == "__main__":
    main(float(sys.argv[1]))
