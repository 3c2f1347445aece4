"""A declared page as it is answered: its HTML, with the runtime, style sheets and scripts put in.

HTML has no end of ways to leave out tags. So nothing is searched for that may stand anywhere: the
head is found from the beginning, past what may come before it, and the end of the body from the
end. Where a tag is absent, HTML says that what is put in its place does the same.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import quote

from portico.portal.programs.contents import Contents
from portico.portal.programs.rooted import rooted_html
from portico.portal.programs.runtime import RUNTIME, runtime_path, texts_of

MOST_HTML: Final = 4 * 1024 * 1024
MOST_ENDS: Final = 20  # that are looked at; a page with more of them inside of comments is no page
ROOT: Final = "/"

# What may come before a head: comments, the doctype, the tag of the root; then the head's own tag.
# An attribute's value may hold a ">".
ATTRIBUTES = rb"""(?:\s(?:"[^"]*"|'[^']*'|[^>"'])*)?"""
BEFORE = re.compile(
    rb"(?is)\A(?:\xef\xbb\xbf)?(?:\s+|<!--.*?-->|<!doctype[^>]*>|<html" + ATTRIBUTES + rb">)*"
)
HEAD = re.compile(rb"(?is)<head" + ATTRIBUTES + rb">")
END = re.compile(rb"</body\s*>")
# What would turn the end of a body into mere text.
WRAPPERS = ((b"<!--", b"-->"), (b"<script", b"</script"), (b"<style", b"</style"),
            (b"<textarea", b"</textarea"), (b"<template", b"</template"))  # fmt: skip


@dataclass(frozen=True)
class Composed:
    """A page, the hash of it, and that of the inline script in it (empty: there is none)."""

    body: bytes
    etag: str
    script: str


def compose(contents: Contents, page: str, *, base: str = ROOT) -> Composed:
    """Put a declared page together. `base` is what the paths of a preview begin with."""
    html = contents.read(f"{page}.html", most=MOST_HTML)
    if base != ROOT:
        html = rooted_html(html, base)
    mapped = _import_map(base) if base != ROOT else ""
    head = "".join(
        (_inline(mapped), _runtime(contents, page, base), *_styles(contents, page, base))
    )
    foot = "".join(_scripts(contents, page, base))
    body = insert(html, head.encode(), foot.encode())
    found = hashlib.sha256(body + RUNTIME.digest.encode()).hexdigest()[:32]
    return Composed(body, f'"{found}"', _hash_of(mapped) if mapped else "")


def insert(html: bytes, head: bytes, foot: bytes) -> bytes:
    """HTML with something at the beginning of its head and at the end of its body."""
    before = BEFORE.match(html)
    at = before.end() if before else 0
    found = HEAD.match(html, at)
    at = found.end() if found else at
    end = _end_of_body(html, at)
    return b"".join((html[:at], head, html[at:end], foot, html[end:]))


def _end_of_body(html: bytes, after: int) -> int:
    """Where the last end tag of a body stands that is one; the end of all where there is none."""
    lower, at = html.lower(), len(html)
    for _time in range(MOST_ENDS):
        at = lower.rfind(b"</body", after, at)
        if at < 0:
            break
        found = END.match(lower, at)
        if found and not any(_is_inside(lower[found.end() :], *pair) for pair in WRAPPERS):
            return at
    return len(html)


def _is_inside(rest: bytes, opens: bytes, closes: bytes) -> bool:
    """Whether what follows ends something that began before."""
    closed, opened = rest.find(closes), rest.find(opens)
    return closed >= 0 and (opened < 0 or closed < opened)


def _runtime(contents: Contents, page: str, base: str) -> str:
    facts = {
        "page": page,
        "pages": list(contents.pages),
        "base": base,
        "language": contents.default_language,
        "texts": texts_of(contents),
    }
    # A block of data, which no policy keeps from being read; nothing in it can end it.
    told = json.dumps(facts).replace("<", "\\u003c")
    source = escape(base + runtime_path().removeprefix("/"))
    return f'<script type="application/json">{told}</script><script src="{source}"></script>'


def _styles(contents: Contents, page: str, base: str) -> Iterable[str]:
    for name in ("app.css", f"{page}.css"):
        if name in contents.entries:
            yield f'<link rel="stylesheet" href="{escape(_address(name, base))}">'


def _scripts(contents: Contents, page: str, base: str) -> Iterable[str]:
    for name in ("app.js", f"{page}.js"):
        if name in contents.entries:
            yield f'<script src="{escape(_address(name, base))}"></script>'


def _address(name: str, base: str) -> str:
    return base + quote(name)


def _import_map(base: str) -> str:
    """Lets a module in a preview import another by a path from the root."""
    return json.dumps({"imports": {ROOT: base, base: base}})


def _inline(mapped: str) -> str:
    return f'<script type="importmap">{mapped}</script>' if mapped else ""


def _hash_of(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
