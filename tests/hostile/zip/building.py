"""Writes ZIP files whose every field can lie."""

from __future__ import annotations

import json
import stat
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tests.packages import PIXEL, make_manifest

FILE = stat.S_IFREG | 0o644
FOLDER = stat.S_IFDIR | 0o755
LINK = stat.S_IFLNK | 0o777
END_SIZE = 22


@dataclass(frozen=True)
class Piece:
    """An entry. What is None is as it should be; fields that begin with `local_` are those of the
    header before the data, where they differ from the list's."""

    name: str | bytes
    content: bytes = b""
    method: int = 8
    flags: int | None = None
    mode: int = FILE
    dos: int = 0
    extra: bytes = b""
    comment: bytes = b""
    packed_data: bytes | None = None
    crc: int | None = None
    size: int | None = None
    packed: int | None = None
    header: int | None = None
    disk: int = 0
    needed: int = 20
    descriptor: bytes = b""
    gap: bytes = b""  # before the header
    local_name: str | bytes | None = None
    local_flags: int | None = None
    local_needed: int | None = None
    local_method: int | None = None
    local_extra: bytes | None = None
    local_crc: int | None = None
    local_size: int | None = None
    local_packed: int | None = None
    listed: bool = True
    written: bool = True

    @property
    def raw_name(self) -> bytes:
        return raw(self.name)

    @property
    def data(self) -> bytes:
        if self.packed_data is not None:
            return self.packed_data
        return deflated(self.content) if self.method == 8 else self.content

    @property
    def true_flags(self) -> int:
        if self.flags is not None:
            return self.flags
        return (0 if self.raw_name.isascii() else 0x800) | (0x8 if self.descriptor else 0)

    def sums(self) -> tuple[int, int, int]:
        return (
            zlib.crc32(self.content) if self.crc is None else self.crc,
            len(self.data) if self.packed is None else self.packed,
            len(self.content) if self.size is None else self.size,
        )

    def local(self) -> bytes:
        """The header and the data, with what follows them."""
        name = self.raw_name if self.local_name is None else raw(self.local_name)
        extra = self.extra if self.local_extra is None else self.local_extra
        crc, packed, size = self.sums()
        fields = (
            b"PK\x03\x04",
            self.needed if self.local_needed is None else self.local_needed,
            self.true_flags if self.local_flags is None else self.local_flags,
            self.method if self.local_method is None else self.local_method,
            0,
            0x21,
            crc if self.local_crc is None else self.local_crc,
            packed if self.local_packed is None else self.local_packed,
            size if self.local_size is None else self.local_size,
            len(name),
            len(extra),
        )
        return struct.pack("<4s5H3L2H", *fields) + name + extra + self.data + self.descriptor

    def entry(self, header: int) -> bytes:
        """The line of the list."""
        crc, packed, size = self.sums()
        fields = (
            b"PK\x01\x02", 20, 3, self.needed, 0, self.true_flags, self.method, 0, 0x21, crc,
            packed, size, len(self.raw_name), len(self.extra), len(self.comment), self.disk, 0,
            self.mode << 16 | self.dos, header if self.header is None else self.header,
        )  # fmt: skip
        return struct.pack("<4s4B4HL2L5H2L", *fields) + self.raw_name + self.extra + self.comment


def raw(name: str | bytes) -> bytes:
    return name.encode() if isinstance(name, str) else name


def deflated(content: bytes, level: int = 9) -> bytes:
    packing = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packing.compress(content) + packing.flush()


def descriptor_of(content: bytes, *, mark: bool = True, method: int = 8) -> bytes:
    packed = len(deflated(content)) if method == 8 else len(content)
    sums = struct.pack("<3L", zlib.crc32(content), packed, len(content))
    return (b"PK\x07\x08" if mark else b"") + sums


def streamed(name: str, content: bytes, *, mark: bool = True) -> Piece:
    """An entry whose sizes follow its data, as tools write that cannot go back."""
    return Piece(
        name,
        content,
        descriptor=descriptor_of(content, mark=mark),
        local_crc=0,
        local_packed=0,
        local_size=0,
    )


def end(
    count: int,
    size: int,
    offset: int,
    *,
    here: int | None = None,
    disk: int = 0,
    list_disk: int = 0,
    comment: bytes = b"",
    of_comment: int | None = None,
) -> bytes:
    return (
        struct.pack(
            "<4s4H2LH",
            b"PK\x05\x06",
            disk,
            list_disk,
            count if here is None else here,
            count,
            size,
            offset,
            len(comment) if of_comment is None else of_comment,
        )
        + comment
    )


def zip_of(
    pieces: Iterable[Piece],
    *,
    before: bytes = b"",
    shifted: bool = True,
    before_list: bytes = b"",
    after_list: bytes = b"",
    list_bytes: bytes | None = None,
    **of_end: object,
) -> bytes:
    """The ZIP of the pieces. `shifted`: offsets count what stands `before` it, too. `of_end`:
    fields of its end that lie."""
    body, lines = bytearray(before), []
    begin = len(before) if not shifted else 0
    for piece in pieces:
        body += piece.gap
        header = len(body) - begin
        if piece.written:
            body += piece.local()
        if piece.listed:
            lines.append(piece.entry(header))
    body += before_list
    offset = len(body) - begin
    listed = b"".join(lines) if list_bytes is None else list_bytes
    fields = {"count": len(lines), "size": len(listed), "offset": offset, **of_end}
    return bytes(body) + listed + after_list + end(**fields)  # type: ignore[arg-type]


def manifest_piece(said: bytes | None = None, **members: object) -> Piece:
    text = json.dumps(make_manifest(**members)).encode() if said is None else said  # type: ignore[arg-type]
    return Piece("manifest.json", text)


def sound(*more: Piece, manifest: bytes | None = None, without: str = "") -> list[Piece]:
    """The pieces of a package that is accepted, and some more."""
    pieces = [
        manifest_piece(manifest),
        Piece("app.js", b""),
        Piece("app.css", b"body { margin: 0 }"),
        Piece("common/icon.png", PIXEL, method=0),
        Piece("pages/index/index.html", b"<!doctype html><title>Tips</title><p>Hello</p>"),
    ]
    return [one for one in pieces if one.name != without] + list(more)


def package(*more: Piece, **rest: object) -> bytes:
    """A package that is accepted but for these pieces."""
    return zip_of(sound(*more), **rest)  # type: ignore[arg-type]


def lying(name: str, **fields: object) -> bytes:
    """A package one of whose entries is not as it should be."""
    return zip_of(
        replace(one, **fields) if one.name == name else one  # type: ignore[arg-type]
        for one in sound()
    )
