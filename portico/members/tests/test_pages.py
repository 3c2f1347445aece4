"""The pages about members and invitations: lists, filters, the invite form, the CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.kernel.clock import now
from portico.members.links import token_of
from portico.members.models import Invitation
from portico.members.services import accept, block, withdraw
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role
from tests.make import AT, actor, make_invitation, make_member, make_person

Browse = Callable[..., Client]
MEMBERS, INVITATIONS = "/console/members/", "/console/members/invitations/"
INVITE, CSV = "/console/members/invite/", "/console/members/members.csv"
DAY = timedelta(days=1)


@pytest.fixture
def admin(cast: Cast, browse: Browse) -> Client:
    return browse(cast.acme, cast.admin)


def listed(client: Client, query: str = "") -> list[str]:
    """Who is on the page of members, by address, in their order."""
    return [row[0].person.email for row in client.get(MEMBERS + query).context["rows"]]


def invited(client: Client, query: str = "") -> list[str]:
    return [row[0].email for row in client.get(INVITATIONS + query).context["rows"]]


def test_the_members_of_this_workspace_are_listed_and_no_others(cast: Cast, admin: Client) -> None:
    assert sorted(listed(admin)) == sorted(
        member.person.email for member in cast.members().values()
    )


def test_the_list_is_narrowed_by_words_role_and_state(cast: Cast, admin: Client) -> None:
    block(cast.acme, cast.operator.id, by=actor(cast.admin), at=AT)
    cast.reviewer.person.verified_at = None
    cast.reviewer.person.save()
    cast.inspector.person.is_active = False
    cast.inspector.person.save()

    asked = {
        "?q=INSPECT": ["inspector"],
        "?q=workspace+operat": ["operator"],
        "?q=reviewer@acme": ["reviewer"],
        "?q=zoe": [],
        "?q=%25": [],
        "?role=developer": ["developer"],
        "?state=blocked": ["operator"],
        "?state=unverified": ["reviewer"],
        "?state=no_two_factor&role=operator": ["operator"],
        "?state=closed": ["inspector"],
        "?state=active&q=operator": [],
    }
    found = {query: listed(admin, query) for query in asked}

    assert found == {
        query: [f"{name}@acme.example.com" for name in names] for query, names in asked.items()
    }


def test_a_filter_that_makes_no_sense_narrows_nothing(cast: Cast, admin: Client) -> None:
    for query in ("?q=%00", "?role=nothing", "?state=nothing", "?page=x", "?page=99"):
        assert len(listed(admin, query)) == 5


def test_the_list_is_sorted_as_asked(cast: Cast, admin: Client) -> None:
    for number, role in enumerate(("inspector", "operator", "reviewer", "developer", "admin")):
        member = getattr(cast, role)
        Membership.objects.filter(id=member.id).update(created_at=AT + number * DAY)

    asked = {
        "name": ("inspector", "reviewer"),
        "-name": ("reviewer", "inspector"),
        "role": ("admin", "reviewer"),
        "-role": ("reviewer", "admin"),
        "joined": ("inspector", "admin"),
        "-joined": ("admin", "inspector"),
        "; DROP TABLE": ("inspector", "reviewer"),
    }
    orders = {sort: listed(admin, f"?sort={sort}") for sort in asked}

    assert {sort: (emails[0], emails[-1]) for sort, emails in orders.items()} == {
        sort: (f"{first}@acme.example.com", f"{last}@acme.example.com")
        for sort, (first, last) in asked.items()
    }


def test_the_list_comes_in_pages_that_keep_what_was_asked(cast: Cast, admin: Client) -> None:
    for number in range(60):
        make_member(cast.acme, person=make_person(f"sam-{number:02}@example.com"))

    first = admin.get(f"{MEMBERS}?q=sam&sort=-name")
    second = listed(admin, "?q=sam&sort=-name&page=2")

    assert len(first.context["rows"]) == 50
    assert second == [f"sam-{number:02}@example.com" for number in range(9, -1, -1)]
    assert "?q=sam&amp;sort=-name&amp;page=2" in first.content.decode()


@pytest.mark.parametrize("page", [MEMBERS, INVITATIONS])
def test_a_list_costs_the_same_with_one_and_with_fifty(
    cast: Cast, admin: Client, page: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert admin.get(page).status_code == 200
        return len(captured)

    make_invitation(cast.acme, by=actor(cast.admin))
    for _wearing_in in range(2):
        queries()
    with_few = queries()
    for _number in range(50):
        member = make_member(cast.acme, Role.ADMIN)
        make_invitation(cast.acme, by=actor(member))

    assert queries() == with_few


def test_a_name_cannot_be_markup(cast: Cast, admin: Client) -> None:
    member = make_member(cast.acme, person=make_person(name="<img src=x onerror=alert(1)>"))

    for page in (MEMBERS, f"{MEMBERS}{member.id}/"):
        text = admin.get(page).content.decode()
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text


def test_empty_lists_say_what_to_do(admin: Client) -> None:
    assert "Nobody was invited yet" in admin.get(INVITATIONS).content.decode()
    assert "No invitation fits" in admin.get(f"{INVITATIONS}?q=x").content.decode()
    assert "Nobody fits" in admin.get(f"{MEMBERS}?q=nobody-like-this").content.decode()


def test_invitations_are_listed_with_what_became_of_them(cast: Cast, admin: Client) -> None:
    at = now()
    make_invitation(cast.acme, "open@example.com", at=at)
    make_invitation(cast.acme, "late@example.com", at=at - 4 * DAY)
    gone = make_invitation(cast.acme, "gone@example.com", at=at)
    withdraw(cast.acme, gone.id, by=actor(cast.admin), at=at)
    used = make_invitation(cast.acme, "used@example.com", Role.REVIEWER, at=at)
    person = make_person("used@example.com")
    accept(token_of(used), cast.acme, person, by=actor(cast.admin), at=at)
    make_invitation(cast.zenith, "elsewhere@example.com", at=at)

    assert invited(admin) == [
        "used@example.com",
        "gone@example.com",
        "late@example.com",
        "open@example.com",
    ]
    for state in ("open", "withdrawn", "accepted", "expired"):
        (email,) = invited(admin, f"?state={state}")
        assert (
            email
            == {
                "open": "open@example.com",
                "withdrawn": "gone@example.com",
                "accepted": "used@example.com",
                "expired": "late@example.com",
            }[state]
        )
    assert invited(admin, "?role=reviewer") == ["used@example.com"]
    assert invited(admin, "?q=LATE") == ["late@example.com"]
    page = admin.get(INVITATIONS).content.decode()
    assert page.count("/resend/") == 2
    assert page.count("/withdraw/") == 2


def test_several_are_invited_by_one_form(cast: Cast, admin: Client) -> None:
    answer = admin.post(
        INVITE,
        {"emails": "a@example.com; Bob <b@example.com>\nc@example.com", "role": "operator"},
        follow=True,
    )

    assert answer.redirect_chain == [(INVITATIONS, 302)]
    assert "3 invitations are on their way." in answer.content.decode()
    assert set(Invitation.objects.values_list("email", "role")) == {
        ("a@example.com", "operator"),
        ("b@example.com", "operator"),
        ("c@example.com", "operator"),
    }


def test_the_form_keeps_what_is_left_to_correct_and_what_else_was_typed(
    cast: Cast, admin: Client
) -> None:
    answer = admin.post(
        INVITE,
        {
            "emails": "fine@example.com, wrong@, developer@acme.example.com",
            "role": "inspector",
            "message": "Hello <b>you</b>",
            "language": "zh-hans",
        },
    )

    page = answer.content.decode()
    form = answer.context["form"]
    assert answer.status_code == 200
    assert form["emails"].value() == "wrong@"
    assert (form["role"].value(), form["language"].value()) == ("inspector", "zh-hans")
    assert "Hello &lt;b&gt;you&lt;/b&gt;" in page
    assert "1 invitation is on its way." in page
    assert "A member already" in page
    assert "Not an email address" in page


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        ({"emails": "", "role": "admin"}, "This field is required"),
        ({"emails": " , ; ", "role": "admin"}, "at least one email address"),
        ({"emails": "a@example.com", "role": ""}, "This field is required"),
        ({"emails": "a@example.com", "role": "owner"}, "Select a valid choice"),
        ({"emails": "a@example.com", "role": "admin", "message": "x" * 1001}, "1001 characters"),
        (
            {"emails": " ".join(f"p{n}@example.com" for n in range(51)), "role": "admin"},
            "These are 51 addresses",
        ),
    ],
)
def test_a_form_that_cannot_be_used_invites_nobody_and_loses_nothing(
    cast: Cast, admin: Client, sent: dict[str, str], complaint: str
) -> None:
    answer = admin.post(INVITE, sent)

    assert answer.status_code == 422
    assert complaint in answer.content.decode()
    assert answer.context["form"]["emails"].value() == sent["emails"]
    assert not Invitation.objects.exists()


def test_resending_and_withdrawing_are_buttons_that_say_what_happened(
    cast: Cast, admin: Client
) -> None:
    invitation = make_invitation(cast.acme, "nia@example.com")
    before = invitation.nonce

    sent = admin.post(f"{INVITATIONS}{invitation.id}/resend/", follow=True)
    gone = admin.post(f"{INVITATIONS}{invitation.id}/withdraw/", follow=True)
    again = admin.post(f"{INVITATIONS}{invitation.id}/withdraw/")

    assert "A new link is on its way to nia@example.com" in sent.content.decode()
    assert "to nia@example.com is withdrawn" in gone.content.decode()
    assert again.status_code == 409
    invitation.refresh_from_db()
    assert invitation.nonce != before
    assert invitation.withdrawn_at is not None


@pytest.mark.parametrize("verb", ["resend", "withdraw"])
def test_invitations_are_changed_by_admins_of_their_workspace_alone(
    cast: Cast, browse: Browse, verb: str
) -> None:
    invitation = make_invitation(cast.acme)
    address = f"{INVITATIONS}{invitation.id}/{verb}/"

    assert browse(cast.acme, cast.developer).post(address).status_code == 403
    assert browse(cast.acme, cast.outsider).post(address).status_code == 404
    assert browse(cast.zenith, cast.outsider).post(address).status_code == 404
    invitation.refresh_from_db()
    assert (invitation.withdrawn_at, invitation.sent_at) == (None, AT)


def test_no_page_shows_what_makes_a_link(cast: Cast, admin: Client) -> None:
    invitation = make_invitation(cast.acme, by=actor(cast.admin))

    for page in (INVITATIONS, MEMBERS, "/console/audit/", "/console/"):
        text = admin.get(page).content.decode()
        assert invitation.nonce not in text
        assert token_of(invitation) not in text


# CSV


def lines(client: Client, query: str = "") -> list[dict[str, str]]:
    answer: object = client.get(CSV + query)
    assert isinstance(answer, StreamingHttpResponse)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="members-acme-')
    return list(csv.DictReader(answer.getvalue().decode().splitlines()))


def test_the_members_are_exported_as_they_are_filtered(cast: Cast, admin: Client) -> None:
    block(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)

    (line,) = lines(admin, "?role=developer")

    assert line == {
        "name": "Workspace Developer",
        "email": "developer@acme.example.com",
        "role": "developer",
        "state": "blocked",
        "address_verified": "yes",
        "two_factor": "no",
        "member_since": AT.isoformat(),
        "id": str(cast.developer.id),
    }
    assert len(lines(admin)) == 5


def test_that_members_were_exported_is_recorded(cast: Cast, admin: Client) -> None:
    lines(admin)

    entry = AuditEntry.objects.get(action="member.exported")
    assert (entry.workspace_id, entry.actor_id) == (cast.acme.id, cast.admin.person_id)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1"])
def test_a_name_is_no_formula(cast: Cast, admin: Client, name: str) -> None:
    make_member(cast.acme, person=make_person("=x@example.com", name=name))

    (line,) = lines(admin, "?q=%3Dx@example.com")

    assert line["name"] == f"'{name}"
    assert line["email"] == "'=x@example.com"


def test_an_export_costs_the_same_with_few_and_with_many(cast: Cast, admin: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            lines(admin)
        return len(captured)

    queries()
    with_few = queries()
    for _number in range(50):
        make_member(cast.acme)

    assert queries() == with_few
