"""What changed between two texts, and that finding it out always comes to an end."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.legal.rules.redline import MOST_PASSAGES, Mark, redline

TERMS = " ".join(f"word{number}" for number in range(200))


def marked(old: str, new: str) -> list[tuple[str, str]]:
    return [(passage.mark.value, passage.text.strip()) for passage in redline(old, new).passages]


def test_a_changed_word_is_removed_and_added() -> None:
    assert marked("Pay within ten days.", "Pay within five days.") == [
        ("same", "Pay within"),
        ("removed", "ten"),
        ("added", "five"),
        ("same", "days."),
    ]


def test_line_and_page_breaks_are_no_change() -> None:
    assert redline("Pay within\nten days.", "Pay\fwithin ten  days.").is_same


def test_chinese_is_compared_sign_by_sign() -> None:
    assert marked("十天之内付款", "五天之内付款") == [
        ("removed", "十"),
        ("added", "五"),
        ("same", "天之内付款"),
    ]


def test_long_stretches_without_change_are_folded() -> None:
    found = redline(TERMS, TERMS.replace("word100", "changed")).passages

    assert [one.mark for one in found] == [
        Mark.SKIPPED,
        Mark.SAME,
        Mark.REMOVED,
        Mark.ADDED,
        Mark.SAME,
        Mark.SKIPPED,
    ]
    assert sum(one.words for one in found if one.mark is not Mark.ADDED) == 200


def test_a_moved_paragraph_is_found_at_both_places() -> None:
    found = redline("alpha beta gamma delta epsilon", "gamma delta epsilon alpha beta")

    assert (found.added, found.removed) == (2, 2)


@given(
    st.lists(st.sampled_from("a b c d .".split())), st.lists(st.sampled_from("a b c d .".split()))
)
def test_what_is_the_same_and_what_was_removed_make_the_old_text(
    old: list[str], new: list[str]
) -> None:
    found = redline(" ".join(old), " ".join(new))

    def words(left_out: Mark) -> list[str]:
        return [
            word
            for passage in found.passages
            if passage.mark is not left_out
            for word in passage.text.split()
        ]

    if not any(passage.mark is Mark.SKIPPED for passage in found.passages):
        assert words(Mark.ADDED) == old
        assert words(Mark.REMOVED) == new


@pytest.mark.parametrize(
    "words",
    [["a", "b"], [f"w{number}" for number in range(300)]],
    ids=["two words", "300 words"],
)
def test_texts_that_are_hard_to_compare_are_compared_all_the_same(words: list[str]) -> None:
    chosen = random.Random(1)
    old, new = (" ".join(chosen.choice(words) for _ in range(30_000)) for _ in range(2))

    found = redline(old, new)

    assert found.added - found.removed == 0
    assert len(found.passages) <= MOST_PASSAGES
