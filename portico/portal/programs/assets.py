"""The files of a package, as they are: straight from the stored ZIP, never unpacked to disk.

What lies there deflated is sent as it lies, with the frame of gzip around it, to whoever takes
gzip; to others it is inflated on the way.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from portico.miniprograms.packages import Entry, content_type_of, open_entry, read_entry
from portico.portal.programs.asking import Answer, Asked, OutOfRange, range_in
from portico.portal.programs.contents import SMALL, Contents

FOR_EVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "public, no-cache"
NOT_AT_ALL: Final = "private, no-store"
DEFLATED: Final = 8
CHUNK: Final = 256 * 1024
# Deflate, no name, no time, made nowhere in particular (RFC 1952, section 2.3).
GZIP_HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
GZIP_TAIL: Final = struct.Struct("<2L")

Headers = list[tuple[str, str]]


def serve(asked: Asked, contents: Contents, entry: Entry, *, kept: str, headers: Headers) -> Answer:
    """Answer with an entry. `kept` is its Cache-Control; `headers` are those of every answer."""
    zipped = entry.method == DEFLATED and asked.takes_gzip and not asked.range
    etag = etag_of(contents.package, entry.name, zipped=zipped)
    headers = [*headers, ("ETag", etag), ("Cache-Control", kept), ("Vary", "Accept-Encoding")]
    if asked.has(etag):
        return Answer(HTTPStatus.NOT_MODIFIED, headers)
    headers.append(("Content-Type", content_type_of(entry.name)))
    if zipped:
        return _zipped(asked, contents, entry, headers)
    headers.append(("Accept-Ranges", "bytes"))
    try:
        part = range_in(asked, entry.size, etag)
    except OutOfRange:
        headers += [("Content-Range", f"bytes */{entry.size}"), ("Content-Length", "0")]
        return Answer(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers)
    start, end = part or (0, entry.size)
    headers.append(("Content-Length", str(end - start)))
    if part:
        headers.append(("Content-Range", f"bytes {start}-{end - 1}/{entry.size}"))
    status = HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK
    if asked.method == "HEAD":
        return Answer(status, headers)
    if entry.size <= SMALL:
        return Answer(status, headers, body=_plain(contents, entry)[start:end])
    return Answer(status, headers, pieces=_begun(_pieces(contents, entry, start, end)))


@lru_cache(maxsize=4096)
def etag_of(package: str, name: str, *, zipped: bool) -> str:
    """The strong validator of an entry: by the hash of its package and its name, another one for
    its compressed form."""
    found = hashlib.sha256(f"{package}/{name}".encode()).hexdigest()[:32]
    return f'"{found}-gz"' if zipped else f'"{found}"'


def _zipped(asked: Asked, contents: Contents, entry: Entry, headers: Headers) -> Answer:
    tail = GZIP_TAIL.pack(entry.crc, entry.size & 0xFFFFFFFF)
    length = len(GZIP_HEAD) + entry.packed + len(tail)
    headers += [("Content-Encoding", "gzip"), ("Content-Length", str(length))]
    if asked.method == "HEAD":
        return Answer(HTTPStatus.OK, headers)
    packed = contents.packed(entry)
    if packed is not None:
        return Answer(HTTPStatus.OK, headers, body=b"".join((GZIP_HEAD, packed, tail)))
    return Answer(HTTPStatus.OK, headers, pieces=_begun(_framed(contents, entry, tail)))


def _framed(contents: Contents, entry: Entry, tail: bytes) -> Iterator[bytes]:
    before = GZIP_HEAD
    for piece in _raw(contents, entry.offset, entry.packed):
        yield before + piece
        before = b""
    yield tail


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same, with the first one read: what cannot be read at all is to be known before the
    answer has begun with its status."""
    first = next(pieces, b"")
    return _after(first, pieces)


def _after(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces


def _plain(contents: Contents, entry: Entry) -> bytes:
    """All of a small entry."""
    if entry.method != DEFLATED:
        packed = contents.packed(entry)
        if packed is not None:
            return packed
    with contents.open() as file:
        return read_entry(file, entry, most=SMALL)


def _pieces(contents: Contents, entry: Entry, start: int, end: int) -> Iterator[bytes]:
    """A part of a large entry: of a stored one read where it lies, of a deflated one inflated from
    its beginning, in little memory."""
    if entry.method != DEFLATED:
        yield from _raw(contents, entry.offset + start, end - start)
        return
    with contents.open() as file, open_entry(file, entry) as content:
        before = start
        while before and (skipped := content.read(min(CHUNK, before))):
            before -= len(skipped)
        left = end - start
        while left and (piece := content.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece


def _raw(contents: Contents, offset: int, length: int) -> Iterator[bytes]:
    with contents.open() as file:
        file.seek(offset)
        while length and (piece := file.read(min(CHUNK, length))):
            length -= len(piece)
            yield piece
