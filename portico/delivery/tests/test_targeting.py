"""Rules beside the percentage: how they are read, and whom they match."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.delivery.targeting import (
    ANYBODY,
    Context,
    TargetingRules,
    matches,
    mismatches,
    numbers_of,
    parse_rules,
    rules_json,
)
from portico.kernel.errors import InvalidFields

WHOLE = {
    "regions": ["my", "sg"],
    "systems": ["android"],
    "app_version": {"from": "8.2", "to": "8.9"},
}
FITTING = Context("SG", "Android", "8.4.1")
names = st.from_regex(r"\A[a-z][a-z0-9]{0,5}\Z")
versions = st.lists(st.integers(0, 30), min_size=1, max_size=4).map(
    lambda numbers: ".".join(map(str, numbers))
)


def within(version: str, **ends: str) -> bool:
    return matches(parse_rules({"app_version": ends}), Context(app_version=version))


def test_all_rules_have_to_match() -> None:
    rules = parse_rules(WHOLE)

    assert matches(rules, FITTING)
    for other in (
        Context("id", "Android", "8.4.1"),
        Context("SG", "ios", "8.4.1"),
        Context("SG", "Android", "8.10"),
    ):
        assert not matches(rules, other)
        assert len(mismatches(rules, other)) == 1


@pytest.mark.parametrize(
    "context",
    [
        Context("", "android", "8.4"),
        Context("sg", "", "8.4"),
        Context("sg", "android", ""),
        Context("sg", "android", "8.4-beta"),
        Context("sg", "android", "newest"),
    ],
    ids=str,
)
def test_what_a_client_does_not_say_or_says_unreadably_matches_no_rule(context: Context) -> None:
    assert not matches(parse_rules(WHOLE), context)


@given(st.builds(Context, names, names, versions))
def test_no_rules_match_everybody(context: Context) -> None:
    for none in (None, {}, {"regions": [], "systems": [], "app_version": {"from": "", "to": ""}}):
        assert parse_rules(none) == ANYBODY
        assert matches(parse_rules(none), context)


def test_versions_are_compared_number_by_number() -> None:
    assert within("8.10", **{"from": "8.9"})
    assert not within("8.8.99", **{"from": "8.9"})
    assert within("8.2", **{"from": "8.2.0"})
    assert within("8.2.0", **{"from": "8.2"})


def test_up_to_a_version_takes_in_what_begins_with_it() -> None:
    assert within("8.9.3", to="8.9")
    assert not within("8.10", to="8.9")
    assert not within("8.9.3", to="8.9.0")
    assert within("8.9", to="8.9.0")


@given(versions, versions, versions)
def test_a_range_is_what_both_of_its_ends_are(version: str, first: str, last: str) -> None:
    try:
        both = within(version, **{"from": first, "to": last})
    except InvalidFields:
        numbers = numbers_of(first), numbers_of(last)
        assert numbers[0] is not None
        assert numbers[1] is not None
        assert numbers[0][: len(numbers[1])] > numbers[1]
    else:
        assert both is (within(version, **{"from": first}) and within(version, to=last))


@given(
    st.builds(
        TargetingRules, st.frozensets(names, max_size=3), st.frozensets(names, max_size=2), versions
    ),
    st.builds(Context, names, names, versions),
)
def test_rules_that_were_written_are_read_as_they_were(
    rules: TargetingRules, context: Context
) -> None:
    again = parse_rules(rules_json(rules))

    assert again == rules
    assert matches(again, context) is (mismatches(rules, context) == ())


REFUSED: dict[str, tuple[object, str, str]] = {
    "no object": (["sg"], "", "an object with any of these"),
    "an unknown rule": ({"region": ["sg"]}, "region", "regions, systems, app_version"),
    "a text for a list": ({"regions": "sg"}, "regions", "a list of names"),
    "too many": ({"regions": ["sg"] * 251}, "regions", "at most 250"),
    "no name": ({"systems": ["i os"]}, "systems", "“i os” cannot be used"),
    "a number for a name": ({"systems": ["ios", 7]}, "systems", "“7”"),
    "a text for a range": ({"app_version": "8.2"}, "app_version", "“from”, “to” or both"),
    "an unknown end": ({"app_version": {"below": "9"}}, "app_version", "“from”, “to” or both"),
    "no version": ({"app_version": {"from": "8.x"}}, "app_version.from", "“8.x” is no version"),
    "a number for a version": ({"app_version": {"to": 8.2}}, "app_version.to", "“8.2” is no"),
    "an empty range": (
        {"app_version": {"from": "9", "to": "8.9"}},
        "app_version",
        "“to” has to be the higher one",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_rules_that_cannot_be_are_refused_at_their_field(name: str) -> None:
    given, field, sentence = REFUSED[name]

    with pytest.raises(InvalidFields) as refused:
        parse_rules(given)

    assert list(refused.value.errors) == [field]
    assert sentence in str(refused.value.errors[field])
