"""A worker with one slot for mail, one each for quick and slow webhooks, and one for the rest:
`python -m tests.processes.both_queues`.

Mail and slow webhooks occupy their slots for good, and more of them waits; then others come.
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
    from portico.webhooks.pipeline.queueing import QUEUE as WEBHOOKS
    from portico.webhooks.pipeline.queueing import SLOW_QUEUE as SLOW_WEBHOOKS

    @app.task(name="tests.slow_mail", queue=QUEUE)
    def slow_mail() -> None:
        print("mail begun", flush=True)
        time.sleep(100)

    @app.task(name="tests.slow_receiver", queue=SLOW_WEBHOOKS)
    def slow_receiver() -> None:
        print("webhook begun", flush=True)
        time.sleep(100)

    @app.task(name="tests.quick_receiver", queue=WEBHOOKS)
    def quick_receiver() -> None:
        print("quick webhook done", flush=True)

    @app.task(name="tests.other")
    def other() -> None:
        print("other done", flush=True)

    for _number in range(3):
        slow_mail.defer()
        slow_receiver.defer()
    quick_receiver.defer()
    other.defer()
    asyncio.run(work(concurrency=1, mail_concurrency=1))


if __name__ == "__main__":
    main()
