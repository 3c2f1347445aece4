"""What a manifest says beyond what it must."""

from __future__ import annotations

import pytest

from portico.automated_checks.rules.manifests import MEMBERS, check_manifest
from portico.automated_checks.rules.subjects import Subject, files_of
from portico.automated_checks.tests.looking import rules_in, subject_with
from portico.miniprograms.packages import Manifest

SVG = "common/icon.svg"
CASES: dict[str, tuple[dict[str, object], list[str]]] = {
    "an empty description": ({"description": "  "}, ["manifest-no-description"]),
    "a short description": ({"description": "Tips"}, ["manifest-short-description"]),
    "an odd language": ({"lang": "english please"}, ["manifest-odd-language"]),
    "a regional language": ({"lang": "de-AT"}, []),
    "a language by its script": ({"lang": "zh-Hans"}, []),
    "a long name": ({"name": "T" * 31, "short_name": "Tips"}, ["manifest-long-name"]),
    "a name without a short one": ({"name": "Tips and tricks"}, ["manifest-no-short-name"]),
    "a name with a short one": ({"name": "Tips and tricks", "short_name": "Tips"}, []),
    "an unknown member": ({"screens": []}, ["manifest-unknown-member"]),
    "icons without sizes": ({"icons": [{"src": SVG}]}, ["manifest-icon-no-sizes"]),
    "odd sizes": ({"icons": [{"src": SVG, "sizes": "big"}]}, ["manifest-icon-odd-sizes"]),
    "several sizes": ({"icons": [{"src": SVG, "sizes": "48x48 96X96 any"}]}, []),
    "icons of a wrong type": ({"icons": "icon.png"}, []),
}


@pytest.mark.parametrize(("members", "rules"), CASES.values(), ids=CASES.keys())
def test_a_manifest(members: dict[str, object], rules: list[str]) -> None:
    assert rules_in(subject_with(having=members), "content") == rules


def test_a_manifest_without_language_or_description() -> None:
    subject = subject_with(without=("lang", "description"))

    assert rules_in(subject, "content") == ["manifest-no-description", "manifest-no-language"]


def test_the_members_are_those_that_an_upload_knows() -> None:
    known = {field.alias or name for name, field in Manifest.model_fields.items()}

    assert known <= MEMBERS


def test_a_hosted_version_is_reached_by_https() -> None:
    manifest = subject_with().manifest

    def rules(url: str) -> list[str]:
        subject = Subject(files_of({}), manifest, entry_url=url)
        return [one.rule for one in check_manifest(subject)]

    assert rules("http://tips.example.com/") == ["entry-not-encrypted"]
    assert rules("https://tips.example.com/") == []
