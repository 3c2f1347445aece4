"""A folder becomes the same package wherever it is packed, and what does not belong stays out."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from portico.miniprograms.packages import (
    LeftOut,
    Limits,
    PackageRefused,
    Progress,
    Rule,
    Why,
    pack,
)
from portico.miniprograms.sample import sample_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A developer's folder, with the sample's files in it."""
    return Path(shutil.copytree(sample_folder(), tmp_path / "split"))


def refused(folder: Path) -> list[tuple[Rule, str]]:
    with pytest.raises(PackageRefused) as caught:
        pack(folder, BytesIO())
    return [(problem.rule, problem.entry) for problem in caught.value.problems]


def test_the_same_files_become_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    for path in sorted(folder.rglob("*"), reverse=True):  # written in another order, later
        if path.is_file():
            to = other / path.relative_to(folder)
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(path.read_bytes())
            os.utime(to, (2_000_000_000, 2_000_000_000))
            to.chmod(0o755)
    first, second = BytesIO(), BytesIO()

    packed = pack(folder, first)
    pack(other, second)

    assert first.getvalue() == second.getvalue()
    assert packed.size == len(first.getvalue())
    assert list(packed.package.entries) == sorted(packed.package.entries)


def test_what_does_not_belong_is_left_out_and_named(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("secret")
    (folder / ".env").write_text("KEY=secret")
    (folder / "node_modules" / "x").mkdir(parents=True)
    (folder / "node_modules" / "x" / "index.js").write_text("")
    (folder / "app.js.map").write_text("{}")
    (folder / "pages" / ".DS_Store").write_text("")
    (folder / "common" / "Thumbs.db").write_text("")

    packed = pack(folder, BytesIO())

    assert packed.left_out == (
        LeftOut(".env", Why.HIDDEN),
        LeftOut(".git", Why.HIDDEN),
        LeftOut("app.js.map", Why.SOURCE_MAP),
        LeftOut("common/Thumbs.db", Why.TOOL),
        LeftOut("node_modules", Why.TOOL),
        LeftOut("pages/.DS_Store", Why.HIDDEN),
    )
    assert not {name for name in packed.package.entries if "." not in name or ".map" in name}


def test_progress_is_told_file_by_file(folder: Path) -> None:
    told: list[Progress] = []

    packed = pack(folder, BytesIO(), progress=told.append)

    assert [one.name for one in told] == list(packed.package.entries)
    assert [one.done for one in told] == list(range(1, len(told) + 1))
    assert {one.files for one in told} == {len(told)}


def test_a_link_inside_the_folder_is_packed_as_what_it_leads_to(folder: Path) -> None:
    (folder / "common" / "again.css").symlink_to("../app.css")
    (folder / "shared").symlink_to("common", target_is_directory=True)
    made = BytesIO()

    pack(folder, made)

    with zipfile.ZipFile(made) as archive:
        assert archive.read("common/again.css") == (folder / "app.css").read_bytes()
        assert archive.read("shared/again.css") == (folder / "app.css").read_bytes()


def test_a_link_that_leads_outside_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "secret.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "outside").symlink_to(tmp_path, target_is_directory=True)

    assert refused(folder) == [
        (Rule.LINK_OUTSIDE, "outside"),
        (Rule.LINK_OUTSIDE, "secret.txt"),
    ]


def test_links_in_a_circle_and_to_nothing_are_refused(folder: Path) -> None:
    (folder / "around").symlink_to(".", target_is_directory=True)
    (folder / "itself").symlink_to("itself")
    (folder / "nothing").symlink_to("is-not-there")

    assert refused(folder) == [
        (Rule.LINK_OUTSIDE, "around"),
        (Rule.LINK_OUTSIDE, "itself"),
        (Rule.LINK_OUTSIDE, "nothing"),
    ]


def test_a_pipe_is_refused_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe")

    assert refused(folder) == [(Rule.SPECIAL_FILE, "pipe")]


def test_a_developer_sees_what_an_upload_would_refuse(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["pages"].append("pages/more/more")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "app.js").unlink()

    assert refused(folder) == [
        (Rule.FILE_MISSING, "app.js"),
        (Rule.PAGE_MISSING, "pages/more/more.html"),
    ]


def test_a_folder_that_holds_the_package_in_a_folder_says_so(folder: Path) -> None:
    with pytest.raises(PackageRefused) as caught:
        pack(folder.parent, BytesIO())

    assert "“split/manifest.json”" in str(caught.value.problems[0])


@pytest.mark.parametrize(
    ("limits", "rule"),
    [
        (Limits(entries=14), Rule.TOO_MANY_ENTRIES),
        (Limits(unpacked=20_000), Rule.TOO_LARGE_UNPACKED),
        (Limits(packed=10_000), Rule.TOO_LARGE_PACKED),
    ],
    ids=["entries", "unpacked", "packed"],
)
def test_a_folder_that_is_too_much_is_refused(folder: Path, limits: Limits, rule: Rule) -> None:
    with pytest.raises(PackageRefused) as caught:
        pack(folder, BytesIO(), limits=limits)

    assert [problem.rule for problem in caught.value.problems] == [rule]


def test_names_are_packed_in_one_form_whatever_the_system_hands_out(folder: Path) -> None:
    (folder / "common" / "e\u0301.txt").write_text("x")

    packed = pack(folder, BytesIO())

    assert "common/\u00e9.txt" in packed.package.entries


def test_two_files_whose_names_become_one_are_refused(folder: Path) -> None:
    (folder / "common" / "e\u0301.txt").write_text("x")
    (folder / "common" / "\u00e9.txt").write_text("y")

    assert refused(folder) == [(Rule.DUPLICATE_NAME, "common/\u00e9.txt")]


def test_a_folder_with_far_too_much_in_it_is_not_looked_through(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number}").mkdir()
        for name in ("a", "b"):
            (tmp_path / f"{number}" / name).write_text("")

    with pytest.raises(PackageRefused) as caught:
        pack(tmp_path, BytesIO(), limits=Limits(entries=3))

    [problem] = caught.value.problems
    assert (problem.rule, problem.sentence.facts["count"]) == (Rule.TOO_MANY_ENTRIES, 4)
