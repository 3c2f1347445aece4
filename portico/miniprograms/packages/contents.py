"""The data of entries: unpacked in constant memory, never to disk, and checked on the way."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final, NoReturn

from portico.miniprograms.packages.problems import Problems
from portico.miniprograms.packages.rules import Rule

if TYPE_CHECKING:
    from zlib import _Decompress as Inflating

STORED, DEFLATED = 0, 8
CHUNK: Final = 256 * 1024
INPUT: Final = 64 * 1024  # of Deflate, which mostly unpacks to a few times as much


@dataclass(frozen=True)
class Entry:
    """A file of a package. `offset` is where its data begins in the ZIP, `packed` how long it is
    there, `size` how long unpacked; `method`: 0 stored, 8 Deflate without a wrapper."""

    name: str
    offset: int
    packed: int
    size: int
    crc: int
    method: int


def open_entry(file: BinaryIO, entry: Entry) -> BinaryIO:
    """A stream of the unpacked content, for reading forward; it leaves `file` open.

    Raises `PackageRefused` at the place where the content turns out to be damaged. Other entries
    may be read from the same file meanwhile, by the same thread.
    """
    return io.BufferedReader(Unpacking(file, entry), CHUNK)


def read_entry(file: BinaryIO, entry: Entry, *, most: int) -> bytes:
    """The content of an entry, at most `most` bytes of it (not more is unpacked)."""
    if entry.size <= most:
        with open_entry(file, entry) as content:
            return content.read()
    unpacking = Unpacking(file, entry)
    found = bytearray()
    while len(found) < most:
        chunk = unpacking.next_chunk(min(CHUNK, most - len(found)))
        if not chunk:
            break
        found += chunk
    return bytes(found)


def verify(file: BinaryIO, entry: Entry) -> None:
    """Unpack all of it, keeping nothing. Raises `PackageRefused` unless it is what the ZIP says."""
    unpacking = Unpacking(file, entry)
    while unpacking.next_chunk(CHUNK):
        pass


class Unpacking(io.RawIOBase):
    """The unpacked content of an entry. Refuses what is more or less than it says, and a wrong
    checksum, at the end of the data."""

    def __init__(self, file: BinaryIO, entry: Entry) -> None:
        super().__init__()
        self._file, self._entry = file, entry
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == DEFLATED else None
        self._at, self._end = entry.offset, entry.offset + entry.packed
        self._crc, self._size = 0, 0
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self.next_chunk(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def next_chunk(self, most: int) -> bytes:
        """Some more bytes; none: that was all, and all is well."""
        if self._ended:
            return b""
        # One byte more than is left shows whether there is more than it says.
        most = min(most, self._entry.size - self._size + 1)
        inflate = self._inflate
        try:
            chunk = (
                self._read(min(most, CHUNK)) if inflate is None else self._inflated(inflate, most)
            )
        except zlib.error:
            self._refuse(Rule.BROKEN_STREAM)
        self._crc = zlib.crc32(chunk, self._crc)
        self._size += len(chunk)
        if self._size > self._entry.size:
            self._refuse(Rule.WRONG_SIZE, bytes=self._entry.size)
        if not chunk:
            self._see_that_all_is_well()
        return chunk

    def _inflated(self, inflate: Inflating, most: int) -> bytes:
        while not inflate.eof:
            given = inflate.unconsumed_tail or self._read(INPUT)
            chunk = inflate.decompress(given, most)
            if chunk:
                return chunk
            if not given:
                break
        return b""

    def _read(self, most: int) -> bytes:
        self._file.seek(self._at)
        found = self._file.read(min(most, self._end - self._at))
        self._at += len(found)
        return found

    def _see_that_all_is_well(self) -> None:
        self._ended = True
        inflate = self._inflate
        unread = self._end - self._at
        if inflate is not None and (
            not inflate.eof or inflate.unused_data or inflate.unconsumed_tail or unread
        ):
            self._refuse(Rule.BROKEN_STREAM)
        if self._size != self._entry.size:
            self._refuse(Rule.WRONG_SIZE, bytes=self._entry.size)
        if self._crc != self._entry.crc:
            self._refuse(Rule.WRONG_CRC)

    def _refuse(self, rule: Rule, **facts: int) -> NoReturn:
        Problems().refuse(rule, self._entry.name, **facts)
