"""Real packages by W3C MiniApp Packaging and Manifest: accepted as they should be, and refused."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

import pytest

from portico.miniprograms.packages import (
    PackageRefused,
    Problem,
    Rule,
    check_manifest,
    read_package,
)
from portico.miniprograms.packages.tests.manifest_cases import (
    REQUIRED,
    TYPES,
    VALID,
    VALUES,
    text_of,
    without,
)
from tests.packages import PIXEL, make_manifest, make_package

ICON, PAGE = "common/icon.png", "pages/index/index"


def with_manifest(raw: bytes) -> BytesIO:
    """A package of this manifest and the files that most manifests here name."""
    return BytesIO(make_package(files={"manifest.json": raw}))


def problems_of(package: BytesIO) -> tuple[Problem, ...]:
    with pytest.raises(PackageRefused) as caught:
        read_package(package)
    return caught.value.problems


@pytest.mark.parametrize("members", VALID.values(), ids=VALID)
def test_a_package_of_a_valid_manifest_is_accepted(members: dict[str, object]) -> None:
    raw = text_of(**members)
    named = check_manifest(raw)
    files: dict[str, bytes | str] = {f"{page}.html": "<!doctype html>" for page in named.pages}
    files |= {icon.src: PIXEL for icon in named.icons}

    found = read_package(BytesIO(make_package(files={"manifest.json": raw, **files})))

    assert found.manifest == named
    assert found.manifest.unknown == ()
    assert all(not page.endswith(".html") for page in found.manifest.pages)


@pytest.mark.parametrize("member", REQUIRED)
def test_what_is_required_must_be_there(member: str) -> None:
    package = with_manifest(without(member))

    (problem,) = problems_of(package)

    assert problem.rule is Rule.MANIFEST_MEMBER_MISSING
    assert str(problem) == f"The manifest lacks “{member}”. Add it."


@pytest.mark.parametrize(("members", "member"), TYPES.values(), ids=TYPES)
def test_a_wrong_type_is_named_with_its_place(members: dict[str, object], member: str) -> None:
    package = with_manifest(text_of(**members))

    (problem,) = problems_of(package)

    assert problem.rule is Rule.MANIFEST_TYPE
    assert problem.entry == "manifest.json"
    assert str(problem).startswith(f"“{member}” in the manifest must be ")


@pytest.mark.parametrize(("members", "member"), VALUES.values(), ids=VALUES)
def test_a_value_that_cannot_be_is_named_with_its_place(
    members: dict[str, object], member: str
) -> None:
    package = with_manifest(text_of(**members))

    (problem,) = problems_of(package)

    assert problem.rule is Rule.MANIFEST_VALUE
    assert str(problem).startswith(f"“{member}” in the manifest ")


FINE: dict[str, Mapping[str, bytes | str]] = {
    "W3C's three folders": {"common/x.js": "", "i18n/en-US.json": "{}", "i18n/zh-Hans.json": "{}"},
    "a page with all it can have": {f"{PAGE}.js": "", f"{PAGE}.css": "", f"{PAGE}.json": "{}"},
    "pages that are not named": {"pages/other/other.html": "<p>"},
    "files of every kind": {"common/a.wasm": b"\x00asm", "common/b.woff2": b"wOF2", "c": b""},
    "an empty style and script": {"app.css": "", "app.js": ""},
    "names in several scripts": {"common/图标.txt": "", "common/ไอคอน.txt": "", "common/é.txt": ""},
    "names with spaces and signs": {"common/a b (1) [2] {3} #4 %5 &6 +7 @8 ~9 'x'.txt": ""},
    "names that begin with a dot": {".well-known/x.txt": ""},
    "a package in a package": {"common/inner.zip": make_package()},
    "capitals": {"common/README.TXT": "", "Other/x.txt": ""},
    "the longest name": {"common/" + "x" * 255: ""},
    "many folders": {"/".join("abcdefghijklmnopqrstuvwxyz") + "/x": ""},
}


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_a_package_may_have_other_files(files: Mapping[str, bytes | str]) -> None:
    package = BytesIO(make_package(files=files))

    assert set(files) <= set(read_package(package).entries)


MISSING: dict[str, tuple[str, dict[str, object], Rule, str]] = {
    "app.js": ("app.js", {}, Rule.FILE_MISSING, "app.js"),
    "app.css": ("app.css", {}, Rule.FILE_MISSING, "app.css"),
    "the page": (f"{PAGE}.html", {}, Rule.PAGE_MISSING, f"{PAGE}.html"),
    "the icon": (ICON, {}, Rule.ICON_MISSING, ICON),
    "the manifest": ("manifest.json", {}, Rule.MANIFEST_MISSING, "manifest.json"),
    "a second page": (
        "",
        {"pages": [PAGE, "pages/more/more"]},
        Rule.PAGE_MISSING,
        "pages/more/more.html",
    ),
    "a page in capitals": ("", {"pages": ["pages/Index"]}, Rule.PAGE_MISSING, "pages/Index.html"),
    "a page that is XML": ("", {"pages": [f"{PAGE}.xml"]}, Rule.PAGE_MISSING, f"{PAGE}.xml.html"),
    "an icon in capitals": (
        "",
        {"icons": [{"src": "common/Icon.png"}]},
        Rule.ICON_MISSING,
        "common/Icon.png",
    ),
    "a second icon": (
        "",
        {"icons": [{"src": ICON}, {"src": "common/2.png"}]},
        Rule.ICON_MISSING,
        "common/2.png",
    ),
}


@pytest.mark.parametrize(("left_out", "members", "rule", "entry"), MISSING.values(), ids=MISSING)
def test_what_is_missing_is_named(
    left_out: str, members: dict[str, object], rule: Rule, entry: str
) -> None:
    manifest = make_manifest(**members)  # type: ignore[arg-type]
    package = BytesIO(make_package(manifest=manifest, without=left_out))

    (problem,) = problems_of(package)

    assert (problem.rule, problem.entry) == (rule, entry)
    assert entry in str(problem)


def test_everything_that_is_missing_is_named_at_once() -> None:
    manifest = make_manifest(pages=["pages/a", "pages/b"], icons=[{"src": "c.png"}])
    package = BytesIO(make_package(manifest=manifest, without="app.js"))

    found = [problem.entry for problem in problems_of(package)]

    assert found == ["app.js", "pages/a.html", "pages/b.html", "c.png"]


def test_there_are_at_least_sixty_packages_here() -> None:
    valid = len(VALID) + len(FINE)
    invalid = len(REQUIRED) + len(TYPES) + len(VALUES) + len(MISSING)

    assert valid >= 30
    assert invalid >= 60
