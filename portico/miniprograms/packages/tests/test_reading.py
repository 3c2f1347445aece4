"""Packages are read as every other reader of ZIP reads them, or not at all."""

from __future__ import annotations

import random
import unicodedata
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portico.miniprograms.packages import (
    Limits,
    PackageRefused,
    Rule,
    open_entry,
    pack,
    read_entry,
    read_index,
    read_package,
)
from portico.miniprograms.packages.contents import CHUNK
from portico.miniprograms.sample import sample_folder
from tests.hostile.zip.building import LINK, Piece, package, sound, streamed, zip_of
from tests.packages import APP_ID, make_manifest, make_package

LONG = random.Random(1).randbytes(1024 * 1024)
FILES = {
    "common/long.bin": LONG,
    "common/图标.txt": "图标".encode(),
    "pages/a b.html": b"<p>",
    "empty.txt": b"",
}
VALID = {
    "deflated": make_package(files=FILES),
    "stored": zip_of([*sound(), *(Piece(name, text, method=0) for name, text in FILES.items())]),
    "streamed": zip_of([*sound(), *(streamed(name, text) for name, text in FILES.items())]),
}


@pytest.mark.parametrize("raw", VALID.values(), ids=VALID)
def test_our_index_is_that_of_zipfile(raw: bytes) -> None:
    found = read_package(BytesIO(raw))

    with zipfile.ZipFile(BytesIO(raw)) as archive:
        listed = {one.filename: one for one in archive.infolist() if not one.is_dir()}
        assert list(found.entries) == list(listed)
        for name, entry in found.entries.items():
            other = listed[name]
            assert (entry.size, entry.packed, entry.crc, entry.method) == (
                other.file_size,
                other.compress_size,
                other.CRC,
                other.compress_type,
            )
            assert read_entry(BytesIO(raw), entry, most=1 << 30) == archive.read(name)


@pytest.mark.parametrize("raw", VALID.values(), ids=VALID)
def test_the_quick_index_is_that_of_the_check(raw: bytes) -> None:
    checked = read_package(BytesIO(raw)).entries

    assert read_index(BytesIO(raw)) == checked


def test_a_package_tells_its_manifest_and_its_size() -> None:
    raw = make_package(code=7, files={"x.txt": "four"})

    found = read_package(BytesIO(raw))

    assert found.manifest.app_id == APP_ID
    assert found.manifest.version.code == 7
    assert found.raw_manifest.startswith(b'{"app_id"')
    assert found.unpacked == sum(entry.size for entry in found.entries.values())


def test_packed_bytes_can_be_passed_through_as_they_are() -> None:
    raw = make_package(files={"x.txt": "hello " * 99})

    entry = read_index(BytesIO(raw))["x.txt"]

    packed = raw[entry.offset : entry.offset + entry.packed]
    assert zlib.decompress(packed, -15) == b"hello " * 99


def test_an_entry_is_a_stream_that_can_be_read_in_pieces() -> None:
    raw = BytesIO(make_package(files=FILES))
    entries = read_index(raw)

    with open_entry(raw, entries["common/long.bin"]) as content:
        pieces = [content.read(1), content.read(CHUNK + 1), content.read()]
        assert read_entry(raw, entries["pages/a b.html"], most=9) == b"<p>"  # meanwhile

    assert b"".join(pieces) == LONG
    assert not raw.closed


@pytest.mark.parametrize("most", [0, 1, 1000, CHUNK, len(LONG), len(LONG) + 1])
def test_no_more_of_an_entry_is_read_than_wanted(most: int) -> None:
    raw = BytesIO(make_package(files=FILES))

    assert read_entry(raw, read_index(raw)["common/long.bin"], most=most) == LONG[:most]


def test_content_that_was_damaged_later_is_not_read() -> None:
    raw = bytearray(make_package(files={"x.txt": "hello " * 99}))
    entry = read_index(BytesIO(raw))["x.txt"]
    raw[entry.offset + 3] ^= 0xFF

    with pytest.raises(PackageRefused), open_entry(BytesIO(raw), entry) as content:
        content.read()


def test_several_problems_are_said_at_once_with_their_entries() -> None:
    raw = package(
        Piece("../up.txt"),
        Piece("link", b"app.js", mode=LINK),
        Piece("damaged.txt", b"x", crc=1),
        Piece("manifest.json", b"{}"),
    )

    with pytest.raises(PackageRefused) as caught:
        read_package(BytesIO(raw))

    assert [(one.rule, one.entry) for one in caught.value.problems] == [
        (Rule.PARENT_SEGMENT, "../up.txt"),
        (Rule.LINK, "link"),
        (Rule.DUPLICATE_NAME, "manifest.json"),
        (Rule.WRONG_CRC, "damaged.txt"),
    ] + [(Rule.MANIFEST_MEMBER_MISSING, "manifest.json")] * 6
    assert caught.value.code == "package_refused"
    assert "Problems found: 10." in str(caught.value)
    assert "“../up.txt”" in str(caught.value)


def test_of_very_many_problems_fifty_are_said() -> None:
    raw = package(*(Piece(f"../{number}") for number in range(300)))

    with pytest.raises(PackageRefused) as caught:
        read_package(BytesIO(raw))

    assert len(caught.value.problems) == 50


def test_limits_can_be_lower() -> None:
    raw = BytesIO(make_package(files={"noise.bin": LONG}))

    with pytest.raises(PackageRefused) as caught:
        read_package(raw, limits=Limits(unpacked=1000))

    assert caught.value.problems[0].rule is Rule.TOO_LARGE_UNPACKED


SOUND = make_package(files={"x.txt": "hello " * 20, "common/图标.txt": "y"})


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    flips=st.lists(
        st.tuples(st.integers(0, len(SOUND) - 1), st.integers(1, 255)), min_size=1, max_size=4
    )
)
def test_flipped_bytes_are_refused_or_harmless(flips: list[tuple[int, int]]) -> None:
    raw = bytearray(SOUND)
    for at, bits in flips:
        raw[at] ^= bits

    try:
        found = read_package(BytesIO(raw))
    except PackageRefused:
        return

    # What is accepted must then be what another reader sees, too.
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        for name, entry in found.entries.items():
            assert archive.read(name) == read_entry(BytesIO(raw), entry, most=1 << 20)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(cut=st.integers(0, len(SOUND) - 1), more=st.binary(max_size=30))
def test_a_package_that_is_cut_and_mended_with_rubbish_is_refused(cut: int, more: bytes) -> None:
    raw = SOUND[:cut] + more

    if raw != SOUND:
        with pytest.raises(PackageRefused):
            read_package(BytesIO(raw))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(raw=st.binary(max_size=400))
def test_rubbish_is_refused(raw: bytes) -> None:
    with pytest.raises(PackageRefused):
        read_package(BytesIO(raw))


SEGMENT = st.text(
    st.characters(categories=["L", "N", "Pd"], include_characters="_ ()"), min_size=1, max_size=12
).filter(lambda name: name[-1] not in " ." and name.isprintable())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(files=st.dictionaries(SEGMENT, st.binary(max_size=2000), max_size=8))
def test_what_pack_makes_is_accepted_and_read_back_byte_for_byte(files: dict[str, bytes]) -> None:
    distinct = {f"x/{number}-{name}": text for number, (name, text) in enumerate(files.items())}
    with TemporaryDirectory() as place:
        folder = Path(place)
        for name, content in (content_of(sample_folder()) | distinct).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        made = BytesIO()
        packed = pack(folder, made)

    read = {
        name: read_entry(made, entry, most=1 << 20)
        for name, entry in packed.package.entries.items()
    }
    wanted = content_of(sample_folder()) | {
        unicodedata.normalize("NFC", name): content for name, content in distinct.items()
    }
    assert read == wanted


def content_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_builder_of_the_tests_makes_valid_packages() -> None:
    raw = make_package(manifest=make_manifest(lang="en"), files={"x.css": "p {}"})

    assert read_package(BytesIO(raw)).manifest.lang == "en"
