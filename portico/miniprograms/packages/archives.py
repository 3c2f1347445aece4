"""Reading a package: all of it checked once, later only its index."""

from __future__ import annotations

import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from portico.miniprograms.packages.contents import DEFLATED, STORED, Entry, read_entry, verify
from portico.miniprograms.packages.layout import (
    ACCEPTED_FLAGS,
    ENCRYPTION_FLAGS,
    MOST_NEEDED,
    Placed,
    check_extra,
    place,
)
from portico.miniprograms.packages.limits import LIMITS, Limits
from portico.miniprograms.packages.manifests import MANIFEST, Manifest, read_manifest
from portico.miniprograms.packages.names import check_duplicates, check_name
from portico.miniprograms.packages.problems import PackageRefused, Problems
from portico.miniprograms.packages.references import check_references, refuse_missing
from portico.miniprograms.packages.rules import Rule
from portico.miniprograms.packages.structures import LOCAL, Listed, read_end, read_list

METHODS: Final = (STORED, DEFLATED)
KINDS_OF_ENTRIES: Final = (0, stat.S_IFREG, stat.S_IFDIR)


@dataclass(frozen=True)
class Package:
    """A package that may be used. `entries` are its files by name, in the order of the ZIP;
    `unpacked` is how many bytes they have together."""

    entries: Mapping[str, Entry]
    manifest: Manifest
    raw_manifest: bytes
    unpacked: int


def read_package(file: BinaryIO, *, limits: Limits = LIMITS) -> Package:
    """Check all of a package: the archive, each file in it, the manifest and what it names.

    Reads the file from its beginning to its end (it must be one that can seek), in constant
    memory, and writes nothing. Raises `PackageRefused` with all problems that can be found at once.
    """
    problems = Problems()
    end = read_end(file, limits, problems)
    listed = read_list(file, end, problems)
    sound = {one for one in listed if _check_listed(one, problems)}
    check_duplicates((one.name for one in listed), problems)
    before = len(problems)
    _check_sizes(listed, limits, problems)
    placed = place(file, listed, end.offset, problems)
    if len(problems) > before:
        # A bomb, or headers that disagree or overlap: nothing of it is worth unpacking.
        problems.refuse_all()
    files = _verified(file, [one for one in placed if one.listed in sound], problems)
    return _with_manifest(file, files, {one.name for one in listed}, limits, problems)


def read_index(file: BinaryIO) -> Mapping[str, Entry]:
    """The files of a package that `read_package` has accepted, by name; quick, for serving.

    It trusts the ZIP: for one that was not accepted before, use `read_package`.
    """
    problems = Problems()
    end = read_end(file, LIMITS, problems)
    listed = read_list(file, end, problems)
    ordered = sorted(listed, key=lambda one: one.header)
    ends = [*(one.header for one in ordered[1:]), end.offset]
    return {
        one.name: _entry(Placed(one, _data_of(file, one, following)))
        for one, following in zip(ordered, ends, strict=False)
        if not one.name.endswith("/")
    }


def _data_of(file: BinaryIO, entry: Listed, following: int) -> int:
    """In an accepted package entries lie side by side, so data ends where the next one begins."""
    data = following - entry.packed
    if entry.has_descriptor:
        file.seek(entry.header)
        header = file.read(LOCAL.size).ljust(LOCAL.size, b"\0")
        of_name, of_extra = LOCAL.unpack(header)[-2:]
        data = int(entry.header + LOCAL.size + of_name + of_extra)
    if data < entry.header + LOCAL.size or data + entry.packed > following:
        Problems().refuse(Rule.BROKEN_DIRECTORY)
    return data


def _check_listed(entry: Listed, problems: Problems) -> bool:
    """Note what is wrong with an entry by what the list says of it; whether nothing is."""
    if not check_name(entry, problems) or not check_extra(entry, entry.extra, problems):
        return False
    rule = _rule_of_kind(entry) or _rule_of_coding(entry)
    if rule is not None:
        problems.add(
            rule,
            entry.name,
            method=entry.method,
            flags=f"{entry.flags:#06x}",
            version=entry.needed / 10,
            bytes=entry.size,
        )
    return rule is None


def _rule_of_kind(entry: Listed) -> Rule | None:
    kind = stat.S_IFMT(entry.mode)
    is_folder = entry.name.endswith("/")
    if kind == stat.S_IFLNK:
        return Rule.LINK
    if kind not in KINDS_OF_ENTRIES:
        return Rule.SPECIAL_FILE
    said_folder = kind == stat.S_IFDIR or entry.is_dos_folder
    if is_folder and (entry.size or kind == stat.S_IFREG):
        return Rule.FOLDER_WITH_CONTENT
    return Rule.FOLDER_WITH_CONTENT if said_folder and not is_folder else None


def _rule_of_coding(entry: Listed) -> Rule | None:
    if entry.flags & ENCRYPTION_FLAGS:
        return Rule.ENCRYPTED
    if entry.flags & ~ACCEPTED_FLAGS or entry.needed > MOST_NEEDED:
        return Rule.FLAGS
    if entry.method not in METHODS:
        return Rule.METHOD
    if entry.method == STORED and entry.packed != entry.size:
        return Rule.WRONG_SIZE
    return None


def _check_sizes(listed: Sequence[Listed], limits: Limits, problems: Problems) -> None:
    """By what the list says; that it says the truth is seen when the data is unpacked."""
    unpacked = sum(one.size for one in listed)
    if unpacked > limits.unpacked:
        problems.add(Rule.TOO_LARGE_UNPACKED, bytes=unpacked, most=limits.unpacked)
    for one in listed:
        if one.name == MANIFEST:  # it has a limit of its own, below what a bomb is good for
            if one.size > limits.manifest:
                rule = Rule.MANIFEST_TOO_LARGE
                problems.add(rule, MANIFEST, bytes=one.size, most=limits.manifest)
        elif one.size > max(limits.ratio_from, limits.ratio * one.packed):
            problems.add(Rule.ZIP_BOMB, one.name, ratio=limits.ratio)
    packed = sum(one.packed for one in listed)
    if unpacked > max(limits.ratio_of_all_from, limits.ratio * packed):
        problems.add(Rule.ZIP_BOMB, "ZIP", ratio=limits.ratio)


def _verified(file: BinaryIO, placed: Sequence[Placed], problems: Problems) -> dict[str, Entry]:
    """Unpack every file once, and keep those that are what the ZIP says."""
    found: dict[str, Entry] = {}
    for one in placed:
        if problems.full:
            break
        entry = _entry(one)
        try:
            verify(file, entry)
        except PackageRefused as refused:
            problems.extend(refused.problems)
            continue
        if not entry.name.endswith("/"):
            found[entry.name] = entry
    return found


def _entry(placed: Placed) -> Entry:
    one = placed.listed
    return Entry(one.name, placed.data, one.packed, one.size, one.crc, one.method)


def _with_manifest(
    file: BinaryIO,
    files: Mapping[str, Entry],
    names: set[str],
    limits: Limits,
    problems: Problems,
) -> Package:
    """The package, once its manifest and what that names are seen to be right."""
    entry = files.get(MANIFEST)
    if entry is None:
        refuse_missing(names, problems)
    raw = read_entry(file, entry, most=limits.manifest)
    manifest = read_manifest(raw, problems)
    check_references(manifest, names, problems)
    problems.refuse_if_any()
    unpacked = sum(one.size for one in files.values())
    return Package(files, manifest, raw, unpacked)
