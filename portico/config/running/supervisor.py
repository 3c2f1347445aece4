"""Keeping processes running, and stopping them all.

A process that ends is started again, at first soon and then ever slower. Whatever it leaves in
its process group is killed before that, so that a successor finds its port free. One thread, and
it sleeps until a process ends, writes a line, or a timer runs out.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from portico.config.running.child import Child
from portico.config.running.leash import Leash
from portico.config.running.logs import Logs
from portico.config.running.output import Output


@dataclass(frozen=True)
class Pace:
    """How restarts and stops are paced, in seconds."""

    first_pause: float = 0.2
    longest_pause: float = 10.0
    healthy_after: float = 30.0  # a process that lived this long starts with the first pause again
    grace: float = 5.0  # between the first signal to stop and SIGKILL, for the highest stage
    last_grace: float = 1.5  # between the signals of the lowest stage, which has several
    complain_after: int = 10  # ends in a row


@dataclass
class Running:
    """A started process."""

    child: Child
    process: subprocess.Popen[bytes]
    output: Output
    ended: asyncio.Future[int]
    started: float = field(default_factory=time.monotonic)


class Supervisor:
    """Runs children on a leash. Use it from the main thread, as an asynchronous context."""

    def __init__(self, leash: Leash, logs: Logs, *, pace: Pace | None = None) -> None:
        self.logs = logs
        self.failures: dict[str, int] = {}  # ends in a row, by child
        self._leash = leash
        self._pace = pace or Pace()
        self._running: dict[int, Running] = {}
        self._keeping: list[asyncio.Task[None]] = []
        self._stopping = False
        self._hurry = asyncio.Event()

    async def __aenter__(self) -> Supervisor:
        asyncio.get_running_loop().add_signal_handler(signal.SIGCHLD, self._look_for_the_dead)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()
        asyncio.get_running_loop().remove_signal_handler(signal.SIGCHLD)

    async def run(self, child: Child) -> int:
        """Run a child once, to its end. Its exit code; negative: the signal that killed it."""
        return await asyncio.shield(self._start(child).ended)

    def keep(self, child: Child) -> None:
        """Keep a child running from now on."""
        self.failures[child.name] = 0
        self._keeping.append(asyncio.create_task(self._keep(child), name=child.name))

    def hurry(self) -> None:
        """Do not wait any longer for processes to end by themselves."""
        self._hurry.set()

    async def stop(self) -> None:
        """Stop all children, stage by stage. Returns once none is left."""
        self._stopping = True
        for task in self._keeping:
            task.cancel()
        await asyncio.gather(*self._keeping, return_exceptions=True)
        for stage in sorted({one.child.stage for one in self._running.values()}, reverse=True):
            members = [one for one in self._running.values() if one.child.stage == stage]
            await asyncio.gather(*(self._stop(one) for one in members))

    async def _keep(self, child: Child) -> None:
        pause = self._pace.first_pause
        while True:
            lived = await self._live_once(child)
            if lived >= self._pace.healthy_after:
                pause = self._pace.first_pause
                self.failures[child.name] = 0
            self.failures[child.name] += 1
            if self.failures[child.name] % self._pace.complain_after == 0:
                self.logs.say(
                    f"{child.name} has ended {self.failures[child.name]} times in a row. "
                    f"See its lines above; Portico tries again every {pause:g} s."
                )
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._pace.longest_pause)

    async def _live_once(self, child: Child) -> float:
        """Start the child and wait for its end. How long it lived, in seconds."""
        started = time.monotonic()
        try:
            child.clear()
            code = await self.run(child)
        except OSError as error:
            self.logs.say(f"{child.name} could not be started: {error}.")
        else:
            self.logs.say(f"{child.name} {how_it_ended(code)}. Starting it again.")
        return time.monotonic() - started

    def _start(self, child: Child) -> Running:
        output = Output(child, self.logs)
        try:
            process = self._leash.start(child, output=output.writing)
        except OSError:
            output.close()
            raise
        finally:
            os.close(output.writing)
        ended = asyncio.get_running_loop().create_future()
        self._running[process.pid] = running = Running(child, process, output, ended)
        return running

    def _look_for_the_dead(self) -> None:
        for pid, running in list(self._running.items()):
            code = running.process.poll()
            if code is not None:
                self._leash.let_go(pid)
                running.output.close()
                del self._running[pid]
                running.ended.set_result(code)
        if not self._stopping:
            self._leash.mend()

    async def _stop(self, running: Running) -> None:
        signals = running.child.stop_signals
        patience = self._pace.grace if len(signals) == 1 else self._pace.last_grace
        for wish in signals:
            running.process.send_signal(wish)
            if await self._ended_within(running, patience):
                return
        self.logs.say(f"{running.child.name} does not stop; killing it.")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.process.pid, signal.SIGKILL)
        await asyncio.wait({running.ended}, timeout=self._pace.last_grace)
        running.child.clear()

    async def _ended_within(self, running: Running, seconds: float) -> bool:
        hurried = asyncio.ensure_future(self._hurry.wait())
        either: set[asyncio.Future[Any]] = {running.ended, hurried}
        await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        if not running.ended.done() and self._hurry.is_set():
            await asyncio.wait({running.ended}, timeout=0.3)
        return running.ended.done()


def how_it_ended(code: int) -> str:
    """An exit code in words."""
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with code {code}"
