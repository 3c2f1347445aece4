"""Who has not accepted what is in force goes no further, on pages and in the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.kernel.clock import now
from portico.legal.acceptance.standing import standing_in
from portico.legal.acceptance.tests.papers import accept
from portico.legal.models import LegalKind, LegalVersion
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role
from tests.make import make_legal_version, make_member, make_workspace

Browse = Callable[..., Client]
Queries = Callable[..., Any]
ACCEPT = "/legal/accept/"


def sent_to(answer: Any) -> tuple[str, str]:
    """Where a redirect leads, and where it leads back to."""
    parts = urlsplit(answer.headers["Location"])
    return parts.path, parse_qs(parts.query).get("next", [""])[0]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [LegalKind.TERMS, LegalKind.PRIVACY])
def test_every_role_is_asked(cast: Cast, browse: Browse, role: Role, kind: LegalKind) -> None:
    make_legal_version(cast.acme, kind)

    answer = browse(cast.acme, cast.members()[role.value]).get("/console/?tab=1")

    assert (answer.status_code, sent_to(answer)) == (302, (ACCEPT, "/console/?tab=1"))


def test_who_has_accepted_goes_on(cast: Cast, browse: Browse, call: Browse) -> None:
    accept(cast.developer, make_legal_version(cast.acme))

    assert browse(cast.acme, cast.developer).get("/console/").status_code == 200
    assert call(cast.acme, cast.developer).get("/api/v1/me").status_code == 200


def test_the_cookie_notice_asks_no_member(cast: Cast, browse: Browse) -> None:
    make_legal_version(cast.acme, LegalKind.COOKIES)

    assert browse(cast.acme, cast.developer).get("/console/").status_code == 200


def test_another_workspaces_terms_ask_nobody_here(cast: Cast, browse: Browse) -> None:
    make_legal_version(cast.zenith)

    assert browse(cast.acme, cast.developer).get("/console/").status_code == 200
    outsider = browse(cast.zenith, cast.outsider).get("/console/")
    assert sent_to(outsider)[0] == ACCEPT


def test_accepting_in_one_workspace_opens_no_other(cast: Cast, browse: Browse) -> None:
    accept(cast.developer, make_legal_version(cast.acme))
    make_legal_version(cast.zenith)
    there = make_member(cast.zenith, person=cast.developer.person)

    assert sent_to(browse(cast.zenith, there).get("/console/"))[0] == ACCEPT


def test_the_door_comes_before_the_gate(cast: Cast, browse: Browse, call: Browse) -> None:
    make_legal_version(cast.acme)

    assert browse(cast.acme, cast.outsider).get("/console/").status_code == 404
    assert browse(cast.acme, cast.developer).get("/settings/tenant/").status_code == 403
    assert browse(cast.acme).get("/console/").headers["Location"].startswith("/sign-in/")
    assert call(cast.acme).get("/api/v1/me").status_code == 401
    assert call(cast.acme, cast.developer).get("/api/v1/audit").json()["code"] == (
        "token_lacks_permission"
    )


def test_a_form_is_answered_with_the_page_that_it_was_on(cast: Cast, browse: Browse) -> None:
    make_legal_version(cast.acme)
    page = browse(cast.acme, cast.admin)
    referer = "http://acme.localhost:8000/settings/account/tokens/"

    answer = page.post("/settings/account/tokens/", {}, headers={"referer": referer})
    without = page.post("/settings/account/tokens/", {})
    elsewhere = page.post(
        "/settings/account/tokens/", {}, headers={"referer": "https://evil.example.com/x"}
    )

    assert sent_to(answer) == (ACCEPT, "/settings/account/tokens/")
    assert sent_to(without) == (ACCEPT, "/signed-in/")
    assert sent_to(elsewhere) == (ACCEPT, "/signed-in/")


def test_a_part_of_a_page_sends_the_whole_page_there(cast: Cast, browse: Browse) -> None:
    make_legal_version(cast.acme)
    headers = {
        "HX-Request": "true",
        "Referer": "http://acme.localhost:8000/settings/tenant/",
    }

    answer = browse(cast.acme, cast.admin).get("/settings/tenant/about-us/edit/", headers=headers)

    assert answer.status_code == 403
    assert answer.headers["HX-Redirect"] == f"{ACCEPT}?next=%2Fsettings%2Ftenant%2F"
    assert not answer.content


def test_the_api_says_what_has_to_be_accepted_and_where(cast: Cast, call: Browse) -> None:
    terms = make_legal_version(cast.acme, number=3)

    answer = call(cast.acme, cast.developer).get("/api/v1/me")

    problem = answer.json()
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["code"] == "terms_acceptance_required"
    assert problem["accept_at"] == "http://acme.localhost:8000/legal/accept/"
    (document,) = problem["documents"]
    assert (document["kind"], document["version"]) == ("terms-of-service", 3)
    assert document["effective_at"] == terms.effective_at.isoformat()
    assert document["url"].endswith("/legal/terms-of-service/3")
    assert cast.developer.person.email in problem["detail"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (ACCEPT, 200),
        ("/legal/terms-of-service", 200),
        ("/legal/terms-of-service/1", 200),
        ("/legal/declined/", 200),
        ("/cookies/", 200),
        ("/", 200),
        ("/sign-out/", 200),
        ("/settings/account/", 200),
    ],
)
def test_what_stays_open(cast: Cast, browse: Browse, path: str, status: int) -> None:
    make_legal_version(cast.acme)

    assert browse(cast.acme, cast.developer).get(path).status_code == status


def test_going_to_another_workspace_and_signing_out_stay_possible(
    cast: Cast, browse: Browse
) -> None:
    make_legal_version(cast.acme)
    make_member(cast.zenith, person=cast.developer.person)
    page = browse(cast.acme, cast.developer)

    assert "Zenith Bank" in page.get(ACCEPT).content.decode()
    assert page.post("/switch/zenith/").status_code == 200
    assert page.post("/language/", {"language": "zh-hans"}).status_code == 302
    assert page.post("/sign-out/").headers["Location"] == "/"


def test_a_correction_asks_nobody(cast: Cast, browse: Browse) -> None:
    accept(cast.developer, make_legal_version(cast.acme))
    later = now() - timedelta(hours=1)
    make_legal_version(cast.acme, number=2, material=False, effective_at=later)

    assert browse(cast.acme, cast.developer).get("/console/").status_code == 200


def test_a_material_version_asks_again(cast: Cast, browse: Browse) -> None:
    accept(cast.developer, make_legal_version(cast.acme))
    make_legal_version(cast.acme, number=2, effective_at=now() - timedelta(hours=1))

    assert sent_to(browse(cast.acme, cast.developer).get("/console/"))[0] == ACCEPT


def coming(cast: Cast) -> LegalVersion:
    """A version that takes effect in three days; everybody accepted what counts now."""
    first = make_legal_version(cast.acme)
    accept(cast.developer, first)
    return make_legal_version(cast.acme, number=2, effective_at=now() + timedelta(days=3))


def test_before_it_takes_effect_a_banner_names_the_day(
    cast: Cast, browse: Browse, call: Browse
) -> None:
    coming(cast)

    page = browse(cast.acme, cast.developer).get("/console/")

    assert page.status_code == 200
    text = page.content.decode()
    assert "Terms of Service" in text
    assert "can read and accept it now" in text
    assert f'{ACCEPT}?next=%2Fconsole%2F"' in text
    assert call(cast.acme, cast.developer).get("/api/v1/me").status_code == 200


def test_who_accepted_early_sees_no_banner(cast: Cast, browse: Browse) -> None:
    accept(cast.developer, coming(cast))

    page = browse(cast.acme, cast.developer).get("/console/").content.decode()

    assert "can read and accept it now" not in page


def test_a_withdrawn_version_shows_no_banner(cast: Cast, browse: Browse) -> None:
    LegalVersion.objects.filter(id=coming(cast).id).update(withdrawn_at=now())

    page = browse(cast.acme, cast.developer).get("/console/").content.decode()

    assert "can read and accept it now" not in page


def test_a_new_member_is_asked_at_the_first_look(cast: Cast, browse: Browse) -> None:
    make_legal_version(cast.acme)

    answer = browse(cast.acme, make_member(cast.acme, Role.OPERATOR)).get("/console/")

    assert sent_to(answer)[0] == ACCEPT


def test_the_gate_costs_no_query_whatever_is_published(
    cast: Cast, browse: Browse, django_assert_num_queries: Queries
) -> None:
    page = browse(cast.acme, cast.developer)
    for _warm_up in range(2):
        page.get("/console/")
    with CaptureQueriesContext(connection) as before:
        page.get("/console/")
    for number in range(1, 5):
        version = make_legal_version(cast.acme, number=number)
    accept(cast.developer, version)

    with django_assert_num_queries(len(before)):
        assert page.get("/console/").status_code == 200


def test_in_the_api_too(cast: Cast, call: Browse, django_assert_num_queries: Queries) -> None:
    empty = make_workspace()
    lone, member = make_member(empty), cast.developer
    for number in range(1, 5):
        version = make_legal_version(cast.acme, number=number)
    accept(member, version)
    callers = [call(empty, lone), call(cast.acme, member)]
    for caller in callers:
        caller.get("/api/v1/me")  # notes when the token was used

    for caller in callers:
        with django_assert_num_queries(2):  # the workspace, and the token with all about it
            assert caller.get("/api/v1/me").status_code == 200


def test_a_member_who_was_read_without_it_is_read_again(cast: Cast) -> None:
    make_legal_version(cast.acme)
    read = Membership.objects.select_related("workspace").get(id=cast.developer.id)

    assert standing_in(read).asked(at=now()).now
