"""Members and invitations over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.members.links import token_of
from portico.members.models import Invitation
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role
from tests.make import actor, make_invitation, make_member, make_person

Call = Callable[..., Client]
MEMBERS, INVITATIONS = "/api/v1/members", "/api/v1/invitations"


@pytest.fixture
def api(cast: Cast, call: Call) -> Client:
    return call(cast.acme, cast.admin)


def send(client: Client, method: str, path: str, body: object = None) -> Any:
    return client.generic(
        method, path, json.dumps(body) if body is not None else "", content_type="application/json"
    )


def test_a_member_is_answered_as_they_are(cast: Cast, api: Client) -> None:
    answer = api.get(f"{MEMBERS}/{cast.developer.id}").json()

    assert answer == {
        "id": str(cast.developer.id),
        "email": "developer@acme.example.com",
        "name": "Workspace Developer",
        "role": "developer",
        "state": "active",
        "address_verified": True,
        "two_factor": False,
        "member_since": "2026-11-22T08:00:00Z",
        "blocked_at": None,
    }


def test_members_come_a_page_at_a_time_each_once(cast: Cast, api: Client) -> None:
    for _number in range(7):
        make_member(cast.acme)
    seen: list[str] = []
    cursor, pages = "", 0
    while True:
        answer = api.get(f"{MEMBERS}?limit=5{cursor}").json()
        seen += [item["id"] for item in answer["items"]]
        pages += 1
        if answer["next"] is None:
            break
        cursor = f"&cursor={answer['next']}"

    here = {str(member.id) for member in Membership.objects.filter(workspace=cast.acme)}
    assert (len(seen), set(seen), pages) == (12, here, 3)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=inspector", ["inspector"]),
        ("role=developer", ["developer"]),
        ("state=blocked", []),
        ("address_verified=false", []),
        ("q=%00", []),
    ],
)
def test_members_are_looked_for(cast: Cast, api: Client, query: str, found: list[str]) -> None:
    items = api.get(f"{MEMBERS}?{query}").json()["items"]

    assert [item["role"] for item in items] == found


def test_a_filter_that_makes_no_sense_is_refused(api: Client) -> None:
    for query in ("role=owner", "state=asleep", "limit=0", "limit=201", "cursor=x"):
        assert api.get(f"{MEMBERS}?{query}").status_code == 422
        assert api.get(f"{INVITATIONS}?{query}").status_code == 422


def test_a_member_is_given_another_role_blocked_let_in_and_removed(cast: Cast, api: Client) -> None:
    path = f"{MEMBERS}/{cast.developer.id}"

    role = send(api, "PATCH", path, {"role": "operator"}).json()["role"]
    blocked = send(api, "POST", f"{path}/block").json()
    twice = send(api, "POST", f"{path}/block")
    back = send(api, "POST", f"{path}/unblock").json()
    gone = api.delete(path).status_code

    assert role == "operator"
    assert (blocked["state"], blocked["blocked_at"] is not None) == ("blocked", True)
    assert (twice.status_code, twice.json()["code"]) == (409, "blocked_already")
    assert (back["state"], back["blocked_at"]) == ("active", None)
    assert gone == 204
    assert api.get(path).status_code == 404
    vias = AuditEntry.objects.filter(action__startswith="member.").values_list("via", flat=True)
    assert list(vias)[:4] == ["api"] * 4


def test_the_only_admin_is_kept_by_the_api_too(cast: Cast, api: Client) -> None:
    path = f"{MEMBERS}/{cast.admin.id}"

    answers = [
        send(api, "PATCH", path, {"role": "operator"}),
        send(api, "POST", f"{path}/block"),
        api.delete(path),
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {
        (409, "last_admin")
    }


def test_one_is_invited_and_a_second_time_is_a_conflict(cast: Cast, api: Client) -> None:
    body = {"email": "Nia@example.com", "role": "reviewer", "message": "Hi"}

    first = send(api, "POST", INVITATIONS, body)
    again = send(api, "POST", INVITATIONS, body)

    (result,) = first.json()["results"]
    assert first.status_code == 201
    assert (result["email"], result["outcome"]) == ("nia@example.com", "invited")
    assert result["invitation"]["state"] == "open"
    assert result["invitation"]["invited_by"] == "admin@acme.example.com"
    assert (again.status_code, again.json()["code"]) == (409, "invited_already")
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(
    ("email", "status", "code"),
    [
        ("developer@acme.example.com", 409, "already_member"),
        ("nobody", 422, "not_an_address"),
        ("a@example.com\r\nBcc: b@example.com", 422, "not_an_address"),
        ("a\ud800@example.com", 422, "invalid_fields"),
    ],
)
def test_one_who_cannot_be_invited_is_refused(
    cast: Cast, api: Client, email: str, status: int, code: str
) -> None:
    answer = send(api, "POST", INVITATIONS, {"email": email, "role": "reviewer"})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Invitation.objects.exists()


def test_of_several_each_is_answered_for(cast: Cast, api: Client) -> None:
    emails = ["a@example.com", "no", "developer@acme.example.com", "x\x00@example.com"]

    answer = send(api, "POST", INVITATIONS, {"emails": emails, "role": "reviewer"})

    outcomes = [result["outcome"] for result in answer.json()["results"]]
    assert answer.status_code == 201
    assert outcomes == ["invited", "invalid", "already_member", "invalid"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"role": "admin"}, "one_or_several"),
        (
            {"email": "a@example.com", "emails": ["b@example.com"], "role": "admin"},
            "one_or_several",
        ),
        ({"email": "a@example.com"}, None),
        ({"email": "a@example.com", "role": "owner"}, None),
        ({"emails": [f"p{n}@example.com" for n in range(51)], "role": "admin"}, None),
        ({"email": "a@example.com", "role": "admin", "message": "x" * 1001}, None),
        ({"email": "a@example.com", "role": "admin", "language": "tlh"}, None),
    ],
)
def test_a_request_that_cannot_be_used_invites_nobody(
    api: Client, body: dict[str, object], code: str | None
) -> None:
    answer = send(api, "POST", INVITATIONS, body)

    assert answer.status_code == 422
    assert code in {None, answer.json()["code"]}
    assert not Invitation.objects.exists()


def test_invitations_are_listed_sent_again_and_withdrawn(cast: Cast, api: Client) -> None:
    for number in range(3):
        make_invitation(cast.acme, f"p{number}@example.com")
    make_invitation(cast.zenith, "elsewhere@example.com")
    first = api.get(f"{INVITATIONS}?limit=2").json()
    second = api.get(f"{INVITATIONS}?limit=2&cursor={first['next']}").json()
    path = f"{INVITATIONS}/{first['items'][0]['id']}"

    sent = send(api, "POST", f"{path}/resend").json()
    gone = api.delete(path).status_code

    emails = [item["email"] for item in first["items"] + second["items"]]
    assert emails == ["p2@example.com", "p1@example.com", "p0@example.com"]
    assert second["next"] is None
    assert sent["sent_at"] > first["items"][0]["sent_at"]
    assert gone == 204
    assert api.get(path).json()["state"] == "withdrawn"
    assert api.delete(path).json()["code"] == "invitation_withdrawn"


def test_another_workspaces_invitation_is_not_there(cast: Cast, call: Call) -> None:
    invitation = make_invitation(cast.acme)
    api, path = call(cast.zenith, cast.outsider), f"{INVITATIONS}/{invitation.id}"

    answers = [api.get(path), send(api, "POST", f"{path}/resend"), api.delete(path)]

    assert {answer.status_code for answer in answers} == {404}


def test_no_answer_holds_what_makes_a_link(cast: Cast, api: Client) -> None:
    posted = send(api, "POST", INVITATIONS, {"email": "nia@example.com", "role": "admin"})
    invitation = Invitation.objects.get()
    path = f"{INVITATIONS}/{invitation.id}"
    Invitation.objects.update(sent_at=invitation.sent_at - timedelta(hours=1))

    texts = [
        posted.content.decode(),
        api.get(path).content.decode(),
        api.get(INVITATIONS).content.decode(),
        send(api, "POST", f"{path}/resend").content.decode(),
    ]

    invitation.refresh_from_db()
    for text in texts:
        assert str(invitation.id) in text
        assert "nonce" not in text
        assert invitation.nonce not in text
        assert token_of(invitation) not in text


def test_lists_cost_the_same_with_few_and_with_many(
    cast: Cast, api: Client, django_assert_max_num_queries: Any
) -> None:
    for _number in range(30):
        member = make_member(cast.acme, Role.REVIEWER, person=make_person())
        make_invitation(cast.acme, by=actor(member))
    api.get(MEMBERS)

    for path in (MEMBERS, INVITATIONS):
        with django_assert_max_num_queries(4):
            assert len(api.get(path).json()["items"]) > 25
