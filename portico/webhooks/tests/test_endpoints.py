"""Making, changing, switching and removing endpoints."""

from __future__ import annotations

import pytest

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.kernel.errors import InvalidFields, NotFound
from portico.secrets.models import Secret
from portico.secrets.services import SecretNotBound, reveal
from portico.webhooks import services
from portico.webhooks.keys import binding_of
from portico.webhooks.models import Attempt, Delivery, DeliveryState, Endpoint, Stop
from portico.webhooks.pipeline.queueing import TASK
from portico.webhooks.services import Held, Wanted
from portico.webhooks.services.errors import (
    AlreadyDisabled,
    AlreadyEnabled,
    EndpointChanged,
    TooManyEndpoints,
)
from portico.webhooks.tests.conftest import (
    URL,
    Clock,
    Hook,
    carried,
    empty_queue,
    happen,
    make_hook,
    the_delivery,
)
from portico.webhooks.tests.verbs import VERBS
from portico.workspaces.models import Workspace
from tests.jobs import waiting
from tests.make import AT, actor
from tests.peers.receiver import Receiver, Reply


def test_a_new_endpoint_is_enabled_and_its_secret_is_kept_encrypted(cast: Cast) -> None:
    hook = make_hook(cast.acme, f"{URL}?key=k3y", by=actor(cast.admin))

    assert hook.now.enabled
    assert hook.secret.startswith("whsec_")
    kept = Secret.objects.get(id=hook.now.secret)
    assert hook.secret not in kept.ciphertext
    assert str(hook.now.created_by) == cast.admin.person.name


def test_what_was_made_is_recorded_without_keys(cast: Cast) -> None:
    hook = make_hook(cast.acme, f"{URL}?key=k3y", by=actor(cast.admin))

    entry = AuditEntry.objects.get(action="webhook.made")
    assert (entry.subject_id, entry.subject_label) == (str(hook.endpoint.id), "Ledger")
    assert {change["field"] for change in entry.changes} == {"url", "events", "description"}
    assert "k3y" not in str(entry.changes)
    assert hook.secret not in str(entry.changes)


def test_the_secret_of_one_endpoint_opens_for_no_other(acme: Workspace) -> None:
    one, other = make_hook(acme), make_hook(acme)

    with pytest.raises(SecretNotBound):
        reveal(one.endpoint.secret, workspace=acme, binding=binding_of(other.endpoint.id))


def test_everything_that_is_wrong_is_said_at_once(acme: Workspace) -> None:
    with pytest.raises(InvalidFields) as refused:
        make_hook(acme, "http://user@x/", events=(), description="x\ny")

    assert set(refused.value.errors) == {"url", "events", "description"}
    assert not Endpoint.objects.exists()


def test_an_event_that_there_is_not_is_refused_with_those_that_there_are(acme: Workspace) -> None:
    with pytest.raises(InvalidFields) as refused:
        make_hook(acme, events=("settings.exploded",))

    assert "settings.changed" in str(refused.value.errors["events"])


def test_the_twenty_first_is_refused(acme: Workspace, zenith: Workspace) -> None:
    for _number in range(services.MOST_ENDPOINTS):
        make_hook(acme)

    with pytest.raises(TooManyEndpoints):
        make_hook(acme)
    assert make_hook(zenith).now.enabled  # their own count


def test_a_change_counts_up_and_says_what_changed(cast: Cast) -> None:
    hook = make_hook(cast.acme)

    changed = services.change_endpoint(
        cast.acme,
        hook.endpoint.id,
        Wanted("https://other.example.com/", ("legal.published", "settings.changed"), "Ledger"),
        based_on=1,
        by=actor(cast.admin),
        at=AT,
    )

    assert (changed.revision, changed.url) == (2, "https://other.example.com/")
    assert changed.events == ["settings.changed", "legal.published"]
    entry = AuditEntry.objects.get(action="webhook.changed")
    assert [change["field"] for change in entry.changes] == ["url", "events"]


def test_a_change_that_is_based_on_something_older_is_refused(cast: Cast) -> None:
    hook = make_hook(cast.acme)
    VERBS["change"](cast.acme, hook.endpoint.id, hook.endpoint.id, actor(cast.admin))

    with pytest.raises(EndpointChanged):
        VERBS["change"](cast.acme, hook.endpoint.id, hook.endpoint.id, actor(cast.admin))


def test_what_is_known_of_an_old_address_says_nothing_of_a_new_one(cast: Cast, hook: Hook) -> None:
    Endpoint.objects.update(failing_since=AT, failures=3, resting_until=AT)

    services.change_endpoint(
        cast.acme,
        hook.endpoint.id,
        Wanted(URL, ("settings.changed",)),
        based_on=1,
        by=actor(cast.admin),
        at=AT,
    )

    assert (hook.now.failing_since, hook.now.failures, hook.now.resting_until) == (None, 0, None)


def test_while_an_endpoint_is_disabled_its_events_are_held(
    cast: Cast, hook: Hook, there: Receiver, clock: Clock
) -> None:
    happen(cast.acme, number=1)

    services.disable_endpoint(cast.acme, hook.endpoint.id, by=actor(cast.admin), at=AT)
    happen(cast.acme, number=2)

    assert carried(hook, clock) == 0
    assert there.received == []
    assert {one.state for one in Delivery.objects.all()} == {DeliveryState.HELD}
    assert hook.now.disabled_because == Stop.BY_HAND


def test_what_was_held_is_sent_in_order_where_whoever_enables_it_wants_so(
    cast: Cast, hook: Hook, there: Receiver, clock: Clock
) -> None:
    services.disable_endpoint(cast.acme, hook.endpoint.id, by=actor(cast.admin), at=AT)
    for number in range(3):
        happen(cast.acme, number=number)
    empty_queue()

    services.enable_endpoint(
        cast.acme, hook.endpoint.id, held=Held.SEND, by=actor(cast.admin), at=AT
    )

    assert waiting(TASK) == [{"endpoint_id": str(hook.endpoint.id), "lane": 0}]
    carried(hook, clock)
    assert [one.event["data"]["revision"] for one in there.received] == [0, 1, 2]


def test_or_it_is_not_sent_and_stays_in_the_log(
    cast: Cast, hook: Hook, there: Receiver, clock: Clock
) -> None:
    services.disable_endpoint(cast.acme, hook.endpoint.id, by=actor(cast.admin), at=AT)
    happen(cast.acme)

    services.enable_endpoint(
        cast.acme, hook.endpoint.id, held=Held.DISCARD, by=actor(cast.admin), at=AT
    )

    assert carried(hook, clock) == 0
    assert the_delivery().state == DeliveryState.DISCARDED
    entry = AuditEntry.objects.get(action="webhook.enabled")
    assert entry.changes == [{"field": "held_discard", "before": "", "after": "1"}]


def test_what_is_done_already_is_not_done_again(cast: Cast, hook: Hook) -> None:
    who = actor(cast.admin)
    with pytest.raises(AlreadyEnabled):
        VERBS["enable"](cast.acme, hook.endpoint.id, hook.endpoint.id, who)

    VERBS["disable"](cast.acme, hook.endpoint.id, hook.endpoint.id, who)

    with pytest.raises(AlreadyDisabled):
        VERBS["disable"](cast.acme, hook.endpoint.id, hook.endpoint.id, who)


def test_what_is_removed_is_gone_with_its_log_and_its_secrets(
    cast: Cast, hook: Hook, there: Receiver, clock: Clock
) -> None:
    there.answers = [Reply(500)]
    happen(cast.acme)
    carried(hook, clock)
    services.rotate_secret(cast.acme, hook.endpoint.id, overlap=24, by=actor(cast.admin), at=AT)

    services.remove_endpoint(cast.acme, hook.endpoint.id, by=actor(cast.admin), at=AT)

    assert not Endpoint.objects.exists()
    assert not Delivery.objects.exists()
    assert not Attempt.objects.exists()
    assert not Secret.objects.filter(forgotten_at=None).exists()
    assert AuditEntry.objects.get(action="webhook.removed").subject_label == "Ledger"
    assert carried(hook, clock) == 0


@pytest.mark.parametrize("verb", VERBS)
def test_a_member_of_another_workspace_finds_nothing(cast: Cast, hook: Hook, verb: str) -> None:
    happen(cast.acme)
    before = Endpoint.objects.values().get()

    with pytest.raises(NotFound):
        VERBS[verb](cast.zenith, hook.endpoint.id, the_delivery().id, actor(cast.outsider))

    assert Endpoint.objects.values().get() == before
    assert the_delivery().state == DeliveryState.WAITING
