"""A rendered mail as a message: headers that nothing can be injected into, and its parts.

The message is a `multipart/alternative` of plain text and a `multipart/related` of HTML and logo.
Its parts are put together by hand: the standard library's `set_content` takes apart and folds what
is the same in all mails, and would take most of the time that it takes to send one.
"""

from __future__ import annotations

import binascii
import re
from base64 import encodebytes
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.header import Header
from email.message import EmailMessage, Message
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, formataddr
from functools import lru_cache

import idna

from portico.kernel.errors import Invalid, gettext_noop
from portico.service_email.look.letterheads import Letterhead
from portico.service_email.look.logos import Logo
from portico.service_email.look.rendering import Rendered
from portico.service_email.look.words import one_line

MOST_NAME = 100
# A boundary that cannot occur in what it bounds: in both encodings a digit follows each "=".
ALTERNATIVE = 'multipart/alternative; boundary="=_alternative"'
RELATED = 'multipart/related; type="text/html"; boundary="=_related"'
MOST_PLAIN = 50
ENCODED = "=?"
FOLDED = re.compile(r"[^\r\n\0]*(?:\n[ \t][^\r\n\0]+)*")
# One @, and nothing that ends an address or begins another.
ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]+@[A-Za-z0-9.-]+")
MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
ABOUT = {
    # Out-of-office programs answer to neither of these two.
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "All",
    "MIME-Version": "1.0",
}


class _Wire(EmailPolicy):
    """SMTP's policy, with headers that are texts taken as they are: ours, and the parts'.

    They are folded already. The standard library would take a long line apart once more, and put
    a name in quotes together again without them: `"Acme <eve@example.com>"` as an address.
    """

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 - the standard's
        """The header as it was set."""
        return value


WIRE = _Wire(linesep=SMTP.linesep, refold_source="none")
WIRE_UTF8 = WIRE.clone(utf8=True)


class UnusableAddress(Invalid):
    code = "unusable_address"
    sentence = gettext_noop(
        "“%(address)s” is not an address that mail can be sent to. One looks like ada@example.com."
    )


def message_of(
    rendered: Rendered,
    letterhead: Letterhead,
    *,
    sender: str,
    recipient: str,
    message_id: str,
    at: datetime,
) -> EmailMessage:
    """The message from `nickname <sender>` to one recipient.

    `message_id` is the whole of it, with its angle brackets, and the same for each attempt. Where
    the platform's mailer sends, answers go to the workspace's own address nevertheless. Raises
    `UnusableAddress`.
    """
    headers = {
        "From": _mailbox(sender, letterhead.nickname),
        "To": _checked(recipient),
        "Subject": _unstructured("Subject", rendered.subject),
        "Date": format_datetime(at),
        "Message-ID": _checked_id(message_id),
        "Content-Language": rendered.language,
        "Content-Type": ALTERNATIVE,
    }
    answers_to = letterhead.reply_to or letterhead.account
    if answers_to and answers_to != sender:
        headers["Reply-To"] = _checked(answers_to)
    message = EmailMessage(policy=WIRE)
    _set(message, headers | ABOUT)
    message.set_payload(
        [_text_part(rendered.text, "plain"), _rich_part(rendered.html, letterhead.logo)]
    )
    return message


def as_bytes(message: EmailMessage, *, smtputf8: bool = False) -> bytes:
    """The message as it goes over the wire. `smtputf8` where an address needs it.

    What the standard library's generator writes, byte for byte, in a tenth of its time or so: a
    test compares what they write.
    """
    return b"".join(_pieces(message, WIRE_UTF8 if smtputf8 else WIRE))


def _pieces(part: Message, policy: EmailPolicy) -> Iterator[bytes]:
    for name, value in part.raw_items():
        yield policy.fold_binary(name, value)
    yield b"\r\n"
    payload = part.get_payload()
    if not isinstance(payload, list):
        yield str(payload).encode("ascii").replace(b"\n", b"\r\n")
        return
    line = f"--{part.get_boundary()}".encode()
    for inner in payload:
        if isinstance(inner, Message):
            yield line + b"\r\n"
            yield from _pieces(inner, policy)
            yield b"\r\n"
    yield line + b"--\r\n"


def needs_smtputf8(*addresses: str) -> bool:
    """Whether the part before the @ of one of these has signs that need the extension SMTPUTF8.

    Domains never do: they have an ASCII form, which is what is sent.
    """
    return any(not address.rpartition("@")[0].isascii() for address in addresses)


def wire_address(address: str) -> str:
    """The address with its domain in ASCII, as servers are told it; raises `UnusableAddress`."""
    local, _at, domain = address.rpartition("@")
    if not local or not domain or not address.isprintable() or " " in address:
        raise UnusableAddress(address=one_line(address, 100))
    if domain.isascii():
        return address
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        raise UnusableAddress(address=one_line(address, 100)) from None


def _checked(address: str) -> str:
    wire = wire_address(address)
    if not ADDRESS.fullmatch(wire):
        raise UnusableAddress(address=one_line(address, 100))
    return wire


@lru_cache(maxsize=512)
def _mailbox(address: str, name: str) -> str:
    """An address with the name before it, in quotes or encoded where that is needed."""
    name, address = one_line(name, MOST_NAME), _checked(address)
    if _is_plain(name):
        return formataddr((name, address))
    return f"{Header(name, 'utf-8', header_name='From').encode()}\n <{address}>"


def _unstructured(name: str, text: str) -> str:
    """A text, encoded where that is needed. What only looks encoded is encoded, too."""
    line = one_line(text)
    if _is_plain(line):
        return line
    # Not the newer classes: between two encoded words they lose spaces.
    return Header(line, "utf-8", header_name=name).encode()


def _is_plain(text: str) -> bool:
    """Whether a text fits on its line as it is."""
    return text.isascii() and len(text) <= MOST_PLAIN and ENCODED not in text


def _checked_id(message_id: str) -> str:
    if not MESSAGE_ID.fullmatch(message_id):
        raise ValueError(f"A Message-ID looks like <one@example.com>, not {message_id!r}.")
    return message_id


def _text_part(text: str, subtype: str) -> Message:
    encoded = binascii.b2a_qp(text.encode().replace(b"\r", b""), istext=True)
    headers = {
        "Content-Type": f'text/{subtype}; charset="utf-8"',
        "Content-Transfer-Encoding": "quoted-printable",
    }
    return _part(headers, encoded.decode("ascii"))


def _rich_part(html: str, logo: Logo | None) -> Message:
    page = _text_part(html, "html")
    if logo is None:
        return page
    related = Message(policy=WIRE)
    _set(related, {"Content-Type": RELATED})
    related.set_payload([page, _logo_part(logo)])
    return related


@lru_cache(maxsize=128)
def _logo_part(logo: Logo) -> Message:
    headers = {
        "Content-Type": "image/png",
        "Content-Transfer-Encoding": "base64",
        "Content-ID": f"<{logo.cid}>",
        "Content-Disposition": 'inline; filename="logo.png"',
    }
    return _part(headers, encodebytes(logo.content).decode("ascii"))


def _part(headers: Mapping[str, str], payload: str) -> Message:
    part = Message(policy=WIRE)
    _set(part, headers)
    part.set_payload(payload)
    return part


def _set(message: Message, headers: Mapping[str, str]) -> None:
    """Set headers as they are. Each is one of the above's making, and here is the proof."""
    for name, value in headers.items():
        if not FOLDED.fullmatch(value):
            raise ValueError(f"The header {name} has a line that is none of its own.")
        message.set_raw(name, value)
