"""Making texts from anywhere safe to write into a mail."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

# They turn what stands around them: a name with one could make a sentence read otherwise.
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
LINE_ENDS = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
SCHEMES = frozenset({"http", "https", "mailto"})


def clean(text: str) -> str:
    """The text without signs that cannot be seen, that turn others, or that are no text at all.

    Line breaks stay, all of them as a plain newline.
    """
    lines = LINE_ENDS.sub("\n", text)
    if lines.isascii() and (lines.isprintable() or lines.replace("\n", "").isprintable()):
        return lines
    return "".join(sign for sign in lines if sign == "\n" or _belongs(sign))


def one_line(text: str, most: int = 0) -> str:
    """The clean text on one line; cut to `most` characters with an ellipsis, unless that is 0."""
    line = " ".join(clean(text.replace("\t", " ")).split())
    return line if not most or len(line) <= most else line[: most - 1].rstrip() + "…"


def link(url: str) -> str:
    """The address if it may be a link in a mail (http, https or mailto), else ""."""
    try:
        scheme = urlsplit(url).scheme.lower()
    except ValueError:
        return ""
    fine = scheme in SCHEMES and url.isprintable() and not any(sign.isspace() for sign in url)
    return url if fine else ""


def _belongs(sign: str) -> bool:
    return sign not in TURNING and unicodedata.category(sign) not in {"Cc", "Cs"}
