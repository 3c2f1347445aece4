"""A password is never in the file, and never used for a server that it was not given for."""

from __future__ import annotations

import pytest

from conftest import Cast
from portico.basic_settings.as_code.plans import CannotBeApplied, Standing
from portico.basic_settings.as_code.tests.samples import (
    MAIL,
    PASSWORD,
    Hand,
    carried,
    fill,
    part,
    save,
    sentences,
    values_of,
    written,
)

NAME = "service-email.password"
KEPT = {"secret": "kept"}
NONE = {"secret": "none"}


@pytest.fixture
def hand(cast: Cast) -> Hand:
    """Somebody at work in acme, which has a mail server of its own."""
    fill(cast.acme)
    return Hand(cast, cast.acme)


def test_the_stored_password_stays_while_it_fits(cast: Cast, hand: Hand) -> None:
    before = values_of(cast.acme, "service-email")["password"]

    hand.apply(
        written(cast.acme, {"service-email": {"nickname": "New", "password": KEPT}}, revision=1)
    )
    hand.apply(written(cast.acme, {"service-email": {"nickname": "Newer"}}, revision=2))

    assert values_of(cast.acme, "service-email")["nickname"] == "Newer"
    assert values_of(cast.acme, "service-email")["password"] == before


@pytest.mark.parametrize(
    "other",
    [
        {"host": "smtp.attacker.example"},
        {"port": 465, "security": "ssl"},
        {"username": "somebody else"},
        {"security": "none", "port": 25},
    ],
)
@pytest.mark.parametrize("word", [KEPT, None])
def test_for_another_server_it_must_be_given(
    cast: Cast, hand: Hand, other: dict[str, object], word: object
) -> None:
    values = {**other, "password": word}
    file = written(cast.acme, {"service-email": values}, revision=1)

    plan = hand.plan(file)
    with pytest.raises(CannotBeApplied):
        hand.apply(file)
    done = hand.plan(file, secrets={NAME: "another password"})

    assert plan.secrets_wanted == (NAME,)
    assert plan.waits_for_secrets
    assert part(done, "service-email").standing is Standing.CHANGED


def test_a_password_that_is_to_be_kept_where_there_is_none_must_be_given(cast: Cast) -> None:
    fill(cast.acme)
    save(cast.zenith, "service-email", {**MAIL, "username": "zenith", "password": "theirs"})
    file = carried(cast.acme)

    plan = Hand(cast, cast.zenith).plan(file)

    assert plan.secrets_wanted == (NAME,)
    assert PASSWORD not in repr(plan)


def test_a_copy_over_the_very_same_server_keeps_the_targets_own_password(cast: Cast) -> None:
    fill(cast.acme)
    save(cast.zenith, "service-email", {**MAIL, "password": "theirs"})
    before = values_of(cast.zenith, "service-email")["password"]

    done = Hand(cast, cast.zenith).carry_out(carried(cast.acme))

    assert part(done, "service-email").standing is Standing.UNCHANGED
    assert values_of(cast.zenith, "service-email")["password"] == before


def test_a_password_is_taken_away_by_a_word(cast: Cast, hand: Hand) -> None:
    everything = dict.fromkeys(("host", "account"), "")
    file = written(cast.acme, {"service-email": {**everything, "password": NONE}}, revision=1)

    done = hand.apply(file)

    assert part(done, "service-email").standing is Standing.CHANGED
    assert values_of(cast.acme, "service-email")["password"] is None


def test_a_given_password_is_shown_nowhere(cast: Cast, hand: Hand) -> None:
    file = written(cast.acme, {"service-email": {"password": KEPT}}, revision=1)

    done = hand.apply(file, secrets={NAME: "hunter2-hunter2"})

    (change,) = part(done, "service-email").changes
    assert str(change.after) == "Changed"
    assert "hunter2" not in repr(done)


def test_a_secret_that_no_section_has_is_refused_by_name(cast: Cast, hand: Hand) -> None:
    file = written(cast.acme, {"service-email": {"nickname": "New"}}, revision=1)

    plan = hand.plan(file, secrets={"service-email.passwort": "x"})

    assert plan.is_refused
    assert "has a secret service-email.passwort" in sentences(plan)[""]


def test_a_password_that_has_no_use_is_refused_and_not_asked_for_again(
    cast: Cast, hand: Hand
) -> None:
    file = written(cast.acme, {"service-email": {"host": "", "account": ""}}, revision=1)

    plan = hand.plan(file, secrets={NAME: "x"})

    assert set(sentences(plan)) == {NAME}
    assert plan.secrets_wanted == ()


def test_a_given_password_is_taken_though_the_file_does_not_name_it(cast: Cast, hand: Hand) -> None:
    before = values_of(cast.acme, "service-email")
    file = written(cast.acme, {"service-email": {"port": before["port"]}}, revision=1)

    done = hand.apply(file, secrets={NAME: "another one"})

    assert part(done, "service-email").standing is Standing.CHANGED
    after = values_of(cast.acme, "service-email")
    assert after["password"] not in {before["password"], None}
    assert {**after, "password": ""} == {**before, "password": ""}
