"""The one path to a mail server. Real mail and the mail doctor both take it.

The stages come in the order in which they happen: with SSL/TLS from the first byte, `tls` comes
before `greeting`. `STAGES` says it for each mode.
"""

from __future__ import annotations

import contextlib
import ipaddress
import time
from collections.abc import Iterator
from dataclasses import replace

from portico.egress.configuration import Egress
from portico.kernel.errors import gettext_noop
from portico.service_email.smtp.client import Client
from portico.service_email.smtp.explanations import explain
from portico.service_email.smtp.failures import Failure
from portico.service_email.smtp.handing_over import (
    Parcel,
    give_message,
    give_recipient,
    give_sender,
)
from portico.service_email.smtp.limits import SILENT, Limits, Patience, Watch
from portico.service_email.smtp.masks import Mask
from portico.service_email.smtp.opening import ANSWERED, TokenDesk, enter, greet, protect
from portico.service_email.smtp.reaching import connect, look_up, permitted
from portico.service_email.smtp.replies import Reply
from portico.service_email.smtp.server import Security, Server
from portico.service_email.smtp.stages import Sentence, Stage, StageName
from portico.service_email.smtp.tokens import FRESH, Tokens, fetch
from portico.service_email.smtp.transcript import Transcript
from portico.service_email.smtp.troubles import Condition, Trouble
from portico.service_email.smtp.wire import Wire

GOODBYE = 2.0  # seconds that a server has to answer to QUIT

_REACHING = (StageName.RESOLVE, StageName.POLICY, StageName.CONNECT)
_HANDING_OVER = (StageName.SIGN_IN, StageName.SENDER, StageName.RECIPIENT, StageName.MESSAGE)
STAGES: dict[Security, tuple[StageName, ...]] = {
    Security.NONE: (*_REACHING, StageName.GREETING, StageName.TLS, *_HANDING_OVER),
    Security.STARTTLS: (*_REACHING, StageName.GREETING, StageName.TLS, *_HANDING_OVER),
    Security.SSL: (*_REACHING, StageName.TLS, StageName.GREETING, *_HANDING_OVER),
}

_LOST = (Condition.CLOSED, Condition.RESET)
_NOT_SENT = (  # seen before anything was said: the talk can go on
    Condition.ADDRESS_UNUSABLE,
    Condition.EIGHT_BIT_MISSING,
    Condition.SIZE_KNOWN,
    Condition.SMTPUTF8_MISSING,
)


class Connection:
    """A connection with a mail server, for one mail or many. Not thread-safe.

    The name is looked up once, each address checked, and the connection made with a checked
    address, from one of the egress's sources (`source`: its public address, empty where none is
    told); TLS is verified against the name. A mode that protects is never given up. `until`, a
    time of the monotonic clock, ends everything, however long the limits are. `tokens` keeps access
    tokens from one sign-in to the next, where the server wants them.
    """

    def __init__(
        self,
        server: Server,
        *,
        egress: Egress,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        watch: Watch = SILENT,
        local_hostname: str = "",
        until: float | None = None,
        tokens: Tokens = FRESH,
    ) -> None:
        self.server = server
        self._egress = egress
        self._watch = watch
        self._local_hostname = local_hostname
        self._tokens = tokens
        self._mask = Mask(server.username, *server.secrets)
        self._mask.spare(server.account)
        self.transcript = Transcript(self._mask)
        self._patience = Patience(limits, watch, until=until)
        self._wire: Wire | None = None
        self._client: Client | None = None
        self._accepted = 0
        self.source = ""

    @property
    def is_open(self) -> bool:
        """Whether a mail can be sent; looks whether the server has hung up meanwhile."""
        if self._wire is not None and self._wire.lost():
            self._drop("the server has closed the connection")
        return self._client is not None

    def open(self) -> None:
        """Everything up to the sign-in. Raises Failure; then there is no connection."""
        self._drop()
        self._patience.renew()
        self._accepted = 0
        try:
            self._client = self._open()
        except BaseException:
            self._drop()
            raise

    def send(
        self, *, recipient: str, message: bytes, smtputf8: bool = False, sender: str = ""
    ) -> Reply:
        """Hand one mail over; returns the reply with which the server accepted it.

        `sender` empty: the server's account. `smtputf8` says that the message's headers hold
        letters beyond ASCII; addresses are looked at anyway. Raises Failure. After a refused mail
        the connection serves the next one, unless it was lost (`is_open`). If the server had hung
        up between two mails, the failure says `reconnect`.
        """
        self._patience.renew()
        parcel = Parcel(sender or self.server.account, recipient, message, smtputf8)
        self._mask.spare(*parcel.addresses)
        try:
            reply = self._hand_over(parcel)
        except Failure:
            self._start_over()
            raise
        except BaseException:
            self._drop()
            raise
        self._accepted += 1
        return reply

    def close(self) -> None:
        """Say goodbye if there is somebody to say it to. Never raises."""
        if self._client is not None:
            self._patience.renew()
            self._patience.hurry(GOODBYE)
            with contextlib.suppress(Trouble):
                self._client.ask("QUIT")
        self._drop()

    def _open(self) -> Client:
        with self._stage(StageName.RESOLVE) as seen:
            addresses = look_up(self.server, self._egress, self._patience, seen)
        with self._stage(StageName.POLICY) as seen:
            allowed = permitted(addresses, self.server, self._egress, seen)
        with self._stage(StageName.CONNECT) as seen:
            reached = connect(allowed, self.server.port, self._egress, self._patience, seen)
            self._wire, self.source = Wire(reached.socket, self._patience), reached.public
            away = f" from {self.source}" if self.source else ""
            self.transcript.note(f"[connected{away} to {reached.address}, port {self.server.port}]")
        client = self._make_client(self._wire, reached.socket.getsockname()[0])
        if self.server.security is Security.SSL:
            self._protect(client)
        with self._stage(StageName.GREETING) as seen:
            greet(client, seen)
        if self.server.security is not Security.SSL:
            self._protect(client)
        self._enter(client)
        return client

    def _make_client(self, wire: Wire, own_address: str) -> Client:
        own = ipaddress.ip_address(own_address)
        literal = f"[IPv6:{own}]" if own.version == 6 else f"[{own}]"
        return Client(
            wire,
            name=self._local_hostname or literal,
            patience=self._patience,
            mask=self._mask,
            transcript=self.transcript,
        )

    def _protect(self, client: Client) -> None:
        if self.server.security is Security.NONE:
            self._skip(StageName.TLS, gettext_noop("The mode says: no protection."))
            return
        with self._stage(StageName.TLS) as seen:
            protect(client, self.server, self._egress, seen)

    def _enter(self, client: Client) -> None:
        if not self.server.username:
            self._skip(StageName.SIGN_IN, gettext_noop("No user name is set: nobody signs in."))
            return
        desk = TokenDesk(
            kept=self._tokens,
            fetch=lambda access: fetch(
                access,
                egress=self._egress,
                patience=self._patience,
                late=lambda token: self._tokens.late(access, token),
            ),
            hide=self._mask.hide,
            wait=self._patience.pause,
        )
        with self._stage(StageName.SIGN_IN) as seen:
            enter(client, self.server, desk, seen)

    def _hand_over(self, parcel: Parcel) -> Reply:
        with self._stage(StageName.SENDER) as seen:
            client = self._still_there()
            try:
                reply = give_sender(client, parcel)
            except Trouble as trouble:
                busy = trouble.reply is not None and trouble.reply.code == 421
                if self._accepted and (trouble.condition in _LOST or busy):
                    raise Trouble(Condition.IDLE_CLOSED, reply=trouble.reply) from None
                raise
            seen.append(_answered(reply))
        with self._stage(StageName.RECIPIENT) as seen:
            seen.append(_answered(give_recipient(client, parcel)))
        with self._stage(StageName.MESSAGE) as seen:
            reply = give_message(client, parcel, self._patience)
            seen.append(_answered(reply))
        return reply

    def _still_there(self) -> Client:
        if self._client is None or (self._accepted and self._client.wire.lost()):
            raise Trouble(Condition.IDLE_CLOSED)
        return self._client

    def _start_over(self) -> None:
        """After a refused mail: let the server forget it, or let go of the server."""
        if self._client is None:
            return
        try:
            if self._client.ask("RSET").code == 250:
                return
        except Trouble:
            pass
        self._drop()

    def _drop(self, note: str = "") -> None:
        if self._wire is not None:
            self._wire.close()
            self.transcript.note(f"[{note or 'connection closed'}]")
        self._wire = self._client = None

    @contextlib.contextmanager
    def _stage(self, name: StageName) -> Iterator[list[Sentence]]:
        """Time a stage, tell the watch, and explain what goes wrong in it."""
        started = time.monotonic()
        seen: list[Sentence] = []
        self._watch.begun(name)
        try:
            yield seen
        except Trouble as trouble:
            trouble.facts = {key: self._mask.fact(fact) for key, fact in trouble.facts.items()}
            if trouble.reply is not None:
                seen.append(_answered(trouble.reply))
            failure = explain(trouble, self.server, stage=name)
            told = replace(failure.explained, ms=_since(started), seen=tuple(seen))
            failure.explained = self._mask.stage(told)
            if not _goes_on(trouble):
                self._drop()
            self._watch.done(failure.explained)
            raise failure from None
        stage = Stage(name, ok=True, ms=_since(started), seen=tuple(seen))
        self._watch.done(self._mask.stage(stage))

    def _skip(self, name: StageName, why: str) -> None:
        self._watch.begun(name)
        self._watch.done(Stage(name, ok=None, seen=(Sentence(why),)))


def _goes_on(trouble: Trouble) -> bool:
    """Whether both sides still know where they are in their talk."""
    if trouble.condition in _NOT_SENT:
        return True
    return (
        trouble.condition is Condition.REPLY
        and trouble.reply is not None
        and (trouble.reply.code != 421)
    )


def _answered(reply: Reply) -> Sentence:
    return Sentence(ANSWERED, {"reply": str(reply)})


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
