"""The demo's mail server: one port that works for each way to protect a connection, and ports
that fail as real servers do, so that the mail doctor has something to find.

One process, no Django. It listens on loopback alone and hands nothing on.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path

from aiosmtpd.smtp import (
    SMTP,
    AuthResult,
    Envelope,
    LoginPassword,
    Session,
    TLSSetupException,
)

from portico.demo_mail.certificates import Certificates, ensure_certificates
from portico.demo_mail.inbox import Inbox
from portico.demo_mail.ports import HOST, PASSWORD, Manner
from portico.kernel.clock import now

LOOPBACK = "127.0.0.1"
LARGEST = 10 * 1024 * 1024  # bytes of a mail
IDLE = 120.0  # seconds after which a silent client is let go

ACCEPTED = "250 2.0.0 Ok: kept as {number}"
BAD_PASSWORD = "535 5.7.8 Authentication failed: the username or password is not right"  # noqa: S105
NEEDS_PASSWORD = "530 5.7.0 Authentication required"  # noqa: S105
TRY_LATER = "450 4.7.1 Greylisted; please try again in a few minutes"
FAILED = "451 4.3.0 The demo's mail server failed; its log says why"

log = logging.getLogger("portico.demo_mail")


class Desk:
    """What aiosmtpd asks while it talks to a client: one port's manner."""

    def __init__(self, manner: Manner, inbox: Inbox) -> None:
        self._manner = manner
        self._inbox = inbox

    def sign_in(
        self,
        _server: SMTP,
        _session: Session,
        _envelope: Envelope,
        _mechanism: str,
        given: object,
    ) -> AuthResult:
        """Whether the password is right; it is the same for every user name."""
        known = isinstance(given, LoginPassword) and given.password == PASSWORD.encode()
        if known and self._manner is not Manner.REFUSES_PASSWORDS:
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False, message=BAD_PASSWORD)

    async def handle_MAIL(  # noqa: N802 - as aiosmtpd calls it
        self,
        _server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        mail_options: list[str],
    ) -> str:
        """Take the sender of whoever has signed in; where there is no TLS, of anybody."""
        if not session.authenticated and self._manner is not Manner.NO_TLS:
            return NEEDS_PASSWORD
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        """Take any recipient: the mail goes no further than the inbox."""
        if self._manner is Manner.GREYLISTS:
            return TRY_LATER
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail."""
        content = envelope.original_content or b""
        sender, recipients = envelope.mail_from or "", envelope.rcpt_tos
        number = self._inbox.keep(content, sender=sender, recipients=recipients, at=now())
        return ACCEPTED.format(number=number)

    async def handle_exception(self, error: Exception) -> str:
        """Log what failed. A client that refuses a certificate is no failure: it is let go."""
        if not isinstance(error, TLSSetupException):
            log.error("The demo's mail server failed.", exc_info=error)
        return FAILED


class Silent(asyncio.Protocol):
    """Takes a connection and never says a word, until the client leaves or the time is up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say nothing."""
        self._end = asyncio.get_running_loop().call_later(IDLE, transport.close)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - as asyncio calls it
        """Forget the client."""
        self._end.cancel()


class DemoMailServer:
    """Listens on bound sockets, one for each manner in their order, for the length of a block.

    `async with DemoMailServer(folder, sockets): ...`; certificates and inbox are in the folder.
    """

    def __init__(self, folder: Path, sockets: Sequence[socket.socket]) -> None:
        self._sockets = dict(zip(Manner, sockets, strict=True))
        self._inbox = Inbox(folder)
        self._certificates = ensure_certificates(folder, at=now())
        self._servers: list[asyncio.Server] = []

    async def __aenter__(self) -> DemoMailServer:
        for manner, listening in self._sockets.items():
            self._servers.append(await self._listen(manner, listening))
        return self

    async def __aexit__(self, *_error: object) -> None:
        for server in self._servers:
            server.close()

    async def _listen(self, manner: Manner, listening: socket.socket) -> asyncio.Server:
        context = self._context_for(manner)
        implicit = context if manner is Manner.IMPLICIT_TLS else None
        later = None if implicit else context
        talk = Silent if manner is Manner.SILENT else self._talk(manner, later)
        loop = asyncio.get_running_loop()
        return await loop.create_server(talk, sock=listening, ssl=implicit)

    def _talk(
        self, manner: Manner, context: ssl.SSLContext | None
    ) -> Callable[[], asyncio.BaseProtocol]:
        desk = Desk(manner, self._inbox)
        # What offers no STARTTLS is either protected already or never: it takes passwords as is.
        return lambda: SMTP(
            desk,
            hostname=HOST,
            ident="Portico demo",
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            tls_context=context,
            require_starttls=context is not None,
            auth_require_tls=context is not None,
            authenticator=desk.sign_in,
            timeout=IDLE,
            loop=asyncio.get_running_loop(),
        )

    def _context_for(self, manner: Manner) -> ssl.SSLContext | None:
        if manner in {Manner.NO_TLS, Manner.SILENT}:
            return None
        return _context(self._certificates, expired=manner is Manner.EXPIRED_CERTIFICATE)


def serve(folder: Path, sockets: Sequence[socket.socket]) -> None:
    """Listen until told to stop by SIGTERM or SIGINT."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # a client that leaves is no event
    asyncio.run(_serve(folder, sockets))


async def _serve(folder: Path, sockets: Sequence[socket.socket]) -> None:
    told_to_stop = asyncio.Event()
    for wish in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(wish, told_to_stop.set)
    async with DemoMailServer(folder, sockets):
        await told_to_stop.wait()


def listen_on(first: int) -> tuple[socket.socket, ...]:
    """A listening socket on loopback for each manner; raises OSError where a port is taken.

    0: whatever ports are free, in no order.
    """
    sockets: list[socket.socket] = []
    try:
        for manner in Manner:
            sockets.append(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            sockets[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sockets[-1].bind((LOOPBACK, first + manner if first else 0))
            sockets[-1].listen()
    except OSError:
        for one in sockets:
            one.close()
        raise
    return tuple(sockets)


def _context(certificates: Certificates, *, expired: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.expired if expired else certificates.good)
    return context
