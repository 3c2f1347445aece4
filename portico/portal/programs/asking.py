"""A request below the content domain, and an answer: without Django's classes, which cost more than
serving a small file does. Both ways in (`portico.config.content`) turn these into their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qs

GZIP = re.compile(r"(?:^|,)\s*(?:x-)?gzip\s*(?:;\s*q\s*=\s*([0-9.]+))?\s*(?:,|$)", re.IGNORECASE)
RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)
ETAG = re.compile(r'(?:W/)?("[^"]*")')


@dataclass(frozen=True)
class Asked:
    """What is asked of a version's origin. `path` is decoded and begins with a slash."""

    method: str
    path: str
    query: str = ""
    accept_encoding: str = ""
    accept_language: str = ""
    if_none_match: str = ""
    if_range: str = ""
    range: str = ""
    is_service_worker: bool = False

    @property
    def takes_gzip(self) -> bool:
        """Whether the answer may be compressed."""
        found = GZIP.search(self.accept_encoding)
        return found is not None and (found[1] is None or _is_positive(found[1]))

    def has(self, etag: str) -> bool:
        """Whether the browser has this very answer already."""
        if not self.if_none_match:
            return False
        return self.if_none_match.strip() == "*" or etag in ETAG.findall(self.if_none_match)

    def value_of(self, name: str) -> str:
        """A value in the query; empty where there is none."""
        return parse_qs(self.query).get(name, [""])[0]


@dataclass(frozen=True)
class Answer:
    """What is answered: with `body`, or piece by piece with `pieces`, which is closed after it."""

    status: HTTPStatus
    headers: list[tuple[str, str]]
    body: bytes = b""
    pieces: Iterator[bytes] | None = field(default=None, repr=False)


def path_in(environ: Mapping[str, object]) -> str:
    """The path of a request in a WSGI environment, which hands over bytes as Latin-1.

    Names of files are UTF-8. What is not, names none.
    """
    path = str(environ.get("PATH_INFO") or "/")
    return path.encode("latin-1", "replace").decode("utf-8", "replace")


def asked_in(environ: Mapping[str, object], path: str) -> Asked:
    """The request in a WSGI environment."""

    def text(name: str) -> str:
        return str(environ.get(name) or "")

    return Asked(
        method=text("REQUEST_METHOD"),
        path=path,
        query=text("QUERY_STRING"),
        accept_encoding=text("HTTP_ACCEPT_ENCODING"),
        accept_language=text("HTTP_ACCEPT_LANGUAGE"),
        if_none_match=text("HTTP_IF_NONE_MATCH"),
        if_range=text("HTTP_IF_RANGE"),
        range=text("HTTP_RANGE"),
        is_service_worker=bool(text("HTTP_SERVICE_WORKER")),
    )


class OutOfRange(Exception):
    """A range that lies outside of what there is (416)."""


def range_in(asked: Asked, size: int, etag: str) -> tuple[int, int] | None:
    """The first byte that is asked for, and the one after the last; None: all of it.

    Several ranges, and what cannot be understood, are answered with all of it, as HTTP allows. So
    is a range of something that has changed since. Raises `OutOfRange`.
    """
    found = RANGE.fullmatch(asked.range.strip())
    if found is None or (asked.if_range and asked.if_range.strip() != etag):
        return None
    first, last = found[1], found[2]
    if first:
        start, end = int(first), min(int(last) + 1 if last else size, size)
        if last and int(last) < int(first):
            return None
    elif last:
        start, end = max(size - int(last), 0), size
    else:
        return None
    if start >= end:
        raise OutOfRange
    return start, end


def _is_positive(quality: str) -> bool:
    try:
        return float(quality) > 0
    except ValueError:
        return False
