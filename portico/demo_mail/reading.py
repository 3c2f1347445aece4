"""A received mail as it is shown. Whatever is in it was written by a stranger.

Python's own parser is asked for bytes and raw headers only: what it makes of odd ones differs, and
some of that raises.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr

INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
CID = re.compile(r"cid:([^\s\"'<>)]+)", re.IGNORECASE)
LINK = re.compile(r"https?://[^\s<>\"'`]+", re.IGNORECASE)
LONGEST_HEADER = 1000
MOST_LINKS = 20
SHOWN_SOURCE = 200_000  # characters


@dataclass(frozen=True)
class Headers:
    """What the list shows, and the head of a mail's page."""

    message_id: str
    sender: str
    nickname: str
    account: str
    to: str
    subject: str


@dataclass(frozen=True)
class Letter:
    """A mail opened."""

    headers: Headers
    html: str
    text: str
    links: tuple[str, ...]
    source: str
    is_cut: bool  # whether the source is longer than what is shown


def headers_of(raw: bytes) -> Headers:
    """The headers alone, which is quick."""
    return _headers(BytesHeaderParser().parsebytes(raw))


def letter_of(raw: bytes) -> Letter:
    """The whole mail. In its HTML the pictures that come with it stand in the place of `cid:`."""
    message = message_from_bytes(raw)
    text, source = _text_of(message, "text/plain"), raw.decode("utf-8", errors="replace")
    return Letter(
        headers=_headers(message),
        html=_with_pictures(_text_of(message, "text/html"), message),
        text=text,
        links=tuple(dict.fromkeys(LINK.findall(text)))[:MOST_LINKS],
        source=source[:SHOWN_SOURCE],
        is_cut=len(source) > SHOWN_SOURCE,
    )


def _headers(message: Message) -> Headers:
    raw_sender = str(message.get("From", ""))
    nickname, account = parseaddr(raw_sender.replace("\r", "").replace("\n", ""))
    return Headers(
        message_id=str(message.get("Message-ID", "")).strip()[:LONGEST_HEADER],
        sender=_decoded(raw_sender),
        nickname=_decoded(nickname),
        account=account[:LONGEST_HEADER],
        to=_decoded(str(message.get("To", ""))),
        subject=_decoded(str(message.get("Subject", ""))),
    )


def _decoded(header: str) -> str:
    """A header as people read it; as it came where that cannot be."""
    line = " ".join(header.split())
    try:
        parts = decode_header(line)
    except (HeaderParseError, ValueError):
        return line[:LONGEST_HEADER]
    return "".join(_part(text, charset) for text, charset in parts)[:LONGEST_HEADER]


def _part(text: str | bytes, charset: str | None) -> str:
    if isinstance(text, str):
        return text
    return _characters(text, charset or "ascii")


def _characters(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, errors="replace")
    except (LookupError, ValueError):  # a name that is none, or no name at all
        return content.decode("utf-8", errors="replace")


def _text_of(message: Message, kind: str) -> str:
    for part in message.walk():
        if part.get_content_type() == kind and not part.is_multipart():
            charset = part.get_param("charset", "utf-8")
            name = charset if isinstance(charset, str) else "utf-8"
            return _characters(_content(part), name)
    return ""


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _with_pictures(html: str, message: Message) -> str:
    pictures = {
        str(part.get("Content-ID", "")).strip().strip("<>"): part
        for part in message.walk()
        if part.get_content_type() in INLINE
    }

    def picture(found: re.Match[str]) -> str:
        part = pictures.get(found[1])
        if part is None:
            return found[0]
        encoded = base64.b64encode(_content(part)).decode()
        return f"data:{part.get_content_type()};base64,{encoded}"

    return CID.sub(picture, html)
