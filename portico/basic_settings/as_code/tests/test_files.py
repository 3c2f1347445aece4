"""Files that come along are checked as uploads are, whatever the file says of them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from conftest import Cast
from portico.basic_settings.as_code.faults import FaultyFile
from portico.basic_settings.as_code.packing import (
    LARGEST_FILE,
    Bundle,
    NoSettingsInside,
    NoSuchPath,
    NotAZip,
    _Source,
    opened,
    opened_at,
)
from portico.basic_settings.as_code.plans import Standing
from portico.basic_settings.as_code.tests.samples import (
    Hand,
    carried,
    part,
    save,
    sentences,
    sha256_of,
    upload_logo,
    values_of,
)
from portico.branding.tests.uploads import png
from portico.files.models import StoredFile

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10">'
    b'<script>1</script><path d="M0 0h9v9z"/></svg>'
)


def packed(
    sha256: str, content: bytes, *, name: str = "", field: str = "logo", root: str = ""
) -> Bundle:
    """A ZIP file of settings with one file of this hash."""
    text = f"portico: 1\nsections:\n  branding:\n    values:\n      {field}: {sha256!r}\n"
    return opened(
        zip_of(
            {f"{root}settings.yaml": text.encode(), name or f"{root}files/{sha256}.png": content}
        )
    )


def zip_of(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target.getvalue()


@pytest.fixture
def hand(cast: Cast) -> Hand:
    """Somebody at work in acme."""
    return Hand(cast, cast.acme)


def test_a_file_is_taken_in_as_an_upload_is_and_made_harmless(cast: Cast, hand: Hand) -> None:
    done = hand.carry_out(packed(sha256_of(SVG), SVG))

    (file,) = done.files
    assert file.removed != ()
    logo = values_of(cast.acme, "branding")["logo"]
    assert logo == file.sha256 != sha256_of(SVG)
    again = hand.carry_out(packed(sha256_of(SVG), SVG))
    assert part(again, "branding").standing is Standing.UNCHANGED


def test_what_is_no_picture_is_refused_with_its_line(cast: Cast, hand: Hand) -> None:
    content = b"<html><script>alert(1)</script>"

    plan = hand.plan(packed(sha256_of(content), content))

    assert sentences(plan)["branding.logo"].startswith("Line 5: ")
    assert not StoredFile.objects.filter(workspace=cast.acme).exists()


def test_a_file_that_is_not_what_its_name_says_is_refused(cast: Cast, hand: Hand) -> None:
    plan = hand.plan(packed("0" * 64, png()))

    assert "not what its name says" in sentences(plan)["branding.logo"]


def test_a_file_for_one_place_is_checked_anew_for_another(cast: Cast, hand: Hand) -> None:
    logo = upload_logo(cast.acme)

    plan = hand.plan(packed(logo, png(width=128, height=64), field="favicon"))

    assert "branding.favicon" in sentences(plan)


def test_what_is_there_already_is_not_taken_in_again(cast: Cast, hand: Hand) -> None:
    logo = upload_logo(cast.acme)
    save(cast.acme, "branding", {"logo": logo})

    plan = hand.plan(carried(cast.acme))

    assert plan.files == ()
    assert not plan.is_pending


@pytest.mark.parametrize("root", ["", "acme/"])
def test_a_folder_that_was_packed_anew_is_read_as_well(cast: Cast, hand: Hand, root: str) -> None:
    content = png()

    plan = hand.plan(packed(sha256_of(content), content, root=root))

    assert len(plan.files) == 1


@pytest.mark.parametrize(
    "name", ["../files/{}.png", "/files/{}.png", "other/{}.png", "files/deep/{}.png", "{}.png"]
)
def test_only_what_lies_in_the_folder_is_looked_at(cast: Cast, hand: Hand, name: str) -> None:
    content = png()
    sha256 = sha256_of(content)

    plan = hand.plan(packed(sha256, content, name=name.format(sha256)))

    assert "neither among the files" in sentences(plan)["branding.logo"]


def test_a_bomb_is_not_unpacked(cast: Cast, hand: Hand) -> None:
    zeros = b"\0" * (LARGEST_FILE + 2)

    plan = hand.plan(packed(sha256_of(zeros), zeros))

    assert "larger than 16 MiB" in sentences(plan)["branding.logo"]
    with pytest.raises(FaultyFile, match="larger than 1024 KiB"):
        opened(zip_of({"settings.yaml": b"#" * LARGEST_FILE}))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_to_pack_are_refused(method: int) -> None:
    with pytest.raises(NotAZip):
        opened(zip_of({"settings.yaml": b"portico: 1"}, method))


def test_broken_and_foreign_archives_are_refused_in_a_sentence() -> None:
    good = zip_of({"settings.yaml": b"portico: 1\n" * 50})
    flipped = bytearray(good)
    flipped[50] ^= 0xFF

    for broken in (good[:-30], good[:40], b"PK\x03\x04", bytes(flipped)):
        with pytest.raises(NotAZip):
            opened(broken)
    with pytest.raises(NoSettingsInside):
        opened(zip_of({"a/b/settings.yaml": b"portico: 1"}))
    with pytest.raises(NotAZip):
        opened(zip_of({"settings.yaml": b"", **{f"files/{n}": b"" for n in range(1001)}}))


def test_an_encrypted_archive_is_refused() -> None:
    content = bytearray(zip_of({"settings.yaml": b"portico: 1"}, zipfile.ZIP_STORED))
    for header, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(header) + offset] |= 1

    with pytest.raises(NotAZip):
        opened(bytes(content))


def test_a_path_that_leads_nowhere_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NoSuchPath, match="No such file"):
        opened_at(tmp_path / "gone.yaml")
    with pytest.raises(NoSuchPath, match=r"settings\.yaml cannot be read"):
        opened_at(tmp_path)


def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    cast: Cast, hand: Hand, tmp_path: Path
) -> None:
    sha256 = "a" * 64
    (tmp_path / "files" / f"{sha256}.png").mkdir(parents=True)
    text = f"portico: 1\nsections:\n  branding:\n    values:\n      logo: {sha256}\n"
    (tmp_path / "settings.yaml").write_text(text)

    plan = hand.plan(opened_at(tmp_path))

    assert "cannot be read (Is a directory)" in sentences(plan)["branding.logo"]


def test_a_files_name_is_kept_without_what_no_name_has(cast: Cast, hand: Hand) -> None:
    content = png("#123456")
    sha256 = sha256_of(content)
    text = (
        f"portico: 1\nsections:\n  branding:\n    values:\n      logo: {sha256}\n"
        f'files:\n  {sha256}: {{name: "a\\0\\e\\n\\u202Eb.png"}}\n'
    )
    bundle = opened(zip_of({"settings.yaml": text.encode(), f"files/{sha256}.png": content}))

    (taken,) = hand.plan(bundle).files

    assert taken.name == "a����b.png"


def test_a_list_of_entries_beyond_reason_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    good = zip_of({"settings.yaml": b"portico: 1", **{f"files/{n}": b"" for n in range(9)}})
    assert opened(good).document.sections == ()

    monkeypatch.setattr(_Source, "most", 400)

    with pytest.raises(NotAZip):
        opened(good)
    assert opened(zip_of({"settings.yaml": b"portico: 1\n" + b"#" * 9000})).document.sections == ()
