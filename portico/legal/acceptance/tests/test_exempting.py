from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.kernel.clock import now
from portico.kernel.errors import NotFound
from portico.legal.acceptance.exempting import (
    AlreadyExempt,
    NeedsReason,
    NotExempt,
    OwnExemption,
    UnusableUntil,
    end_exemption,
    exempt,
    exemptions_of,
)
from portico.legal.acceptance.standing import standing_in
from portico.legal.models import LegalExemption, LegalLedger
from portico.workspaces.models import Membership, Workspace
from tests.make import AT, actor, make_legal_version

Browse = Callable[..., Client]
LATER = AT + timedelta(days=7)


def given(
    cast: Cast,
    member: Membership,
    *,
    reason: str = "The build server",
    until: datetime | None = None,
    workspace: Workspace | None = None,
    at: datetime = AT,
) -> LegalExemption:
    """An exemption by acme's admin."""
    return exempt(
        workspace or cast.acme,
        member.id,
        reason=reason,
        until=until,
        by=actor(cast.admin),
        at=at,
    )


def is_asked(member: Membership, *, at: datetime = AT) -> bool:
    read = Membership.objects.select_related("workspace").get(id=member.id)
    return bool(standing_in(read).asked(at=at))


def test_who_is_exempt_is_asked_nothing(cast: Cast) -> None:
    make_legal_version(cast.acme)
    assert is_asked(cast.developer)

    given(cast, cast.developer)

    assert not is_asked(cast.developer)
    assert is_asked(cast.operator)
    line = LegalLedger.objects.get(event="exempted")
    assert (line.membership_id, line.by_id) == (cast.developer.id, cast.admin.person_id)
    assert line.reason == "The build server"
    entry = AuditEntry.objects.get(action="legal.exempted")
    assert (entry.subject_id, entry.subject_label) == (str(cast.developer.person_id), "")


def test_an_exemption_ends_by_itself(cast: Cast) -> None:
    make_legal_version(cast.acme)

    given(cast, cast.developer, until=LATER)

    assert not is_asked(cast.developer, at=LATER - timedelta(seconds=1))
    assert is_asked(cast.developer, at=LATER)
    assert not exemptions_of(cast.acme, at=LATER).exists()


def test_after_one_has_ended_by_itself_there_can_be_another(cast: Cast) -> None:
    given(cast, cast.developer, until=LATER)

    again = given(cast, cast.developer, reason="Still", at=LATER + timedelta(days=1))

    assert list(exemptions_of(cast.acme, at=LATER + timedelta(days=1))) == [again]
    assert LegalExemption.objects.get(until=LATER).ended_at == LATER


def test_ending_it_asks_again_at_once(cast: Cast) -> None:
    make_legal_version(cast.acme)
    given(cast, cast.developer)

    end_exemption(cast.acme, cast.developer.id, by=actor(cast.admin), at=LATER)

    assert is_asked(cast.developer)
    assert LegalLedger.objects.filter(event="exemption_ended").count() == 1
    assert AuditEntry.objects.filter(action="legal.exemption_ended").count() == 1


def test_a_second_exemption_is_refused(cast: Cast) -> None:
    given(cast, cast.developer)

    with pytest.raises(AlreadyExempt):
        given(cast, cast.developer)


def test_what_is_not_there_cannot_be_ended(cast: Cast) -> None:
    with pytest.raises(NotExempt):
        end_exemption(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)

    given(cast, cast.developer, until=LATER)
    with pytest.raises(NotExempt):
        end_exemption(cast.acme, cast.developer.id, by=actor(cast.admin), at=LATER)


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 501, "\x00"])
def test_an_exemption_needs_a_reason(cast: Cast, reason: str) -> None:
    with pytest.raises(NeedsReason):
        given(cast, cast.developer, reason=reason)


@pytest.mark.parametrize("days", [-1, 0, 3651])
def test_it_ends_within_ten_years_from_now_or_never(cast: Cast, days: int) -> None:
    with pytest.raises(UnusableUntil):
        given(cast, cast.developer, until=AT + timedelta(days=days))


def test_nobody_exempts_themselves(cast: Cast, browse: Browse) -> None:
    with pytest.raises(OwnExemption):
        given(cast, cast.admin)

    answer = browse(cast.acme, cast.admin).post(page_of(cast.admin), {"reason": "Because"})
    assert answer.status_code == 403
    assert not LegalExemption.objects.exists()


def test_a_member_of_another_workspace_cannot_be_exempted_here(cast: Cast) -> None:
    with pytest.raises(NotFound):
        given(cast, cast.outsider)
    with pytest.raises(NotFound):
        end_exemption(cast.acme, cast.outsider.id, by=actor(cast.admin), at=AT)


def page_of(member: Membership) -> str:
    return f"/settings/tenant/terms-of-service/exemptions/{member.id}/"


def test_an_admin_exempts_on_the_page(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin)
    until = (now() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")

    assert admin.get(page_of(cast.developer)).status_code == 200
    answer = admin.post(page_of(cast.developer), {"reason": "Build server", "until": until})

    assert answer.headers["Location"] == "/settings/tenant/terms-of-service/coverage/"
    exemption = exemptions_of(cast.acme, at=now()).get()
    assert exemption.reason == "Build server"
    page = admin.get(answer.headers["Location"]).content.decode()
    assert "Build server" in page
    ended = admin.post(f"{page_of(cast.developer)}end/")
    assert ended.status_code == 302
    assert not exemptions_of(cast.acme, at=now()).exists()


def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(
    cast: Cast, browse: Browse
) -> None:
    answer = browse(cast.acme, cast.admin).post(
        page_of(cast.developer), {"reason": "Build server", "until": "2020-01-01T00:00"}
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose a moment within the next 10 years" in page
    assert "Build server" in page


def test_a_second_exemption_on_the_page_says_so(cast: Cast, browse: Browse) -> None:
    given(cast, cast.developer, at=now())

    answer = browse(cast.acme, cast.admin).post(page_of(cast.developer), {"reason": "Again"})

    assert answer.status_code == 409
    assert "is exempt already" in answer.content.decode()


def test_another_workspaces_member_has_no_page_here(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin)

    assert admin.get(page_of(cast.outsider)).status_code == 404
    assert admin.post(page_of(cast.outsider), {"reason": "x"}).status_code == 404
    assert admin.post(f"{page_of(cast.outsider)}end/").status_code == 404


def test_it_takes_the_right_to_change_settings(cast: Cast, browse: Browse) -> None:
    developer = browse(cast.acme, cast.developer)

    assert developer.get(page_of(cast.operator)).status_code == 403
    assert developer.post(page_of(cast.operator), {"reason": "x"}).status_code == 403
    assert developer.post(f"{page_of(cast.operator)}end/").status_code == 403
