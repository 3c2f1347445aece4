"""A worker with one slot for mail and one for the rest: `python -m tests.processes.both_queues`.

Mail occupies its slot for good, and more of it waits; then another job comes.
"""

from __future__ import annotations

import asyncio
import time

from portico.config.setup import set_up_django


def main() -> None:
    """Put the jobs into the queue, and work."""
    set_up_django()
    from procrastinate.contrib.django import app

    from portico.config.working import work
    from portico.service_email.pipeline.queueing import QUEUE

    @app.task(name="tests.slow_mail", queue=QUEUE)
    def slow_mail() -> None:
        print("mail begun", flush=True)
        time.sleep(100)

    @app.task(name="tests.other")
    def other() -> None:
        print("other done", flush=True)

    for _number in range(3):
        slow_mail.defer()
    other.defer()
    asyncio.run(work(concurrency=1, mail_concurrency=1))


if __name__ == "__main__":
    main()
