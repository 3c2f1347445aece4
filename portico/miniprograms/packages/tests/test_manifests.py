"""Manifests by W3C MiniApp Manifest, and by what is required of them here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from portico.miniprograms.packages import (
    LIMITS,
    PackageRefused,
    Rule,
    check_hosted_manifest,
    check_manifest,
    is_app_id,
)
from portico.miniprograms.packages.schema import manifest_schema
from portico.miniprograms.packages.tests.manifest_cases import (
    ICON,
    PAGE,
    REQUIRED,
    VALID,
    text_of,
)
from tests.packages import make_manifest

COMMITTED = Path(__file__).parents[4] / "docs" / "manifest.schema.json"


def test_members_are_read_by_their_names() -> None:
    manifest = check_manifest(text_of(**VALID["the example of W3C's text"]))

    assert manifest.app_id == "org.example.miniapp"
    assert (manifest.version.code, manifest.version.name) == (11, "1.0.1")
    assert manifest.pages == ("pages/index/index", "pages/detail/detail")
    assert manifest.platform_version.target_code == 2
    assert manifest.icons[0].src == "common/icons/icon.png"
    assert manifest.window is not None
    assert manifest.window.navigation_bar_text_style == "black"


def test_all_that_is_wrong_is_said_at_once() -> None:
    raw = json.dumps({"name": 1, "icons": [{}], "pages": ["x"], "version": {"code": 0}}).encode()

    with pytest.raises(PackageRefused) as caught:
        check_manifest(raw)

    assert [str(problem) for problem in caught.value.problems] == [
        "The manifest lacks “app_id”. Add it.",
        "“name” in the manifest must be a text, in quotation marks.",
        "The manifest lacks “icons[0].src”. Add it.",
        "“pages[0]” in the manifest must be a page in the folder pages, such as pages/index/index.",
        "“version.code” in the manifest must be at least 1.",
        "The manifest lacks “version.name”. Add it.",
        "The manifest lacks “platform_version”. Add it.",
    ]


def test_unknown_members_are_let_through_and_named() -> None:
    raw = text_of(
        scope=".", icons=[{**ICON, "purpose": "maskable"}], window={"shadow": True, "x": 1}
    )

    manifest = check_manifest(raw)

    assert manifest.unknown == ("scope", "icons[0].purpose", "window.shadow", "window.x")


def test_a_manifest_that_was_kept_as_json_says_the_same_again() -> None:
    manifest = check_manifest(text_of(theme={"a": [1]}, pages=[PAGE + ".html"], lang="en"))

    kept = json.dumps(manifest.model_dump(mode="json", exclude_none=True))

    assert check_manifest(kept.encode()) == manifest


def test_a_manifest_of_more_than_256_kib_is_refused() -> None:
    raw = text_of(description="x" * LIMITS.manifest)

    with pytest.raises(PackageRefused) as caught:
        check_manifest(raw)

    assert [problem.rule for problem in caught.value.problems] == [Rule.MANIFEST_TOO_LARGE]


def test_a_hosted_program_needs_no_pages_and_may_have_icons_elsewhere() -> None:
    members = make_manifest(icons=[{"src": "https://www.example.com/icon.png"}])
    del members["pages"]

    manifest = check_hosted_manifest(json.dumps(members).encode())

    assert manifest.pages == ()
    assert manifest.icons[0].src == "https://www.example.com/icon.png"


def test_a_hosted_program_needs_the_rest() -> None:
    with pytest.raises(PackageRefused) as caught:
        check_hosted_manifest(b"{}")

    missing = {problem.sentence.facts["member"] for problem in caught.value.problems}
    assert missing == {"app_id", "name", "icons", "version", "platform_version"}


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("com.example", True), ("a.b", True), ("com", False), ("", False), ("a." + "b" * 64, False)],
)
def test_an_app_id_is_a_reversed_domain_name(text: str, is_one: bool) -> None:
    assert is_app_id(text) is is_one


def test_the_schema_in_the_docs_is_that_of_the_program() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == manifest_schema()


def test_the_schema_requires_what_is_required() -> None:
    schema = json.loads(manifest_schema())

    assert set(schema["required"]) == {one for one in REQUIRED if "." not in one}
    assert schema["$defs"]["VersionOf"]["properties"]["code"]["minimum"] == 1
    assert set(schema["$defs"]["VersionOf"]["required"]) == {"code", "name"}
