"""Taking a package from the body of a request to the disk, piece by piece, hashed on its way."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from django.http import HttpRequest
from django.http.request import UnreadablePostError

from portico.files.spool import spooled
from portico.miniprograms.uploading.rules import (
    MIB,
    MOST_PACKED,
    NoPackage,
    PackageCutOff,
    PackageTooLarge,
)

PIECE = 64 * 1024
# What is read and thrown away of a body that is too large, so that its sender reads our answer: a
# connection that is closed on somebody who is sending takes the answer with it.
MOST_DRAINED = 64 * MIB
DRAINED_FOR = 5.0  # seconds


@dataclass(frozen=True)
class Received:
    """A package on disk. It is gone after the `with` that received it."""

    file: BinaryIO
    sha256: str
    size: int


@contextmanager
def received(request: HttpRequest, *, most: int = MOST_PACKED) -> Iterator[Received]:
    """The body of a request, whole, in a file. It must not have been read before.

    Raises `PackageTooLarge` as soon as that is known, `PackageCutOff` where less came than was
    announced, `NoPackage` where nothing did.
    """
    announced = _announced(request)
    read = _reader_of(request, announced)
    if announced is not None and announced > most:
        _drain(read)
        raise PackageTooLarge(limit=most // MIB)
    with spooled() as file:
        running, size = hashlib.sha256(), 0
        for piece in _pieces(read):
            size += len(piece)
            if size > most:
                _drain(read)
                raise PackageTooLarge(limit=most // MIB)
            running.update(piece)
            file.write(piece)
        if announced is not None and size < announced:
            raise PackageCutOff(received=size, announced=announced)
        if not size:
            raise NoPackage
        file.seek(0)
        yield Received(file, running.hexdigest(), size)


def _announced(request: HttpRequest) -> int | None:
    """The length that the sender gave; None: it did not, and sends in chunks."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or "")
    except ValueError:
        return None


def _reader_of(request: HttpRequest, announced: int | None) -> Callable[[int], bytes]:
    """How the body is read. Django takes a body without a length for an empty one; our server ends
    the body where it ends."""
    if announced is None and request.META.get("wsgi.input_terminated"):
        reader: Callable[[int], bytes] = request.META["wsgi.input"].read
        return reader
    return request.read


def _pieces(read: Callable[[int], bytes]) -> Iterator[bytes]:
    try:
        while piece := read(PIECE):
            yield piece
    except (UnreadablePostError, OSError):
        return  # the sender is gone; what was announced tells that something is missing


def _drain(read: Callable[[int], bytes]) -> None:
    drained, ends = 0, time.monotonic() + DRAINED_FOR
    for piece in _pieces(read):
        drained += len(piece)
        if drained > MOST_DRAINED or time.monotonic() > ends:
            return
