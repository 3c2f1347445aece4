"""Which server sends: a saved one takes over once a test through it was accepted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.basic_settings import services
from portico.secrets.models import Secret
from portico.secrets.services import SecretUnreadable
from portico.service_email.going_live import PROOF_LASTS
from portico.service_email.models import MailQueue, ServerInUse, ServerProof
from portico.service_email.section import section
from portico.service_email.servers import (
    NoServerWaits,
    note_accepted,
    saved_server,
    server_from,
    server_in_use,
    take_untested,
)
from portico.service_email.smtp.server import Server
from portico.service_email.tests.values import (
    API,
    EDIT,
    PASSWORD,
    VALUES,
    post,
    prove,
    save,
    save_tested,
)
from portico.workspaces.models import Workspace
from tests.make import AT, actor

Browse = Callable[..., Client]
NEW: dict[str, Any] = {"host": "smtp.example.org", "password": "another"}
MINUTE = timedelta(minutes=1)


def host_in_use(workspace: Workspace) -> str:
    """Where mail goes through now; "" for the platform's mailer."""
    server = server_in_use(workspace)
    return server.host if server else ""


def actions(workspace: Workspace) -> list[str]:
    """What the audit log says of servers, oldest first."""
    entries = AuditEntry.objects.filter(
        workspace_id=workspace.id, action__startswith="service_email."
    )
    return list(entries.order_by("id").values_list("action", flat=True))


def saved(workspace: Workspace) -> Server:
    """The saved server."""
    server = saved_server(workspace)
    assert server is not None
    return server


def test_the_first_server_takes_over_only_once_its_test_was_accepted(cast: Cast) -> None:
    save(cast.admin)
    before = server_in_use(cast.acme)

    prove(cast.admin, at=AT + MINUTE)

    assert before is None
    assert server_in_use(cast.acme) == Server(
        host="smtp.example.com",
        port=587,
        security=saved(cast.acme).security,
        account="service@acme.example.com",
        username="mailer",
        password=PASSWORD,
    )
    assert actions(cast.acme) == ["service_email.taken_over"]
    assert ServerInUse.objects.get().taken_over_at == AT + MINUTE
    assert server_in_use(cast.zenith) is None


def test_until_then_the_old_one_keeps_sending_with_its_own_password(cast: Cast) -> None:
    save_tested(cast.admin)

    save(cast.admin, based_on=1, **NEW)
    used = server_in_use(cast.acme)

    assert used is not None
    assert (used.host, used.password) == ("smtp.example.com", PASSWORD)
    assert saved(cast.acme).host == "smtp.example.org"
    prove(cast.admin, at=AT + MINUTE)
    assert server_in_use(cast.acme) == saved(cast.acme)
    assert Secret.objects.filter(forgotten_at__isnull=True).count() == 1


def test_values_that_were_tested_before_they_were_saved_take_over_at_once(cast: Cast) -> None:
    tested = server_from(cast.acme, {**VALUES, "password": PASSWORD}, at=AT)
    assert tested is not None
    note_accepted(cast.acme, tested, by=actor(cast.admin), at=AT)
    assert server_in_use(cast.acme) is None

    save(cast.admin, at=AT + PROOF_LASTS)

    assert server_in_use(cast.acme) == tested
    assert actions(cast.acme) == ["service_email.taken_over"]


def test_a_test_counts_for_an_hour(cast: Cast) -> None:
    tested = server_from(cast.acme, {**VALUES, "password": PASSWORD}, at=AT)
    assert tested is not None
    note_accepted(cast.acme, tested, by=actor(cast.admin), at=AT)

    save(cast.admin, at=AT + PROOF_LASTS + timedelta(seconds=1))

    assert server_in_use(cast.acme) is None


@pytest.mark.parametrize(
    "other",
    [
        {"host": "smtp.example.org"},
        {"port": 2525},
        {"account": "other@acme.example.com"},
        {"username": "other"},
        {"password": "other"},
    ],
)
def test_a_test_of_other_values_counts_for_nothing(cast: Cast, other: dict[str, Any]) -> None:
    save(cast.admin)

    note_accepted(cast.acme, replace(saved(cast.acme), **other), by=actor(cast.admin), at=AT)

    assert server_in_use(cast.acme) is None
    assert actions(cast.acme) == []


def test_another_workspaces_test_counts_for_nothing(cast: Cast) -> None:
    save(cast.admin)

    note_accepted(cast.zenith, saved(cast.acme), by=actor(cast.outsider), at=AT)
    save(cast.admin, based_on=1, nickname="Again")

    assert server_in_use(cast.acme) is None


def test_no_fingerprint_tells_of_the_password(cast: Cast) -> None:
    save_tested(cast.admin)

    proof = ServerProof.objects.get()

    assert len(proof.fingerprint) == 64
    assert PASSWORD not in repr(proof.__dict__)
    save(cast.admin, based_on=1, password="other")
    prove(cast.admin)
    assert ServerProof.objects.get().fingerprint != proof.fingerprint


def test_old_proofs_are_dropped(cast: Cast) -> None:
    save_tested(cast.admin)
    save(cast.admin, based_on=1, **NEW)

    prove(cast.admin, at=AT + timedelta(hours=2))

    assert ServerProof.objects.get().accepted_at == AT + timedelta(hours=2)


@pytest.mark.parametrize(
    "changed",
    [
        {"nickname": "Other"},
        {"reply_to": "help@acme.example.com"},
        {"contact_url": ""},
        {"dkim_selector": "s1"},
        {"password": PASSWORD},
    ],
)
def test_what_says_nothing_of_the_server_takes_effect_at_once(
    cast: Cast, changed: dict[str, Any]
) -> None:
    save_tested(cast.admin)

    save(cast.admin, **{"based_on": 1, "password": None, **changed})

    assert server_in_use(cast.acme) == saved(cast.acme)
    effective = section.effective(cast.acme, services.live(cast.acme, section).payload, at=AT)
    assert effective is not None
    assert effective["waits_for_test"] is False
    assert effective["since"] == AT
    assert actions(cast.acme) == ["service_email.taken_over"]


@pytest.mark.parametrize("last_test", [PROOF_LASTS + MINUTE, MINUTE])
def test_whether_a_password_is_the_stored_one_cannot_be_found_out_by_trying(
    cast: Cast, last_test: timedelta
) -> None:
    save_tested(cast.admin, at=AT - last_test)

    seen = []
    for number, guess in enumerate(["wrong", PASSWORD, "wrong", PASSWORD], start=1):
        save(cast.admin, based_on=number, password=guess)
        effective = section.effective(cast.acme, services.live(cast.acme, section).payload, at=AT)
        assert effective is not None
        seen.append(effective)

    assert [one["waits_for_test"] for one in seen] == [True] * 4
    assert seen[1:] == seen[:-1]
    used = server_in_use(cast.acme)
    assert used is not None
    assert used.password == PASSWORD


def test_a_password_typed_once_more_is_that_of_the_server_in_use_once_it_is_tested(
    cast: Cast,
) -> None:
    save_tested(cast.admin, at=AT - 2 * PROOF_LASTS)
    save(cast.admin, based_on=1)
    before = section.effective(cast.acme, services.live(cast.acme, section).payload, at=AT)

    prove(cast.admin)

    after = section.effective(cast.acme, services.live(cast.acme, section).payload, at=AT)
    assert before is not None
    assert after == {**before, "waits_for_test": False}
    assert actions(cast.acme) == ["service_email.taken_over"]
    assert Secret.objects.filter(forgotten_at__isnull=True).count() == 1


def test_a_queue_that_rests_goes_on_once_a_test_of_its_server_is_accepted(cast: Cast) -> None:
    save_tested(cast.admin)
    MailQueue.objects.update_or_create(
        workspace=cast.acme, defaults={"paused_until": AT + PROOF_LASTS, "failures": 3}
    )

    prove(cast.admin, at=AT + MINUTE)

    assert MailQueue.objects.get(workspace=cast.acme).paused_until is None


@pytest.mark.parametrize("how", ["empty", "reset"])
def test_without_a_host_the_platforms_mailer_sends_at_once(cast: Cast, how: str) -> None:
    save_tested(cast.admin)

    if how == "empty":
        save(cast.admin, based_on=1, password=None, host="", account="", username="")
    else:
        services.reset(cast.acme, section, based_on=1, by=actor(cast.admin), at=AT)

    assert server_in_use(cast.acme) is None
    assert not Secret.objects.filter(forgotten_at__isnull=True).exists()


def test_it_can_be_used_anyway_which_the_audit_log_says(cast: Cast) -> None:
    save_tested(cast.admin)
    save(cast.admin, based_on=1, **NEW)

    take_untested(cast.acme, by=actor(cast.admin), at=AT + MINUTE, based_on=2)

    assert server_in_use(cast.acme) == saved(cast.acme)
    assert ServerInUse.objects.get().untested is True
    entry = AuditEntry.objects.get(action="service_email.taken_untested")
    assert entry.changes == [
        {
            "field": "server",
            "before": "service@acme.example.com, smtp.example.com:587 (starttls)",
            "after": "service@acme.example.com, smtp.example.org:587 (starttls)",
        }
    ]
    assert Secret.objects.filter(forgotten_at__isnull=True).count() == 1


def test_a_test_of_what_is_in_use_untested_proves_it(cast: Cast) -> None:
    save(cast.admin)
    take_untested(cast.acme, by=actor(cast.admin), at=AT)

    prove(cast.admin, at=AT + MINUTE)
    prove(cast.admin, at=AT + MINUTE)

    row = ServerInUse.objects.get()
    assert (row.untested, row.taken_over_at) == (False, AT)
    assert actions(cast.acme) == ["service_email.taken_untested", "service_email.proved"]


def test_where_nothing_waits_nothing_is_taken(cast: Cast) -> None:
    with pytest.raises(NoServerWaits):
        take_untested(cast.acme, by=actor(cast.admin), at=AT)
    save_tested(cast.admin)
    with pytest.raises(NoServerWaits):
        take_untested(cast.acme, by=actor(cast.admin), at=AT)
    save(cast.admin, based_on=1, **NEW)
    with pytest.raises(services.StaleRevision):
        take_untested(cast.acme, by=actor(cast.admin), at=AT, based_on=1)

    assert host_in_use(cast.acme) == "smtp.example.com"


def test_page_and_api_show_both_and_take_over_on_demand(
    cast: Cast, browse: Browse, call: Browse
) -> None:
    save(cast.admin)
    admin, api = browse(cast.acme, cast.admin), call(cast.acme, cast.admin)

    card = admin.get("/settings/tenant/").text
    before = api.get(API).json()["meta"]["effective"]
    answer = post(api, "/use-anyway", {}, etag=1)
    after = admin.get("/settings/tenant/").text

    assert "Saved, not in use: send a test" in card
    assert "Use it anyway" in card
    assert (before["mailer"], before["waits_for_test"]) == ("platform", True)
    assert answer.status_code == 200
    assert (answer.json()["mailer"], answer.json()["untested"]) == ("own", True)
    assert answer.json()["host"] == "smtp.example.com"
    assert "In use, untested" in after
    assert "Saved, not in use" not in after


def test_the_button_of_the_card_takes_it_and_says_so(cast: Cast, browse: Browse) -> None:
    save(cast.admin)
    admin = browse(cast.acme, cast.admin)
    path = "/settings/tenant/service-email/use-anyway/"

    strange = admin.post(path, {"based_on": "x"})
    stale = admin.post(path, {"based_on": 7})
    done = admin.post(path, {"based_on": 1})
    page = admin.get("/settings/tenant/").text
    again = admin.post(path, {"based_on": 1})

    assert (strange.status_code, stale.status_code, again.status_code) == (404, 409, 409)
    assert done.headers["Location"] == "/settings/tenant/#service-email"
    assert "although no test of it was accepted" in page
    assert host_in_use(cast.acme) == "smtp.example.com"


def test_a_role_without_the_right_and_another_workspaces_admin_take_nothing(
    cast: Cast, browse: Browse, call: Browse
) -> None:
    save(cast.admin)
    path = "/settings/tenant/service-email/use-anyway/"

    answers = [
        browse(cast.acme, cast.developer).post(path, {"based_on": 1}),
        browse(cast.acme, cast.outsider).post(path, {"based_on": 1}),
        post(call(cast.acme, cast.developer), "/use-anyway", {}, etag=1),
        post(call(cast.acme, cast.outsider), "/use-anyway", {}, etag=1),
    ]

    assert [answer.status_code for answer in answers] == [403, 404, 403, 401]
    assert server_in_use(cast.acme) is None


def test_a_password_that_no_key_opens_is_said_and_can_be_typed_again(
    cast: Cast, browse: Browse, settings: Any
) -> None:
    save_tested(cast.admin)
    admin, said = browse(cast.acme, cast.admin), "cannot be opened with the keys in"
    assert said not in admin.get("/settings/tenant/").text
    settings.PORTICO_KEY_RING = ("bG9zdGxvc3Rsb3N0bG9zdGxvc3Rsb3N0bG9zdGxvc3Q=",)

    assert said in admin.get("/settings/tenant/").text
    assert admin.get(EDIT).status_code == 200

    with pytest.raises(SecretUnreadable):
        server_in_use(cast.acme)
    save(cast.admin, based_on=1)

    assert saved(cast.acme).password == PASSWORD
    prove(cast.admin)
    assert server_in_use(cast.acme) == saved(cast.acme)


def test_reading_the_server_in_use_takes_two_queries(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    save_tested(cast.admin)

    with django_assert_num_queries(2):
        server_in_use(cast.acme)
