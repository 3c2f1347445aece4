"""Moving secrets to a new key, so that the old one can go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet

from conftest import Cast
from portico.config.cli import main
from portico.secrets import rotation
from portico.secrets.models import Secret
from portico.secrets.services import (
    Rotation,
    SecretUnreadable,
    examine,
    forget,
    keep,
    reveal,
    rotate,
)
from tests.make import AT

OLD, NEW, LOST = (Fernet.generate_key().decode() for _number in range(3))
LATER = AT + timedelta(days=90)


def kept(cast: Cast, text: str = "a secret") -> Secret:
    """A secret of acme, on the newest key."""
    return keep(cast.acme, text, binding={"for": "tests"}, at=AT)


def told(cast: Cast, secret: Secret) -> str:
    """What it is."""
    return reveal(secret.id, workspace=cast.acme, binding={"for": "tests"})


def portico(*arguments: str) -> Result:
    """Call the command line."""
    return CliRunner().invoke(main, arguments)


def test_with_old_and_new_key_all_is_readable_and_after_rotation_the_old_can_go(
    cast: Cast, settings: Any
) -> None:
    settings.PORTICO_KEY_RING = (OLD,)
    secrets = [kept(cast, f"secret {number}") for number in range(3)]
    settings.PORTICO_KEY_RING = (NEW, OLD)
    newer = kept(cast, "on the new key")

    before = [told(cast, secret) for secret in secrets]
    done = rotate(at=LATER)
    settings.PORTICO_KEY_RING = (NEW,)

    assert before == ["secret 0", "secret 1", "secret 2"]
    assert done == Rotation(older=3, newest=1)
    assert [told(cast, secret) for secret in secrets] == before
    assert told(cast, newer) == "on the new key"
    assert {secret.sealed_at for secret in Secret.objects.exclude(id=newer.id)} == {LATER}
    assert {secret.set_at for secret in Secret.objects.all()} == {AT}


def test_without_rotation_the_old_key_cannot_go(cast: Cast, settings: Any) -> None:
    settings.PORTICO_KEY_RING = (OLD,)
    secret = kept(cast)
    settings.PORTICO_KEY_RING = (NEW,)

    with pytest.raises(SecretUnreadable):
        told(cast, secret)


def test_a_second_rotation_has_nothing_to_do(cast: Cast, settings: Any) -> None:
    settings.PORTICO_KEY_RING = (OLD,)
    secret = kept(cast)
    settings.PORTICO_KEY_RING = (NEW, OLD)
    rotate(at=AT)
    ciphertext = Secret.objects.get(id=secret.id).ciphertext

    again = rotate(at=LATER)

    assert again == Rotation(newest=1)
    assert Secret.objects.get(id=secret.id).ciphertext == ciphertext


def test_what_no_key_opens_is_counted_left_alone_and_keeps_nothing_else_back(
    cast: Cast, settings: Any
) -> None:
    settings.PORTICO_KEY_RING = (LOST,)
    lost = kept(cast)
    settings.PORTICO_KEY_RING = (OLD,)
    old = kept(cast)
    settings.PORTICO_KEY_RING = (NEW, OLD)

    done = rotate(at=LATER)

    assert done == Rotation(older=1, unreadable=1)
    assert Secret.objects.get(id=lost.id).ciphertext == lost.ciphertext
    settings.PORTICO_KEY_RING = (NEW, LOST)
    assert (told(cast, old), told(cast, lost)) == ("a secret", "a secret")


def test_forgotten_secrets_are_not_looked_at(cast: Cast, settings: Any) -> None:
    settings.PORTICO_KEY_RING = (LOST,)
    forget(cast.acme, [kept(cast).id], at=AT)
    settings.PORTICO_KEY_RING = (NEW,)

    assert (rotate(at=LATER), examine()) == (Rotation(), Rotation())


def test_whoever_was_interrupted_goes_on_where_it_ended(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    settings.PORTICO_KEY_RING = (OLD,)
    secrets = [kept(cast, str(number)) for number in range(5)]
    settings.PORTICO_KEY_RING = (NEW, OLD)
    first = [secret.id for secret in secrets[:2]]
    assert rotation._rotate(first, at=AT) == Rotation(older=2)

    done = rotate(at=LATER)

    assert done == Rotation(older=3, newest=2)
    settings.PORTICO_KEY_RING = (NEW,)
    assert [told(cast, secret) for secret in secrets] == ["0", "1", "2", "3", "4"]


def test_a_rotated_secret_is_still_bound_to_its_row(cast: Cast, settings: Any) -> None:
    settings.PORTICO_KEY_RING = (OLD,)
    one, two = kept(cast), kept(cast)
    settings.PORTICO_KEY_RING = (NEW, OLD)
    rotate(at=LATER)
    one.refresh_from_db()
    Secret.objects.filter(id=two.id).update(ciphertext=one.ciphertext)

    with pytest.raises(Exception, match="given for something else"):
        told(cast, two)


def test_the_commands_say_what_there_is_what_was_done_and_what_may_go(
    cast: Cast, settings: Any
) -> None:
    settings.PORTICO_KEY_RING = (OLD,)
    kept(cast)
    settings.PORTICO_KEY_RING = (NEW, OLD)

    before = portico("secrets", "check")
    rotated = portico("secrets", "rotate")
    after = portico("secrets", "check")

    assert (before.exit_code, rotated.exit_code, after.exit_code) == (0, 0, 0)
    assert before.output == (
        "0 secrets on the newest key, 1 on older ones.\n"
        "Next: portico secrets rotate. Until then, keep the older keys in the ring.\n"
    )
    may_go = "All are on the newest key: older keys may be taken out of PORTICO_KEY_RING.\n"
    assert rotated.output == f"1 secret encrypted anew; 0 had the newest key already.\n{may_go}"
    assert after.output == f"1 secret on the newest key, 0 on older ones.\n{may_go}"


@pytest.mark.parametrize("command", ["check", "rotate"])
def test_the_commands_end_with_an_error_where_something_cannot_be_opened(
    cast: Cast, settings: Any, command: str
) -> None:
    settings.PORTICO_KEY_RING = (LOST,)
    kept(cast)
    settings.PORTICO_KEY_RING = (NEW,)

    result = portico("secrets", command)

    assert result.exit_code == 1
    assert "1 secret cannot be opened with any key of PORTICO_KEY_RING." in result.output
    assert "may be taken out" not in result.output
