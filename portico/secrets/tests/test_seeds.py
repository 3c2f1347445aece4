"""Seeds of second factors: closed in the table, bound to their person, and rotated."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet

from conftest import Cast
from portico.accounts.second_factor.factors import recovery_codes_of
from portico.accounts.second_factor.seeds import Use, open_seed
from portico.secrets.errors import SecretNotBound, SecretUnreadable
from portico.secrets.services import Rotation, examine, rotate
from tests.make import AT, make_authenticator_app

OLD, NEW = (Fernet.generate_key().decode() for _number in range(2))


def test_neither_seed_nor_codes_are_in_the_table(cast: Cast) -> None:
    person = cast.developer.person
    seed = make_authenticator_app(person)

    kept = str(list(Authenticator.objects.filter(user=person).values()))

    assert seed not in kept
    assert not any(code.text in kept for code in recovery_codes_of(person))


def test_a_seed_opens_for_its_person_and_use_alone(cast: Cast) -> None:
    seed = make_authenticator_app(cast.developer.person)
    sealed = Authenticator.objects.get(user=cast.developer.person, type="totp").data["secret"]

    assert open_seed(sealed, cast.developer.person.id, Use.APP) == seed
    for person, use in ((cast.admin.person, Use.APP), (cast.developer.person, Use.RECOVERY_CODES)):
        with pytest.raises(SecretNotBound):
            open_seed(sealed, person.id, use)


def test_rotation_reaches_seeds_and_keeps_what_was_used(cast: Cast, settings: Any) -> None:
    settings.PORTICO_KEY_RING = (OLD,)
    person = cast.developer.person
    seed = make_authenticator_app(person)
    codes = recovery_codes_of(person)
    settings.PORTICO_KEY_RING = (NEW, OLD)
    step = Authenticator.objects.get(user=person, type="totp").data["step"]

    assert examine() == Rotation(older=2)
    assert rotate(at=AT) == Rotation(older=2)
    assert rotate(at=AT) == Rotation(newest=2)
    settings.PORTICO_KEY_RING = (NEW,)

    row = Authenticator.objects.get(user=person, type="totp")
    assert open_seed(row.data["secret"], person.id, Use.APP) == seed
    assert row.data["step"] == step
    assert recovery_codes_of(person) == codes


def test_a_lost_key_is_counted_and_said(cast: Cast, settings: Any) -> None:
    settings.PORTICO_KEY_RING = (OLD,)
    make_authenticator_app(cast.developer.person)
    settings.PORTICO_KEY_RING = (NEW,)

    assert examine() == Rotation(unreadable=2)
    with pytest.raises(SecretUnreadable):
        recovery_codes_of(cast.developer.person)


def test_django_allauths_own_ways_are_closed() -> None:
    for turn in (get_adapter().encrypt, get_adapter().decrypt):
        with pytest.raises(RuntimeError):
            turn("a seed")
