from __future__ import annotations

import csv
from collections.abc import Callable

from django.http import StreamingHttpResponse
from django.test import Client

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.audit.services import erase_person
from portico.members.services import block, withdraw
from tests.make import AT, actor, make_invitation

Browse = Callable[..., Client]
Call = Callable[..., Client]


def test_an_entry_about_somebody_names_them_on_page_csv_and_api(
    cast: Cast, browse: Browse, call: Call
) -> None:
    block(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)
    admin = browse(cast.acme, cast.admin)

    (row,) = admin.get("/console/audit/?action=member.blocked").context["rows"]
    exported: object = admin.get("/console/audit.csv?action=member.blocked")
    (item,) = call(cast.acme, cast.admin).get("/api/v1/audit?action=member.blocked").json()["items"]

    assert (row.what, row.subject) == ("Blocked a member", "Workspace Developer")
    assert isinstance(exported, StreamingHttpResponse)
    (line,) = csv.DictReader(exported.getvalue().decode().splitlines())
    assert line["subject"] == item["subject_label"] == "Workspace Developer"
    assert item["subject_id"] == str(cast.developer.person_id)


def test_an_entry_about_an_invitation_names_the_address_as_long_as_it_is_kept(
    cast: Cast, browse: Browse
) -> None:
    invitation = make_invitation(cast.acme, "nia@example.com")
    withdraw(cast.acme, invitation.id, by=actor(cast.admin), at=AT)
    page = "/console/audit/?action=invitation.withdrawn"
    admin = browse(cast.acme, cast.admin)

    before = admin.get(page).context["rows"][0].subject
    invitation.delete()
    after = admin.get(page).context["rows"][0].subject

    assert (before, after) == ("nia@example.com", "")


def test_an_entry_about_an_erased_person_names_nobody(cast: Cast, browse: Browse) -> None:
    block(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)
    erase_person(cast.developer.person_id, at=AT)

    page = browse(cast.acme, cast.admin).get("/console/audit/?action=member.blocked")

    assert page.context["rows"][0].subject == ""
    assert "Workspace Developer" not in page.content.decode()


def test_entries_are_found_by_whom_they_are_about_on_page_csv_and_api(
    cast: Cast, browse: Browse, call: Call
) -> None:
    block(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)
    make_invitation(cast.acme, "nia@example.com", by=actor(cast.admin))
    make_invitation(cast.zenith, "nia@example.com", by=actor(cast.outsider))
    admin, api = browse(cast.acme, cast.admin), call(cast.acme, cast.admin)

    def found(words: str) -> list[list[str]]:
        page = admin.get("/console/audit/", {"q": words}).context["rows"]
        exported: object = admin.get("/console/audit.csv", {"q": words})
        assert isinstance(exported, StreamingHttpResponse)
        lines = csv.DictReader(exported.getvalue().decode().splitlines())
        items = api.get("/api/v1/audit", {"q": words}).json()["items"]
        actions = (
            [row.entry.action for row in page],
            [line["action"] for line in lines],
            [item["action"] for item in items],
        )
        return [[one for one in some if one != "audit.exported"] for some in actions]

    assert found("developer@acme") == [["member.blocked", "member.added"]] * 3
    assert found("nia@ex") == [["invitation.made"]] * 3
    erase_person(cast.developer.person_id, at=AT)
    assert found("developer@acme") == [[]] * 3


def test_a_failed_sign_in_names_whom_it_was_tried_for_until_they_are_erased(
    cast: Cast, browse: Browse
) -> None:
    browse(cast.acme).post(
        "/sign-in/", {"login": "developer@acme.example.com", "password": "not the right one"}
    )
    page = "/console/audit/?action=account.sign_in_failed"
    admin = browse(cast.acme, cast.admin)
    (entry,) = AuditEntry.objects.filter(action="account.sign_in_failed")

    before = admin.get(page).context["rows"][0].subject
    erase_person(cast.developer.person_id, at=AT)
    after = admin.get(page).context["rows"][0].subject

    assert entry.subject_label == ""
    assert (before, after) == ("Workspace Developer", "")
