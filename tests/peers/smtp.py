"""A real mail server on loopback that keeps what it accepts, and refuses what a test says.

`python -m tests.peers.smtp` runs one that accepts everything and prints its port.
"""

# ruff: noqa: N802, ARG002 - aiosmtpd names what it calls, and how
from __future__ import annotations

import asyncio
import base64
import logging
import re
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Thread
from typing import AnyStr

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"

logging.getLogger("mail.log").setLevel(logging.ERROR)  # each line of each talk


@dataclass(frozen=True)
class Accepted:
    """A message that the server took. `connection` counts from 1."""

    sender: str
    recipient: str
    content: bytes
    connection: int

    @property
    def message(self) -> EmailMessage:
        """It, taken apart."""
        return message_from_bytes(self.content, policy=default)

    @property
    def message_id(self) -> str:
        """Its Message-ID."""
        return str(self.message["Message-ID"]).strip()


@dataclass
class MailServer:
    """What the server does; a test may change it at any time.

    The refusals are whole replies: to any sender, and by recipient to RCPT and to the message.
    `hang_up_after`: mails on one connection, after which it is closed without a word;
    `no_answer_to`: whose mail is accepted, and the connection closed instead of an answer, after
    the `nonsense`;
    `enough_after`: after which the next one is answered with 421. `password`: sign-in is needed.
    `tokens`: access tokens that it takes (XOAUTH2); `signed_in_with` has all that it was shown.
    `keep`: what is accepted. `tls`: speak TLS from the first byte. `peers`: where connections came
    from.
    """

    port: int = 0
    accepted: list[Accepted] = field(default_factory=list)
    connections: int = 0
    peers: list[str] = field(default_factory=list)
    sign_ins: int = 0
    refuse_sender: str = ""
    refuse_recipients: dict[str, str] = field(default_factory=dict)
    refuse_messages: dict[str, str] = field(default_factory=dict)
    hang_up_at: set[str] = field(default_factory=set)
    no_answer_to: set[str] = field(default_factory=set)
    nonsense: str = ""
    hang_up_after: int = 0
    enough_after: int = 0
    password: str = ""
    tokens: set[str] = field(default_factory=set)
    signed_in_with: list[bytes] = field(default_factory=list)
    token_sign_in: bool = True
    keep: bool = True
    tls: ssl.SSLContext | None = None

    def recipients(self) -> list[str]:
        """Whose mails were accepted, in their order."""
        return [mail.recipient for mail in self.accepted]


@contextmanager
def mail_server(**behavior: object) -> Iterator[MailServer]:
    """Run one, in a thread of its own."""
    state = MailServer(**behavior)  # type: ignore[arg-type]
    loop = asyncio.new_event_loop()

    def connection() -> SMTP:
        state.connections += 1
        return _Talk(state, state.connections, loop)

    listening = loop.run_until_complete(loop.create_server(connection, HOST, 0, ssl=state.tls))
    state.port = int(listening.sockets[0].getsockname()[1])
    thread = Thread(target=loop.run_forever, name="mail server", daemon=True)
    thread.start()
    try:
        yield state
    finally:
        asyncio.run_coroutine_threadsafe(_stop(listening), loop).result(timeout=10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        loop.close()


async def _stop(listening: asyncio.Server) -> None:
    listening.close()
    own = asyncio.current_task()
    talks = [task for task in asyncio.all_tasks() if task is not own]
    for talk in talks:
        talk.cancel()
    await asyncio.gather(*talks, return_exceptions=True)


class _Talk(SMTP):
    """One connection."""

    line_length_limit = 16 * 1024  # sign-ins have long lines (RFC 4954, 4)

    def __init__(self, state: MailServer, number: int, loop: asyncio.AbstractEventLoop) -> None:
        self.state = state
        self.taken = 0
        self.silent = False  # an acceptance is not told
        super().__init__(
            _Answers(state, number),
            loop=loop,
            hostname="mx.test",
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=self._check,
            data_size_limit=None,
            auth_exclude_mechanism=() if state.token_sign_in else ("XOAUTH2",),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note where the call comes from."""
        self.state.peers.append(str(transport.get_extra_info("peername")[0]))
        super().connection_made(transport)

    async def smtp_DATA(self, arg: str) -> None:
        """Take a message, and perhaps leave."""
        to = self.envelope.rcpt_tos if self.envelope else []
        self.silent = bool(self.state.no_answer_to.intersection(to))
        await super().smtp_DATA(arg)
        self.taken += 1
        if self.state.hang_up_after and self.taken >= self.state.hang_up_after:
            self._hang_up()

    async def smtp_MAIL(self, arg: str | None) -> None:
        """Take a mail up, or have had enough."""
        if self.state.enough_after and self.taken >= self.state.enough_after:
            await self.push("421 4.7.0 Enough for one connection")
            self._hang_up()
            return
        if self.state.password and not getattr(self.session, "authenticated", False):
            await self.push("530 5.7.0 Authentication required")
            return
        await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        """Take a recipient, or leave without a word."""
        if any(address in (arg or "") for address in self.state.hang_up_at):
            self._hang_up()
            return
        await super().smtp_RCPT(arg)

    async def push(self, status: AnyStr) -> None:
        """Answer, or hang up instead."""
        if self.silent and str(status).startswith("250"):
            if self.state.nonsense:
                await super().push(self.state.nonsense)
            self._hang_up()
            return
        await super().push(status)

    def _hang_up(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def _check(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        self.state.sign_ins += 1
        given = data.password.decode() if isinstance(data, LoginPassword) else ""
        return AuthResult(success=given == self.state.password, handled=False)


class _Answers:
    """What aiosmtpd asks of us."""

    def __init__(self, state: MailServer, number: int) -> None:
        self.state, self.number = state, number

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        """As providers do it: a refusal comes in two steps."""
        asked = None if len(args) > 1 else await server.challenge_auth("")
        given = base64.b64decode(args[1]) if len(args) > 1 else b""
        given = asked if isinstance(asked, bytes) else given
        self.state.sign_ins += 1
        self.state.signed_in_with.append(given)
        found = re.fullmatch(rb"user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01", given)
        if found and found[2].decode() in self.state.tokens:
            return AuthResult(success=True)
        await server.challenge_auth('{"status":"401","schemes":"bearer"}')
        return AuthResult(success=False, handled=False)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.state.refuse_sender:
            return self.state.refuse_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self.state.refuse_recipients.get(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        recipient = str(envelope.rcpt_tos[0])
        refusal = self.state.refuse_messages.get(recipient)
        if refusal:
            return refusal
        content = bytes(envelope.original_content or b"")
        sender = str(envelope.mail_from)
        if self.state.keep:
            self.state.accepted.append(Accepted(sender, recipient, content, self.number))
        return f"250 2.0.0 Taken as {len(self.state.accepted)}"


def main() -> None:
    """Accept, and forget, until the standard input ends."""
    with mail_server(keep=False) as server:
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
