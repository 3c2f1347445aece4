"""The demo's mail server itself, run by a test on free ports of the loopback."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from portico.demo_mail.inbox import Inbox
from portico.demo_mail.ports import Manner, folder_in
from portico.demo_mail.server import DemoMailServer, listen_on


@dataclass(frozen=True)
class DemoMailPeer:
    """A running one: at which port it behaves how, and what came."""

    ports: dict[Manner, int]
    folder: Path

    @property
    def authority(self) -> Path:
        """The certificate authority to trust."""
        return self.folder / "ca.pem"

    @property
    def inbox(self) -> Inbox:
        """Where the mails are."""
        return Inbox(self.folder)

    def received(self) -> list[Message]:
        """The mails that came, the newest first."""
        found = (self.inbox.read(number) for number in self.inbox.ids())
        return [message_from_bytes(raw) for raw in found if raw is not None]


@contextmanager
def demo_mail_server(data_dir: Path) -> Iterator[DemoMailPeer]:
    """Run it in a thread for the length of a block."""
    folder, sockets = folder_in(data_dir), listen_on(0)
    ports = {manner: int(one.getsockname()[1]) for manner, one in zip(Manner, sockets, strict=True)}
    server = DemoMailServer(folder, sockets)
    loop, listens, ends = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def run() -> None:
        async with server:
            listens.set()
            await ends.wait()

    def work() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(run())

    thread = threading.Thread(target=work, name="demo mail server")
    thread.start()
    listens.wait(timeout=10)
    try:
        yield DemoMailPeer(ports, folder)
    finally:
        loop.call_soon_threadsafe(ends.set)
        thread.join(timeout=10)
