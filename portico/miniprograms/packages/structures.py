"""The structures of a ZIP, parsed by ourselves: its end, its list of files, its headers.

Whatever two readers of ZIP could understand differently is refused, so that what was checked here
is what every super app unpacks. The layout is that of PKWARE's APPNOTE, sections 4.3 to 4.5.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO, Final, NoReturn

from portico.miniprograms.packages.limits import Limits
from portico.miniprograms.packages.problems import Problems
from portico.miniprograms.packages.rules import Rule

END: Final = struct.Struct("<4s4H2LH")
LISTED: Final = struct.Struct("<4s4B4HL2L5H2L")
LOCAL: Final = struct.Struct("<4s5H3L2H")
END_MARK, LISTED_MARK, LOCAL_MARK = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
ZIP64_LOCATOR_MARK, SPLIT_MARK = b"PK\x06\x07", b"PK\x07\x08"
ZIP64_LOCATOR_SIZE: Final = 20
MOST_COMMENT: Final = 1024
MOST_NAME: Final = 1024
ALL_ONES_16, ALL_ONES_32 = 0xFFFF, 0xFFFFFFFF


@dataclass(frozen=True)
class End:
    """The end of central directory: how many entries there are, and where their list is."""

    count: int
    size: int
    offset: int


@dataclass(frozen=True)
class Listed:
    """One entry as the central directory lists it. `header` is where its local header begins."""

    raw_name: bytes
    needed: int  # the version of the format, in tenths
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    header: int
    mode: int  # of Unix; 0: none is told
    is_dos_folder: bool
    extra: bytes

    @property
    def has_descriptor(self) -> bool:
        """Whether sizes and checksum follow the data."""
        return bool(self.flags & 0x8)

    @property
    def is_utf8(self) -> bool:
        return bool(self.flags & 0x800)

    @cached_property
    def name(self) -> str:
        """The name as the flags say it is encoded; what cannot be decoded is marked."""
        return self.raw_name.decode("utf-8" if self.is_utf8 else "ascii", "backslashreplace")


def size_of(file: BinaryIO) -> int:
    """How many bytes the file has."""
    return file.seek(0, 2)


def read_end(file: BinaryIO, limits: Limits, problems: Problems) -> End:
    """Find the one end of the archive, and see that its list of files lies right before it."""
    size = size_of(file)
    if size > limits.packed:
        problems.refuse(Rule.TOO_LARGE_PACKED, bytes=size, most=limits.packed)
    tail_at = max(0, size - END.size - ALL_ONES_16)
    file.seek(tail_at)
    tail = file.read()
    at = _end_in(tail, tail_at, file, problems)
    _mark, disk, list_disk, here, count, list_size, offset, comment = END.unpack_from(tail, at)
    if comment > MOST_COMMENT:
        problems.refuse(Rule.LONG_COMMENT, bytes=comment, most=MOST_COMMENT)
    if tail[at - ZIP64_LOCATOR_SIZE : at].startswith(ZIP64_LOCATOR_MARK) or (
        ALL_ONES_16 in {here, count} or ALL_ONES_32 in {list_size, offset}
    ):
        problems.refuse(Rule.ZIP64, "ZIP")
    if disk or list_disk or here != count:
        problems.refuse(Rule.SPLIT)
    if count > limits.entries:
        problems.refuse(Rule.TOO_MANY_ENTRIES, count=count, most=limits.entries)
    _see_that_the_list_ends_there(file, tail_at + at, list_size, offset, problems)
    return End(count, list_size, offset)


def _end_in(tail: bytes, tail_at: int, file: BinaryIO, problems: Problems) -> int:
    """Where in the tail the end record begins that reaches exactly to the end of the file."""
    marks = list(_all_of(END_MARK, tail))
    reaching = [at for at in marks if _end_of_record(tail, at) == len(tail)]
    if not reaching:
        _refuse_without_end(tail, tail_at, marks, file, problems)
    if reaching != marks[-1:]:
        problems.refuse(Rule.TWO_ENDS)
    return reaching[0]


def _refuse_without_end(
    tail: bytes, tail_at: int, marks: list[int], file: BinaryIO, problems: Problems
) -> NoReturn:
    for at in reversed(marks):
        after = len(tail) - _end_of_record(tail, at)
        if after > 0 and _ends_a_list(tail, tail_at, at):
            problems.refuse(Rule.APPENDED_DATA, bytes=after)
    file.seek(0)
    if marks or file.read(4) in {LOCAL_MARK, SPLIT_MARK}:
        problems.refuse(Rule.TRUNCATED)
    problems.refuse(Rule.NOT_A_ZIP)


def _ends_a_list(tail: bytes, tail_at: int, at: int) -> bool:
    """Whether the record speaks of this file, not of a ZIP that is stored in it."""
    _mark, _disk, _list_disk, _here, _count, size, offset, _comment = END.unpack_from(tail, at)
    return bool(offset + size == tail_at + at)


def _end_of_record(tail: bytes, at: int) -> int:
    """Where the record with its comment ends, which may be beyond the tail."""
    if at + END.size > len(tail):
        return len(tail) + 1
    comment = int(END.unpack_from(tail, at)[7])
    return at + END.size + comment


def _all_of(mark: bytes, text: bytes) -> Iterator[int]:
    at = text.find(mark)
    while at >= 0:
        yield at
        at = text.find(mark, at + 1)


def _see_that_the_list_ends_there(
    file: BinaryIO, end: int, size: int, offset: int, problems: Problems
) -> None:
    if offset + size == end:
        return
    begins = end - size
    file.seek(max(0, begins))
    if begins > offset and (size == 0 or file.read(4) == LISTED_MARK):
        problems.refuse(Rule.PREPENDED_DATA, bytes=begins - offset)
    problems.refuse(Rule.BROKEN_DIRECTORY)


def read_list(file: BinaryIO, end: End, problems: Problems) -> list[Listed]:
    """Every entry that the central directory lists, in its order."""
    file.seek(end.offset)
    listed = file.read(end.size)
    found: list[Listed] = []
    at = 0
    for _number in range(end.count):
        entry, at = _listed(listed, at, problems)
        found.append(entry)
    if at != len(listed):
        problems.refuse(Rule.BROKEN_DIRECTORY)
    return found


def _listed(listed: bytes, at: int, problems: Problems) -> tuple[Listed, int]:
    if len(listed) - at < LISTED.size or listed[at : at + 4] != LISTED_MARK:
        problems.refuse(Rule.BROKEN_DIRECTORY)
    (
        _mark, _version, _by, needed, _needed_system, flags, method, _time, _date, crc, packed,
        size, of_name, of_extra, of_comment, disk, _internal, external, header,
    ) = LISTED.unpack_from(listed, at)  # fmt: skip
    name_at = at + LISTED.size
    extra_at = name_at + of_name
    after = extra_at + of_extra + of_comment
    if after > len(listed):
        problems.refuse(Rule.BROKEN_DIRECTORY)
    entry = Listed(
        raw_name=listed[name_at:extra_at],
        needed=needed,
        flags=flags,
        method=method,
        crc=crc,
        packed=packed,
        size=size,
        header=header,
        mode=external >> 16,
        is_dos_folder=bool(external & 0x10),
        extra=listed[extra_at : extra_at + of_extra],
    )
    if ALL_ONES_32 in {packed, size, header} or disk == ALL_ONES_16:
        problems.refuse(Rule.ZIP64, entry.name)
    if disk:
        problems.refuse(Rule.SPLIT)
    return entry, after
