"""Where each entry lies in the ZIP, and that its local header says what the list says."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from portico.miniprograms.packages.problems import Problems
from portico.miniprograms.packages.rules import Rule
from portico.miniprograms.packages.structures import LOCAL, LOCAL_MARK, Listed

DESCRIPTOR: Final = struct.Struct("<3L")
DESCRIPTOR_MARK: Final = b"PK\x07\x08"
ZIP64_DESCRIPTOR_SIZES: Final = (20, 24)
MOST_NEEDED: Final = 45  # some tools say so always; what came later is not accepted anyway
ENCRYPTION_FLAGS: Final = 0x1 | 0x40 | 0x2000
ACCEPTED_FLAGS: Final = 0x2 | 0x4 | 0x8 | 0x800
# Bits 1 and 2 say how hard Deflate tried, which some tools write in one place only.
COMPARED_FLAGS: Final = ENCRYPTION_FLAGS | 0x8 | 0x20 | 0x800
ZIP64_EXTRA, STRONG_ENCRYPTION_EXTRA, AES_EXTRA, UNICODE_PATH_EXTRA = 0x1, 0x17, 0x9901, 0x7075
SIGNING_BLOCK_SIZES: Final = struct.Struct("<Q16s")


@dataclass(frozen=True)
class Placed:
    """An entry and where its data begins."""

    listed: Listed
    data: int


def place(
    file: BinaryIO, listed: Sequence[Listed], list_at: int, problems: Problems
) -> list[Placed]:
    """Find the data of each entry, in the order of the file.

    Notes what overlaps, what lies between entries and belongs to none, and headers that say
    something else than the list. After a problem here nothing may be read as an entry.
    """
    ordered = sorted(listed, key=lambda one: one.header)
    placed: list[Placed] = []
    free = 0
    for number, entry in enumerate(ordered):
        if problems.full:
            break
        _see_that_it_follows(entry, free, problems)
        following = ordered[number + 1].header if number + 1 < len(ordered) else list_at
        local = _read_local(file, entry, list_at, problems)
        if local is None:
            free = max(free, following)
            continue
        placed.append(Placed(entry, local))
        free = local + entry.packed
        if entry.has_descriptor:
            free += _read_descriptor(file, entry, free, following, problems)
    _see_that_the_list_follows(file, free, list_at, problems)
    return placed


def _see_that_it_follows(entry: Listed, free: int, problems: Problems) -> None:
    if entry.header < free:
        problems.add(Rule.OVERLAP, entry.name)
    elif entry.header > free == 0:
        problems.add(Rule.PREPENDED_DATA, bytes=entry.header)
    elif entry.header > free:
        problems.add(Rule.HIDDEN_DATA, entry.name, bytes=entry.header - free)


def _see_that_the_list_follows(file: BinaryIO, free: int, list_at: int, problems: Problems) -> None:
    if problems.full or free == list_at:
        return
    if free > list_at:
        problems.add(Rule.OVERLAP, "ZIP")
    elif _is_signing_block(file, free, list_at):
        problems.add(Rule.SIGNING_BLOCK)
    elif free == 0:
        problems.add(Rule.PREPENDED_DATA, bytes=list_at)
    else:
        problems.add(Rule.HIDDEN_DATA, "ZIP", bytes=list_at - free)


def _is_signing_block(file: BinaryIO, begin: int, end: int) -> bool:
    """Whether that is framed as Android's and RPK's are: a size, pairs, the size again, 16 bytes
    that say which scheme."""
    if end - begin < 8 + SIGNING_BLOCK_SIZES.size:
        return False
    file.seek(begin)
    first = file.read(8)
    file.seek(end - SIGNING_BLOCK_SIZES.size)
    size, _scheme = SIGNING_BLOCK_SIZES.unpack(file.read(SIGNING_BLOCK_SIZES.size))
    return first == struct.pack("<Q", size) and size == end - begin - 8


def _read_local(file: BinaryIO, entry: Listed, list_at: int, problems: Problems) -> int | None:
    """Where the entry's data begins, if its header is one and agrees with the list."""
    file.seek(entry.header)
    header = file.read(LOCAL.size)
    if entry.header + LOCAL.size > list_at or not header.startswith(LOCAL_MARK):
        problems.add(Rule.HEADER_MISMATCH, entry.name, field="header")
        return None
    (
        _mark, needed, flags, method, _time, _date, crc, packed, size, of_name, of_extra
    ) = LOCAL.unpack(header)  # fmt: skip
    raw_name, extra = file.read(of_name), file.read(of_extra)
    data = int(entry.header + LOCAL.size + of_name + of_extra)
    differing = [
        field
        for field, here, there in (
            ("name", raw_name, entry.raw_name),
            ("flags", flags & COMPARED_FLAGS, entry.flags & COMPARED_FLAGS),
            ("method", method, entry.method),
        )
        if here != there
    ]
    if needed & 0xFF > MOST_NEEDED:
        differing.append("version")
    if not _tells_the_same(entry, (crc, packed, size)):
        differing.append("CRC, size")
    if differing:
        problems.add(Rule.HEADER_MISMATCH, entry.name, field=", ".join(differing))
        return None
    if data + entry.packed > list_at:
        problems.add(Rule.OVERLAP, entry.name)
        return None
    check_extra(entry, extra, problems)
    return data


def _tells_the_same(entry: Listed, local: tuple[int, int, int]) -> bool:
    if local == (entry.crc, entry.packed, entry.size):
        return True
    # Where the end of the data must be found by reading, only Deflate says where that is.
    told_later = local == (0, 0, 0) and entry.has_descriptor
    return told_later and (entry.method == 8 or entry.packed == 0)


def _read_descriptor(
    file: BinaryIO, entry: Listed, at: int, following: int, problems: Problems
) -> int:
    """How long the data descriptor is; notes a problem unless it agrees with the list."""
    wanted = DESCRIPTOR.pack(entry.crc, entry.packed, entry.size)
    length = following - at
    file.seek(at)
    found = file.read(max(0, min(length, 24)))
    if found in {wanted, DESCRIPTOR_MARK + wanted}:
        return length
    for whole in (DESCRIPTOR_MARK + wanted, wanted):
        if found.startswith(whole):
            return len(whole)  # and what follows is said to be hidden
    rule = Rule.ZIP64 if length in ZIP64_DESCRIPTOR_SIZES else Rule.DESCRIPTOR_MISMATCH
    problems.add(rule, entry.name)
    return max(0, length)


def check_extra(entry: Listed, extra: bytes, problems: Problems) -> bool:
    """Note extra fields that change what the entry is; whether there are none."""
    at = 0
    while len(extra) - at >= 4:
        kind, length = struct.unpack_from("<2H", extra, at)
        field = extra[at + 4 : at + 4 + length]
        at += 4 + length
        rule = _rule_of_extra(kind, field, entry) if len(field) == length else Rule.EXTRA_FIELD
        if rule is not None:
            problems.add(rule, entry.name)
            return False
    if extra[at:].strip(b"\x00"):  # zipalign fills up with zeros
        problems.add(Rule.EXTRA_FIELD, entry.name)
        return False
    return True


def _rule_of_extra(kind: int, field: bytes, entry: Listed) -> Rule | None:
    if kind == ZIP64_EXTRA:
        return Rule.ZIP64
    if kind in {AES_EXTRA, STRONG_ENCRYPTION_EXTRA}:
        return Rule.ENCRYPTED
    if kind == UNICODE_PATH_EXTRA and field != _unicode_path(entry):
        return Rule.EXTRA_FIELD
    return None


def _unicode_path(entry: Listed) -> bytes:
    """The field that says the same name again, as Info-ZIP writes it."""
    return struct.pack("<BL", 1, zlib.crc32(entry.raw_name)) + entry.raw_name
