"""`choose`, `check_choice` and `egress_of`."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.egress.models import OutboundChoice
from portico.egress.services import (
    LocalAddressMissing,
    NoneOffered,
    NoticeRefused,
    NotOffered,
    check_choice,
    choose,
    egress_of,
    normal,
)
from portico.egress.tests.choosing import DAY, ELEVEN, OFFERED, THIRTEEN, TWELVE, chosen, offer
from portico.workspaces.models import Workspace
from tests.make import AT, actor


@pytest.fixture(autouse=True)
def _offered(settings: Any) -> None:
    offer(settings)


def sources(workspace: Workspace, *, days: float = 0) -> list[str] | None:
    """Where the workspace's calls leave from, so many days after `AT`."""
    found = egress_of(workspace, at=AT + days * DAY).sources
    return None if found is None else [str(one.public) for one in found]


def test_without_a_choice_calls_leave_from_anywhere(acme: Workspace) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert sources(acme) is None

    assert len(queries) == 1


def test_a_choice_holds_at_once_and_for_this_workspace_alone(cast: Cast) -> None:
    chosen(cast.acme, cast.admin, TWELVE, ELEVEN)

    with CaptureQueriesContext(connection) as queries:
        assert sources(cast.acme) == [ELEVEN, TWELVE]
    assert len(queries) == 1
    assert sources(cast.zenith) is None
    assert sources(cast.acme, days=-1) is None


def test_a_choice_of_none_is_as_before(cast: Cast) -> None:
    chosen(cast.acme, cast.admin, ELEVEN)

    chosen(cast.acme, cast.admin, days=1)

    assert sources(cast.acme, days=1) is None
    assert OutboundChoice.objects.filter(workspace=cast.acme).count() == 2


def test_the_sources_are_those_of_the_configuration(cast: Cast) -> None:
    chosen(cast.acme, cast.admin, ELEVEN)

    (source,) = egress_of(cast.acme, at=AT).sources or ()
    assert (str(source.local), source.proxy) == ("127.0.0.11", "")


def test_what_the_operator_takes_out_is_used_no_longer_and_nothing_takes_its_place(
    cast: Cast, settings: Any
) -> None:
    chosen(cast.acme, cast.admin, ELEVEN, TWELVE)

    offer(settings, f"{TWELVE}=127.0.0.12,{THIRTEEN}=nat")
    assert sources(cast.acme) == [TWELVE]
    offer(settings, f"{THIRTEEN}=nat")
    assert sources(cast.acme) == []
    offer(settings, "")
    assert sources(cast.acme) == []


def test_an_announced_change_takes_effect_by_itself(cast: Cast) -> None:
    chosen(cast.acme, cast.admin, ELEVEN)

    chosen(cast.acme, cast.admin, TWELVE, days=1, notice=7)

    assert sources(cast.acme, days=7.9) == [ELEVEN]
    assert sources(cast.acme, days=8) == [TWELVE]


def test_a_later_choice_takes_the_place_of_an_announced_one(cast: Cast) -> None:
    chosen(cast.acme, cast.admin, ELEVEN)
    chosen(cast.acme, cast.admin, TWELVE, notice=7)

    chosen(cast.acme, cast.admin, ELEVEN, TWELVE, days=1, notice=14)

    assert sources(cast.acme, days=10) == [ELEVEN]
    assert sources(cast.acme, days=15) == [ELEVEN, TWELVE]


def test_an_announcement_can_be_taken_back(cast: Cast) -> None:
    chosen(cast.acme, cast.admin, ELEVEN)
    chosen(cast.acme, cast.admin, TWELVE, notice=7)

    chosen(cast.acme, cast.admin, ELEVEN, days=1)

    assert sources(cast.acme, days=30) == [ELEVEN]
    withdrawn = OutboundChoice.objects.get(number=2)
    assert withdrawn.withdrawn_at == AT + DAY


def test_the_same_choice_again_changes_nothing_and_hastens_no_announcement(cast: Cast) -> None:
    chosen(cast.acme, cast.admin, ELEVEN)
    chosen(cast.acme, cast.admin, TWELVE, days=1, notice=7)

    chosen(cast.acme, cast.admin, TWELVE, days=2)

    assert sources(cast.acme, days=3) == [ELEVEN]
    assert OutboundChoice.objects.filter(workspace=cast.acme).count() == 2


def test_without_a_choice_none_is_no_change(cast: Cast) -> None:
    assert choose(cast.acme, [], by=actor(cast.admin), at=AT) is None
    assert not OutboundChoice.objects.exists()


def test_the_audit_log_says_who_chose_what_and_from_when_on(cast: Cast) -> None:
    chosen(cast.acme, cast.admin, ELEVEN)
    chosen(cast.acme, cast.admin, TWELVE, notice=7)

    first, second = AuditEntry.objects.filter(action="outbound.chosen").order_by("id")
    assert first.workspace_id == cast.acme.id
    assert first.actor_id == cast.admin.person_id
    assert first.changes == [{"field": "outbound_ips", "before": "", "after": ELEVEN}]
    assert second.changes == [
        {"field": "outbound_ips", "before": ELEVEN, "after": TWELVE},
        {"field": "valid_from", "before": "", "after": "2026-11-29 08:00 UTC"},
    ]


@pytest.mark.parametrize("address", ["198.51.100.99", "127.0.0.11", "nonsense", "10.0.0.0/8"])
def test_what_is_not_offered_is_refused_with_what_is(cast: Cast, address: str) -> None:
    with pytest.raises(NotOffered, match=f"{ELEVEN}, {TWELVE}, {THIRTEEN}"):
        chosen(cast.acme, cast.admin, address)

    assert not OutboundChoice.objects.exists()
    assert not AuditEntry.objects.filter(action="outbound.chosen").exists()


def test_where_nothing_is_offered_the_refusal_says_who_can_change_it(
    cast: Cast, settings: Any
) -> None:
    offer(settings, "")

    with pytest.raises(NoneOffered, match=r"operator of this platform .* PORTICO_EGRESS_IPS"):
        chosen(cast.acme, cast.admin, ELEVEN)


def test_an_address_that_the_machine_does_not_have_is_refused_with_those_it_has(
    cast: Cast, settings: Any
) -> None:
    offer(settings, f"{OFFERED},198.51.100.77=203.0.113.77")

    with pytest.raises(LocalAddressMissing, match=r"203\.0\.113\.77.*127\.0\.0\.1"):
        chosen(cast.acme, cast.admin, ELEVEN, "198.51.100.77")


def test_what_is_chosen_already_may_stay_though_it_is_gone(cast: Cast, settings: Any) -> None:
    chosen(cast.acme, cast.admin, ELEVEN)
    offer(settings, f"{TWELVE}=127.0.0.12")

    check_choice(cast.acme, [ELEVEN, TWELVE], at=AT)
    with pytest.raises(NotOffered):
        check_choice(cast.zenith, [ELEVEN], at=AT)


@pytest.mark.parametrize("days", [-1, 31])
def test_a_notice_has_bounds(cast: Cast, days: int) -> None:
    with pytest.raises(NoticeRefused, match="30"):
        chosen(cast.acme, cast.admin, ELEVEN, notice=days)


def test_addresses_are_spelled_one_way() -> None:
    assert normal([" 2001:DB8::0013 ", TWELVE, TWELVE, "x"]) == (TWELVE, THIRTEEN, "x")


def test_the_database_takes_no_choice_that_is_valid_before_it_is_made(acme: Workspace) -> None:
    with pytest.raises(IntegrityError, match="not_valid_before"), transaction.atomic():
        OutboundChoice.objects.create(
            workspace=acme, number=1, made_at=AT, valid_from=AT - DAY, addresses=[]
        )
