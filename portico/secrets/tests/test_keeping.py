"""Keeping a secret, asking for it, and forgetting it."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.kernel.ids import new_id
from portico.secrets.models import Secret
from portico.secrets.services import (
    Binding,
    SecretGone,
    SecretNotBound,
    SecretUnreadable,
    forget,
    forget_all_but,
    keep,
    reveal,
    seal,
    secrets_of,
    unseal,
)
from tests.make import AT

PLAIN = "correct-horse-battery"
SERVER: dict[str, str | int] = {"host": "smtp.example.com", "port": 587, "username": "ada"}


def test_a_secret_is_told_to_who_asks_for_what_it_was_given_for(cast: Cast) -> None:
    secret = keep(cast.acme, PLAIN, binding=SERVER, at=AT)

    assert reveal(secret.id, workspace=cast.acme, binding=SERVER) == PLAIN


@pytest.mark.parametrize(
    "other",
    [
        {**SERVER, "host": "smtp.example.org"},
        {**SERVER, "port": 465},
        {**SERVER, "username": "bob"},
        {"host": "smtp.example.com", "port": 587},
        {**SERVER, "more": "x"},
        {},
    ],
)
def test_a_secret_is_told_for_nothing_else(cast: Cast, other: dict[str, str | int]) -> None:
    secret = keep(cast.acme, PLAIN, binding=SERVER, at=AT)

    with pytest.raises(SecretNotBound):
        reveal(secret.id, workspace=cast.acme, binding=other)


def test_what_is_at_least_so_may_grow_and_never_shrink(cast: Cast) -> None:
    secret = keep(cast.acme, PLAIN, binding=SERVER, at_least={"security": 1}, at=AT)

    def ask(security: int) -> str:
        return reveal(
            secret.id, workspace=cast.acme, binding=SERVER, at_least={"security": security}
        )

    assert (ask(1), ask(2)) == (PLAIN, PLAIN)
    with pytest.raises(SecretNotBound):
        ask(0)
    with pytest.raises(SecretNotBound):
        reveal(secret.id, workspace=cast.acme, binding=SERVER)


def test_another_workspaces_secret_is_not_there(cast: Cast) -> None:
    secret = keep(cast.acme, PLAIN, binding=SERVER, at=AT)

    with pytest.raises(SecretGone):
        reveal(secret.id, workspace=cast.zenith, binding=SERVER)
    assert secrets_of(cast.zenith, [secret.id]) == {}
    assert forget(cast.zenith, [secret.id], at=AT) == 0
    assert forget_all_but(cast.zenith, [], kind="", at=AT) == 0
    assert reveal(secret.id, workspace=cast.acme, binding=SERVER) == PLAIN


def test_a_ciphertext_in_another_row_of_the_same_workspace_opens_nothing(cast: Cast) -> None:
    mine = keep(cast.acme, PLAIN, binding=SERVER, at=AT)
    other = keep(cast.acme, "another", binding=SERVER, at=AT)
    Secret.objects.filter(id=other.id).update(ciphertext=mine.ciphertext)

    with pytest.raises(SecretNotBound):
        reveal(other.id, workspace=cast.acme, binding=SERVER)


def test_a_row_moved_to_another_workspace_opens_nothing(cast: Cast) -> None:
    secret = keep(cast.acme, PLAIN, binding=SERVER, at=AT)
    Secret.objects.filter(id=secret.id).update(workspace=cast.zenith)

    with pytest.raises(SecretNotBound):
        reveal(secret.id, workspace=cast.zenith, binding=SERVER)


@pytest.mark.parametrize("place", [0, 10, 60, -1])
def test_a_ciphertext_that_was_tampered_with_opens_nothing(cast: Cast, place: int) -> None:
    secret = keep(cast.acme, PLAIN, binding=SERVER, at=AT)
    raw = bytearray(base64.urlsafe_b64decode(secret.ciphertext))
    raw[place] ^= 1
    Secret.objects.filter(id=secret.id).update(
        ciphertext=base64.urlsafe_b64encode(bytes(raw)).decode()
    )

    with pytest.raises(SecretUnreadable):
        reveal(secret.id, workspace=cast.acme, binding=SERVER)


def test_a_ciphertext_of_another_installation_opens_nothing(cast: Cast) -> None:
    secret = keep(cast.acme, PLAIN, binding=SERVER, at=AT)
    foreign = Fernet(Fernet.generate_key()).encrypt(json.dumps({"secret": PLAIN}).encode())
    Secret.objects.filter(id=secret.id).update(ciphertext=foreign.decode())

    with pytest.raises(SecretUnreadable):
        reveal(secret.id, workspace=cast.acme, binding=SERVER)


def test_a_forgotten_secret_keeps_its_row_and_nothing_in_it(cast: Cast) -> None:
    secret = keep(cast.acme, PLAIN, binding=SERVER, at=AT)

    count = forget(cast.acme, [secret.id], at=AT + timedelta(days=1))

    secret.refresh_from_db()
    assert count == 1
    assert (secret.ciphertext, secret.forgotten_at) == ("", AT + timedelta(days=1))
    with pytest.raises(SecretGone):
        reveal(secret.id, workspace=cast.acme, binding=SERVER)
    assert forget(cast.acme, [secret.id], at=AT) == 0


def test_all_of_a_kind_but_some_are_forgotten(cast: Cast) -> None:
    kept, dropped = (
        keep(cast.acme, PLAIN, binding=SERVER, kind="mail", at=AT) for _number in range(2)
    )
    other = keep(cast.acme, PLAIN, binding=SERVER, kind="dns", at=AT)
    abroad = keep(cast.zenith, PLAIN, binding=SERVER, kind="mail", at=AT)

    assert forget_all_but(cast.acme, [kept.id], kind="mail", at=AT) == 1

    gone = Secret.objects.filter(forgotten_at__isnull=False)
    assert [secret.id for secret in gone] == [dropped.id]
    assert {kept.id, other.id, abroad.id}.isdisjoint({secret.id for secret in gone})


def test_the_database_keeps_no_ciphertext_of_what_was_forgotten(cast: Cast) -> None:
    secret = keep(cast.acme, PLAIN, binding=SERVER, at=AT)

    with (
        pytest.raises(IntegrityError, match="a_secret_is_empty_once_it_is_forgotten"),
        transaction.atomic(),
    ):
        Secret.objects.filter(id=secret.id).update(forgotten_at=AT)


def test_a_secret_that_never_was_is_gone(cast: Cast) -> None:
    with pytest.raises(SecretGone):
        reveal(new_id(), workspace=cast.acme, binding=SERVER)


def test_nothing_about_a_secret_shows_it(cast: Cast) -> None:
    secret = keep(cast.acme, PLAIN, binding=SERVER, at=AT)
    with pytest.raises(SecretNotBound) as refusal:
        reveal(secret.id, workspace=cast.acme, binding={})

    for text in (repr(secret), str(secret), repr(refusal.value), str(refusal.value)):
        assert PLAIN not in text
        assert secret.ciphertext not in text
    assert PLAIN not in secret.ciphertext
    assert base64.b64encode(PLAIN.encode()).decode() not in secret.ciphertext


def test_the_same_text_is_never_the_same_ciphertext(cast: Cast) -> None:
    texts = {keep(cast.acme, PLAIN, binding=SERVER, at=AT).ciphertext for _number in range(3)}

    assert len(texts) == 3


def test_what_is_known_of_many_secrets_is_read_at_once_and_without_them(cast: Cast) -> None:
    secrets = [keep(cast.acme, PLAIN, binding=SERVER, at=AT) for _number in range(3)]

    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = secrets_of(cast.acme, [secret.id for secret in secrets])

    assert len(queries) == 1
    assert "ciphertext" not in queries[0]["sql"]
    assert {secret.set_at for secret in found.values()} == {AT}


def test_what_is_sealed_without_a_row_is_bound_and_may_expire() -> None:
    sealed = seal(PLAIN, Binding({"for": "a"}))

    assert unseal(sealed, Binding({"for": "a"}), lasts=timedelta(minutes=1)) == PLAIN
    with pytest.raises(SecretNotBound):
        unseal(sealed, Binding({"for": "b"}))
    with pytest.raises(SecretUnreadable):
        unseal(sealed, Binding({"for": "a"}), lasts=timedelta(seconds=-1))
