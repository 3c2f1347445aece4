from __future__ import annotations

import pytest

from conftest import Cast
from portico.audit.queries import Filters, entries_of, page_of, people_of
from portico.audit.services import record
from tests.make import AT, actor


@pytest.mark.parametrize(
    "filters", [Filters(words="a\x00b"), Filters(action="\x00"), Filters(via="\x00")]
)
def test_a_text_that_the_database_cannot_hold_is_in_no_entry(cast: Cast, filters: Filters) -> None:
    assert list(entries_of(cast.acme.id, filters)) == []


@pytest.mark.parametrize(
    "words", ["'", "\\", "''':*", "a'b\\c", "<->", "!!", "😀", "é", "😀a" * 100]
)
def test_any_words_at_all_can_be_looked_for(cast: Cast, words: str) -> None:
    assert list(entries_of(cast.acme.id, Filters(words=words))) == []


def test_words_are_found_whatever_their_case_and_script(cast: Cast) -> None:
    for label in ("ÉTÉ", "设置 页面"):
        record(
            "settings.save",
            by=actor(cast.admin),
            at=AT,
            workspace_id=cast.acme.id,
            subject_kind="section",
            subject_label=label,
        )

    found = [
        [entry.subject_label for entry in entries_of(cast.acme.id, Filters(words=words))]
        for words in ("été", "设")
    ]

    assert found == [["ÉTÉ"], ["设置 页面"]]


def test_entries_people_and_places_are_those_of_one_workspace(cast: Cast) -> None:
    theirs = record(
        "settings.save",
        by=actor(cast.outsider),
        at=AT,
        workspace_id=cast.zenith.id,
        subject_kind="section",
    )

    ours = entries_of(cast.acme.id)

    assert {entry.workspace_id for entry in ours} == {cast.acme.id}
    assert people_of(cast.acme.id) == []
    assert [person.id for person in people_of(cast.zenith.id)] == [cast.outsider.person_id]
    assert theirs.id not in {one.id for one in page_of(ours, size=50, before=theirs.id).entries}


def test_a_page_knows_what_lies_on_either_side(cast: Cast) -> None:
    entries = entries_of(cast.acme.id)
    everything = list(entries)
    assert len(everything) == 6

    first = page_of(entries, size=2)
    second = page_of(entries, size=2, before=first.oldest)
    third = page_of(entries, size=2, before=second.oldest)
    back = page_of(entries, size=2, after=third.newest)
    beyond = page_of(entries, size=2, before=everything[-1].id)

    assert [*first.entries, *second.entries, *third.entries] == everything
    assert back == second
    assert (first.newest, third.oldest) == (None, None)
    assert (beyond.entries, beyond.newest, beyond.oldest) == ([], None, None)
