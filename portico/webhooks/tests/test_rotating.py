"""A new signing secret takes over from the old one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from standardwebhooks import WebhookVerificationError

from conftest import Cast
from portico.kernel.clock import now
from portico.secrets.models import Secret
from portico.secrets.services import rotate
from portico.webhooks import services
from portico.webhooks.keys import end_old_keys
from portico.webhooks.models import Outcome
from portico.webhooks.pipeline.troubles import said
from portico.webhooks.services.errors import OverlapRefused
from portico.webhooks.tests.conftest import Clock, Hook, carried, happen, the_delivery
from tests.make import actor
from tests.peers.receiver import Received, Receiver


@pytest.fixture
def clock() -> Clock:
    """The machine's: the library that verifies looks at it, too."""
    return Clock(now())


def rotated(cast: Cast, hook: Hook, clock: Clock, *, overlap: int) -> str:
    """The new secret."""
    by = actor(cast.admin)
    return services.rotate_secret(cast.acme, hook.endpoint.id, overlap=overlap, by=by, at=clock())[
        1
    ]


def sent(cast: Cast, hook: Hook, there: Receiver, clock: Clock) -> Received:
    """One event, as it was received."""
    happen(cast.acme, number=len(there.received), at=clock())
    carried(hook, clock)
    return there.last


def is_signed(request: Received, secret: str) -> bool:
    """Whether it bears a signature of this secret."""
    try:
        return request.verified_by(secret)
    except WebhookVerificationError:
        return False


def test_both_secrets_sign_until_the_old_one_ends(
    cast: Cast, hook: Hook, there: Receiver, clock: Clock
) -> None:
    new = rotated(cast, hook, clock, overlap=24)

    request = sent(cast, hook, there, clock)

    assert hook.now.old_secret_until == clock() + timedelta(hours=24)
    assert is_signed(request, hook.secret)
    assert is_signed(request, new)
    assert request.headers["webhook-signature"].count("v1,") == 2


def test_after_the_overlap_only_the_new_one_signs_even_if_nobody_has_tidied_up_yet(
    cast: Cast, hook: Hook, there: Receiver, clock: Clock
) -> None:
    ends_now = Clock(clock() - timedelta(hours=24))
    new = rotated(cast, hook, ends_now, overlap=24)

    request = sent(cast, hook, there, clock)

    assert is_signed(request, new)
    assert not is_signed(request, hook.secret)


def test_an_old_secret_can_end_at_once(
    cast: Cast, hook: Hook, there: Receiver, clock: Clock
) -> None:
    new = rotated(cast, hook, clock, overlap=0)

    request = sent(cast, hook, there, clock)

    assert is_signed(request, new)
    assert not is_signed(request, hook.secret)
    assert Secret.objects.get(id=hook.endpoint.secret).forgotten_at == clock()


def test_what_is_over_is_forgotten(cast: Cast, hook: Hook, clock: Clock) -> None:
    rotated(cast, hook, clock, overlap=1)
    old = hook.now.old_secret

    assert end_old_keys(at=clock()) == 0
    assert end_old_keys(at=clock.pass_(hours=1)) == 1

    assert (hook.now.old_secret, hook.now.old_secret_until) == (None, None)
    assert old is not None
    assert Secret.objects.get(id=old).forgotten_at == clock()


def test_a_third_secret_ends_the_first(cast: Cast, hook: Hook, clock: Clock) -> None:
    rotated(cast, hook, clock, overlap=24)

    rotated(cast, hook, clock, overlap=24)

    assert Secret.objects.get(id=hook.endpoint.secret).forgotten_at == clock()
    assert Secret.objects.filter(forgotten_at=None).count() == 2


@pytest.mark.parametrize("hours", [-1, 169])
def test_an_overlap_has_its_bounds(cast: Cast, hook: Hook, clock: Clock, hours: int) -> None:
    with pytest.raises(OverlapRefused, match="0 to 168 hours"):
        rotated(cast, hook, clock, overlap=hours)


def test_a_new_key_of_the_ring_takes_signing_secrets_over(
    cast: Cast, hook: Hook, there: Receiver, clock: Clock, settings: pytest.FixtureRequest
) -> None:
    old_ring = settings.PORTICO_KEY_RING  # type: ignore[attr-defined]
    newest = Fernet.generate_key().decode()
    settings.PORTICO_KEY_RING = (newest, *old_ring)  # type: ignore[attr-defined]

    assert rotate(at=clock()).older == 1

    settings.PORTICO_KEY_RING = (newest,)  # type: ignore[attr-defined]
    assert is_signed(sent(cast, hook, there, clock), hook.secret)


def test_where_no_key_opens_the_secret_nothing_is_sent_and_the_log_says_why(
    cast: Cast, hook: Hook, there: Receiver, clock: Clock, settings: pytest.FixtureRequest
) -> None:
    settings.PORTICO_KEY_RING = (Fernet.generate_key().decode(),)  # type: ignore[attr-defined]
    happen(cast.acme, at=clock())

    carried(hook, clock)

    (attempt,) = the_delivery().tries.all()
    assert there.received == []
    assert attempt.outcome == Outcome.UNANSWERED
    assert "PORTICO_KEY_RING" in said(attempt.trouble)
