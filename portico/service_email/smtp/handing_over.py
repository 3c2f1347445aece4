"""One mail over an open connection: sender, recipient, message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from portico.service_email.smtp.addresses import wire_address
from portico.service_email.smtp.client import Client
from portico.service_email.smtp.limits import Patience
from portico.service_email.smtp.replies import Reply
from portico.service_email.smtp.troubles import Condition, Trouble

LAST_WORDS = 0.5  # seconds that a server which hangs up has to say why

_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_LOST = (Condition.CLOSED, Condition.RESET)
_LATE = (Condition.SILENT, Condition.SLOW, Condition.WHOLE_TIME_OVER)


@dataclass(frozen=True)
class Parcel:
    """A mail that is to be handed over. `smtputf8`: its headers hold letters beyond ASCII."""

    sender: str
    recipient: str
    message: bytes
    smtputf8: bool

    @cached_property
    def whole(self) -> bytes:
        """The message with the line ends of SMTP."""
        message = _LINE_END.sub(b"\r\n", self.message)
        return message if message.endswith(b"\r\n") else message + b"\r\n"

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """Sender and recipient as they go over the wire, where they can."""
        found = (wire_address(self.sender), wire_address(self.recipient))
        return tuple(address for address in found if address is not None)

    @property
    def needs_smtputf8(self) -> bool:
        """Whether anything in it does."""
        return self.smtputf8 or not all(address.isascii() for address in self.addresses)


def give_sender(client: Client, parcel: Parcel) -> Reply:
    """MAIL FROM, with what the server wants to know in advance."""
    address = _usable(client, parcel.sender)
    message = parcel.whole
    size, offered = len(message), client.offered("size")
    if offered is not None and offered.isascii() and offered.isdigit() and 0 < int(offered) < size:
        raise Trouble(Condition.SIZE_KNOWN, size=f"{size:,}", limit=f"{int(offered):,}")
    if not message.isascii() and client.offered("8bitmime") is None:
        raise Trouble(Condition.EIGHT_BIT_MISSING)
    international = parcel.needs_smtputf8 and client.offered("smtputf8") is not None
    client.command_encoding = "utf-8" if international else "ascii"
    parameters = (
        f" SIZE={size}" if offered is not None else "",
        "" if message.isascii() else " BODY=8BITMIME",
        " SMTPUTF8" if international else "",
    )
    return _accepted(client.ask(f"MAIL FROM:<{address}>{''.join(parameters)}"))


def give_recipient(client: Client, parcel: Parcel) -> Reply:
    """RCPT TO."""
    return _accepted(client.ask(f"RCPT TO:<{_usable(client, parcel.recipient)}>"))


def give_message(client: Client, parcel: Parcel, patience: Patience) -> Reply:
    """DATA. From its last byte on the server may have accepted, whatever happens then."""
    if parcel.smtputf8 and client.offered("smtputf8") is None:
        raise Trouble(Condition.SMTPUTF8_MISSING)
    reply = client.ask("DATA")
    if reply.code != 354:
        raise Trouble(Condition.REPLY if reply.code >= 400 else Condition.UNEXPECTED, reply=reply)
    message = parcel.whole
    try:
        client.message(message, quoted=_LEADING_DOT.sub(b"..", message) + b".\r\n")
    except Trouble as trouble:
        if trouble.condition in _LOST:
            _hear_why(client, patience)
        raise
    return _accepted(_answer(client))


def _usable(client: Client, address: str) -> str:
    found = wire_address(address)
    if found is None:
        raise Trouble(Condition.ADDRESS_UNUSABLE, address=address[:254])
    if not found.isascii() and client.offered("smtputf8") is None:
        raise Trouble(Condition.SMTPUTF8_MISSING, address=address)
    return found


def _accepted(reply: Reply) -> Reply:
    if 200 <= reply.code < 300:
        return reply
    raise Trouble(Condition.REPLY if reply.code >= 400 else Condition.UNEXPECTED, reply=reply)


def _answer(client: Client) -> Reply:
    try:
        return client.read()
    except Trouble as trouble:
        if trouble.condition in _LOST:
            raise Trouble(Condition.ANSWER_MISSING) from None
        if trouble.condition in _LATE:
            raise Trouble(Condition.ANSWER_LATE) from None
        raise


def _hear_why(client: Client, patience: Patience) -> None:
    """A server that hangs up in the middle has often said why just before."""
    patience.hurry(LAST_WORDS)
    try:
        reply = client.read()
    except Trouble:
        return
    if reply.code >= 400:
        raise Trouble(Condition.REPLY, reply=reply)
