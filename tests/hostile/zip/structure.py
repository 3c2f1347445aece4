"""Archives that two readers would understand differently, or that are cut or stuffed."""

from __future__ import annotations

import struct
import zlib

from portico.miniprograms.packages import Rule
from tests.hostile.zip.building import (
    END_SIZE,
    Piece,
    deflated,
    descriptor_of,
    end,
    lying,
    package,
    sound,
    streamed,
    zip_of,
)
from tests.hostile.zip.cases import Case, accepted, refused

PAGE = "pages/index/index.html"
TEXT = b"Hello, " * 20
ZIP64_LOCATOR = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)


def cut(bytes_left_out: int) -> bytes:
    return package()[:-bytes_left_out]


def extra(kind: int, content: bytes) -> bytes:
    return struct.pack("<2H", kind, len(content)) + content


def two_archives() -> bytes:
    """One reader scans for the last end and finds the second archive, another goes by the
    comment of the first."""
    second = package()
    return package(comment=second)


def end_in_the_comment() -> bytes:
    return package(comment=b"see " + end(0, 0, 0) + b" there")


def overlapping(*, quoted: bool) -> bytes:
    """Many entries over one kernel of data, as David Fifield's bombs have them."""
    kernel = Piece("kernel.txt", b"0" * 50_000)
    body = zip_of(sound(kernel))
    at = body.index(kernel.local())
    if not quoted:
        return package(
            kernel,
            *(
                Piece(f"copy{number}.txt", kernel.content, header=at, written=False)
                for number in range(20)
            ),
        )
    # Each entry quotes the headers after it as stored bytes of its own deflate stream.
    inner = kernel.local()
    quoting = Piece(
        "quoting.txt",
        inner[: len(inner) - len(kernel.data)] + kernel.content,
        packed_data=b"\x00" + struct.pack("<2H", len(inner) - len(kernel.data),
            0xFFFF ^ (len(inner) - len(kernel.data))) + inner,
    )  # fmt: skip
    behind = Piece("kernel.txt", kernel.content, written=False,
                   header=zip_of(sound(quoting)).index(inner))  # fmt: skip
    return package(quoting, behind)


def signed() -> bytes:
    pairs = b"\x04\x00\x00\x00\x00\x00\x00\x00\x01\x01\x00\x01"
    size = struct.pack("<Q", len(pairs) + 24)
    return package(before_list=size + pairs + size + b"RPK Sig Block 42")


def unicode_path(name: bytes, of: bytes) -> bytes:
    return extra(0x7075, struct.pack("<BL", 1, zlib.crc32(of)) + name)


def with_piece(**fields: object) -> bytes:
    return package(Piece("x.txt", TEXT, **fields))  # type: ignore[arg-type]


HUGE = 0xFFFFFFFF
CASES: tuple[Case, ...] = (
    refused("an empty file", lambda: b"", Rule.NOT_A_ZIP),
    refused("a picture", lambda: b"\x89PNG\r\n\x1a\n" * 100, Rule.NOT_A_ZIP),
    refused("another kind of archive", lambda: b"7z\xbc\xaf\x27\x1c" * 100, Rule.NOT_A_ZIP),
    refused("an archive of nothing", lambda: end(0, 0, 0), Rule.MANIFEST_MISSING, "manifest.json"),
    refused("cut in the end", lambda: cut(10), Rule.TRUNCATED),
    refused("cut before the end", lambda: cut(END_SIZE), Rule.TRUNCATED),
    refused("cut in the list", lambda: cut(END_SIZE + 30), Rule.TRUNCATED),
    refused("cut in the data", lambda: package()[:300], Rule.TRUNCATED),
    refused("cut in the middle, with its end",
            lambda: package()[:200] + package()[260:], Rule.BROKEN_DIRECTORY),
    refused("data before it", lambda: package(before=b"#!/bin/sh\n" * 9, shifted=False),
            Rule.PREPENDED_DATA),
    refused("data before it that offsets know", lambda: package(before=b"MZ" * 99),
            Rule.PREPENDED_DATA),
    refused("data after it", lambda: package() + b"<script>", Rule.APPENDED_DATA),
    refused("a ZIP after it", lambda: package() + package(), Rule.PREPENDED_DATA),
    refused("two ends", two_archives, Rule.TWO_ENDS),
    refused("two short ends", lambda: package(comment=end(0, 0, 0)), Rule.TWO_ENDS),
    refused("an end in the comment", end_in_the_comment, Rule.TWO_ENDS),
    refused("a long comment", lambda: package(comment=b"x" * 1025), Rule.LONG_COMMENT),
    accepted("a short comment", lambda: package(comment=b"e8f83a4")),
    refused("one of several disks", lambda: package(disk=1), Rule.SPLIT),
    refused("the list on another disk", lambda: package(list_disk=1), Rule.SPLIT),
    refused("an entry on another disk", lambda: with_piece(disk=1), Rule.SPLIT),
    refused("fewer entries on this disk", lambda: package(here=3), Rule.SPLIT),
    refused("Zip64 with sizes only in the extra field",
            lambda: with_piece(size=HUGE, packed=HUGE, extra=extra(1, struct.pack("<2Q", 140, 17))),
            Rule.ZIP64, "x.txt"),
    refused("Zip64 with the offset in the extra field",
            lambda: with_piece(header=HUGE, extra=extra(1, bytes(8))), Rule.ZIP64, "x.txt"),
    refused("a Zip64 extra field that says something else",
            lambda: with_piece(extra=extra(1, struct.pack("<2Q", 1, 1))), Rule.ZIP64, "x.txt"),
    refused("a Zip64 extra field in the header alone",
            lambda: with_piece(local_extra=extra(1, struct.pack("<2Q", 1, 1))), Rule.ZIP64,
            "x.txt"),
    refused("a Zip64 end that says something else",
            lambda: package(after_list=ZIP64_LOCATOR), Rule.ZIP64, "ZIP"),
    refused("65,535 entries", lambda: package(count=0xFFFF), Rule.ZIP64, "ZIP"),
    refused("a list at the end of 4 GiB", lambda: package(offset=HUGE), Rule.ZIP64, "ZIP"),
    refused("more entries than there are", lambda: package(count=9), Rule.BROKEN_DIRECTORY),
    refused("fewer entries than there are", lambda: package(count=4), Rule.BROKEN_DIRECTORY),
    refused("a list that begins elsewhere", lambda: package(offset=20), Rule.PREPENDED_DATA),
    refused("a list that begins too late", lambda: package(offset=0x7FFFFFFF),
            Rule.BROKEN_DIRECTORY),
    refused("a list of another size", lambda: package(size=1), Rule.BROKEN_DIRECTORY),
    refused("a list of rubbish", lambda: package(list_bytes=b"\x00" * 400), Rule.BROKEN_DIRECTORY),
    refused("an encrypted entry", lambda: with_piece(flags=1), Rule.ENCRYPTED, "x.txt"),
    refused("strong encryption", lambda: with_piece(flags=0x41), Rule.ENCRYPTED, "x.txt"),
    refused("an encrypted list", lambda: with_piece(flags=0x2000), Rule.ENCRYPTED, "x.txt"),
    refused("AES", lambda: with_piece(method=99, extra=extra(0x9901, b"\x02\x00AE\x03\x08\x00")),
            Rule.ENCRYPTED, "x.txt"),
    refused("patched data", lambda: with_piece(flags=0x20), Rule.FLAGS, "x.txt"),
    refused("a version that nobody knows", lambda: with_piece(needed=255), Rule.FLAGS, "x.txt"),
    refused("a version in the header that nobody knows", lambda: with_piece(local_needed=255),
            Rule.HEADER_MISMATCH, "x.txt"),
    accepted("the version of Zip64 without Zip64", lambda: with_piece(needed=45)),
    refused("bzip2", lambda: with_piece(method=12), Rule.METHOD, "x.txt"),
    refused("Deflate64", lambda: with_piece(method=9), Rule.METHOD, "x.txt"),
    refused("LZMA", lambda: with_piece(method=14), Rule.METHOD, "x.txt"),
    refused("implode", lambda: with_piece(method=6), Rule.METHOD, "x.txt"),
    refused("overlapping entries", lambda: overlapping(quoted=False), Rule.OVERLAP, "copy0.txt"),
    refused("quoted overlap", lambda: overlapping(quoted=True), Rule.OVERLAP, "kernel.txt"),
    refused("data that reaches into the list",
            lambda: lying(PAGE, packed=400), Rule.OVERLAP, PAGE),
    refused("hidden data between entries",
            lambda: package(Piece("x.txt", TEXT, gap=b"evil" * 9)), Rule.HIDDEN_DATA, "x.txt"),
    refused("an entry that is not listed",
            lambda: package(Piece("evil.txt", TEXT, listed=False), Piece("x.txt")),
            Rule.HIDDEN_DATA, "x.txt"),
    refused("hidden data before the list", lambda: package(before_list=b"evil"),
            Rule.HIDDEN_DATA, "ZIP"),
    refused("a signing block", signed, Rule.SIGNING_BLOCK),
    refused("an entry that is not written",
            lambda: package(Piece("x.txt", TEXT, written=False)), Rule.HEADER_MISMATCH, "x.txt"),
    refused("another name in the header", lambda: with_piece(local_name="../evil"),
            Rule.HEADER_MISMATCH, "x.txt"),
    refused("another method in the header", lambda: with_piece(local_method=0),
            Rule.HEADER_MISMATCH, "x.txt"),
    refused("another size in the header", lambda: with_piece(local_size=9),
            Rule.HEADER_MISMATCH, "x.txt"),
    refused("another checksum in the header", lambda: with_piece(local_crc=9),
            Rule.HEADER_MISMATCH, "x.txt"),
    refused("encrypted in the header alone", lambda: with_piece(local_flags=1),
            Rule.HEADER_MISMATCH, "x.txt"),
    refused("no sizes in the header, and none after the data",
            lambda: with_piece(local_crc=0, local_packed=0, local_size=0),
            Rule.HEADER_MISMATCH, "x.txt"),
    refused("a wrong descriptor",
            lambda: with_piece(descriptor=descriptor_of(b"something else")),
            Rule.DESCRIPTOR_MISMATCH, "x.txt"),
    refused("a descriptor that is missing", lambda: with_piece(flags=8),
            Rule.DESCRIPTOR_MISMATCH, "x.txt"),
    refused("data behind a descriptor",
            lambda: package(Piece("x.txt", TEXT, descriptor=descriptor_of(TEXT) + b"evil")),
            Rule.HIDDEN_DATA, "ZIP"),
    refused("a descriptor of Zip64",
            lambda: with_piece(descriptor=b"PK\x07\x08" + struct.pack("<L2Q", 1, 2, 3)),
            Rule.ZIP64, "x.txt"),
    refused("stored data whose end must be guessed",
            lambda: with_piece(method=0, descriptor=descriptor_of(TEXT, method=0), local_crc=0,
                               local_packed=0, local_size=0),
            Rule.HEADER_MISMATCH, "x.txt"),
    accepted("sizes after the data", lambda: package(streamed("x.txt", TEXT))),
    accepted("sizes after the data without a mark",
             lambda: package(streamed("x.txt", TEXT, mark=False))),
    refused("another name in a Unicode field",
            lambda: with_piece(extra=unicode_path(b"../evil", b"x.txt")), Rule.EXTRA_FIELD,
            "x.txt"),
    accepted("the same name in a Unicode field",
             lambda: with_piece(extra=unicode_path(b"x.txt", b"x.txt"))),
    refused("an extra field that is cut", lambda: with_piece(extra=b"\x55\x54\xff\xff\x01"),
            Rule.EXTRA_FIELD, "x.txt"),
    accepted("times in extra fields",
             lambda: with_piece(extra=extra(0x5455, b"\x03" + bytes(8)), local_extra=b"")),
    accepted("fields filled up with zeros", lambda: with_piece(local_extra=b"\x00\x00\x00")),
    refused("a wrong checksum", lambda: lying(PAGE, crc=1), Rule.WRONG_CRC, PAGE),
    refused("a damaged stream", lambda: with_piece(packed_data=b"\xff" * 20),
            Rule.BROKEN_STREAM, "x.txt"),
    refused("a stream that ends early", lambda: with_piece(packed_data=deflated(TEXT)[:-3]),
            Rule.BROKEN_STREAM, "x.txt"),
    refused("rubbish after the stream", lambda: with_piece(packed_data=deflated(TEXT) + b"evil"),
            Rule.BROKEN_STREAM, "x.txt"),
    refused("more than it says", lambda: with_piece(size=3), Rule.WRONG_SIZE, "x.txt"),
    refused("less than it says", lambda: with_piece(size=141), Rule.WRONG_SIZE, "x.txt"),
    refused("stored with two sizes", lambda: with_piece(method=0, size=3), Rule.WRONG_SIZE,
            "x.txt"),
)  # fmt: skip
