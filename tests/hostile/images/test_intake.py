"""Every hostile file is refused in plain words, or made harmless."""

from __future__ import annotations

import pytest

from portico.branding.rules import (
    Kit,
    KitImage,
    Picture,
    Purpose,
    UnusablePicture,
    make_kit,
    monogram,
    take_in,
)
from tests.hostile.images.corpus import CASES, PAYLOADS, Case

REFUSED = [case for case in CASES if case.expect == "refused"]
HARMLESS = [case for case in CASES if case.expect == "harmless"]


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_a_hostile_file_is_refused_in_plain_words(case: Case) -> None:
    content = case.content()

    with pytest.raises(UnusablePicture) as refusal:
        take_in(content, case.purpose)

    sentence = str(refusal.value)
    assert case.says in sentence
    assert sentence.endswith(".")
    assert refusal.value.code not in ("unusable_picture", "invalid")


@pytest.mark.parametrize("case", HARMLESS, ids=str)
def test_a_hostile_file_is_made_harmless(case: Case) -> None:
    content = case.content()

    picture = take_in(content, case.purpose)
    kit = kit_of(picture, case.purpose)

    assert case.says in " ".join(picture.removed)
    assert bool(case.says) == bool(picture.removed)
    for kept in (picture, *kit):
        assert payloads_in(kept) == []


def test_names_of_cases_are_unique() -> None:
    names = [case.name for case in CASES]

    repeated = {name for name in names if names.count(name) > 1}

    assert not repeated
    assert len(names) >= 45


def kit_of(picture: Picture, purpose: Purpose) -> Kit:
    letter = monogram("Acme", "acme")
    if purpose is Purpose.FAVICON:
        return make_kit(monogram=letter, favicon=picture)
    return make_kit(monogram=letter, logo=picture)


def payloads_in(kept: Picture | KitImage) -> list[bytes]:
    content = kept.content.lower()
    return [payload for payload in PAYLOADS if payload in content]
