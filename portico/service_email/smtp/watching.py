"""Work that keeps to a time but cannot be stopped, watched by somebody who may leave early."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TypeVar

from portico.service_email.smtp.limits import Patience

PAUSE = 0.4  # seconds between two looks at whether to go on

T = TypeVar("T")


def watched(
    work: Callable[[], T],
    patience: Patience,
    *,
    name: str,
    late: Callable[[T], None] | None = None,
) -> T:
    """What the work returns, or what it raises; it is left behind if need be.

    `late` is given what came after that, in the thread that did the work.
    """
    answers: SimpleQueue[tuple[T] | Exception] = SimpleQueue()
    turn, left = Lock(), False

    def run() -> None:
        answer: tuple[T] | Exception
        try:
            answer = (work(),)
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            answer = error
        with turn:
            if not left:
                answers.put(answer)
                return
        if late is not None and isinstance(answer, tuple):
            late(answer[0])

    Thread(target=run, name=name, daemon=True).start()
    try:
        return _answer(answers, patience)
    except BaseException:
        with turn:
            left = True
        try:
            came = answers.get_nowait()  # in the very last moment
        except Empty:
            came = None
        if late is not None and isinstance(came, tuple):
            return came[0]
        raise


def _answer(answers: SimpleQueue[tuple[T] | Exception], patience: Patience) -> T:
    while True:
        patience.check()
        try:
            answer = answers.get(timeout=PAUSE)
        except Empty:
            continue
        if isinstance(answer, Exception):
            raise answer
        return answer[0]
