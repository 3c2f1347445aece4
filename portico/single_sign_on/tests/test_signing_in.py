"""Signing in with a linked account, against a provider that runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from conftest import Cast
from portico.accounts.models import Person
from portico.audit.models import AuditEntry
from portico.single_sign_on.provider import configured_providers
from portico.single_sign_on.tests.conftest import Go
from tests.make import make_person
from tests.peers.oidc import OTHER_KEY, OidcPeer, signed

Browse = Callable[..., Client]
NOBODY = "No account here is linked"
NOT_USABLE = "could not be used"


@pytest.fixture
def linked(cast: Cast, staff: OidcPeer, browse: Browse, go: Go) -> Person:
    """The developer, with an account of the provider linked."""
    browser = signed_in(browse, cast)
    answer(browser, staff.sign_in(go(browser, linking=True)))
    return cast.developer.person


def signed_in(browse: Browse, cast: Cast) -> Client:
    """The developer's browser, in which they have just shown who they are."""
    return confirmed(browse(cast.acme, cast.developer), cast.developer.person)


def confirmed(client: Client, person: Person) -> Client:
    """The browser, in which who they are was shown just now."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client


def answer(client: Client, back: str) -> str:
    """Follow the provider's way back; returns the page that one lands on."""
    response = client.get(back, follow=True)
    return str(response.content.decode())


def person_in(client: Client) -> str:
    return str(client.session.get("_auth_user_id", ""))


def test_a_linked_account_signs_its_holder_in(
    cast: Cast, staff: OidcPeer, linked: Person, browse: Browse, go: Go
) -> None:
    visitor = browse(cast.acme)

    answer(visitor, staff.sign_in(go(visitor)))

    assert person_in(visitor) == str(linked.id)
    assert visitor.get("/console/").status_code == 200
    asked = staff.asked[-1]
    assert asked["redirect_uri"] == "http://acme.localhost:8000/sign-in/with/staff/answer/"
    assert asked["code_challenge_method"] == "S256"
    assert asked["nonce"]


def test_people_land_where_they_wanted_to_go(
    cast: Cast, staff: OidcPeer, linked: Person, browse: Browse, go: Go
) -> None:
    visitor = browse(cast.acme)

    response = visitor.get(staff.sign_in(go(visitor, next="/settings/account/")))

    assert response.headers["Location"] == "/settings/account/"


def test_they_do_not_land_elsewhere(
    cast: Cast, staff: OidcPeer, linked: Person, browse: Browse, go: Go
) -> None:
    visitor = browse(cast.acme)

    response = visitor.get(staff.sign_in(go(visitor, next="https://evil.example/")))

    assert response.headers["Location"].startswith("/")
    assert not response.headers["Location"].startswith("//")


def test_an_address_alone_signs_nobody_in(
    cast: Cast, staff: OidcPeer, browse: Browse, go: Go
) -> None:
    staff.person = {"sub": "7", "email": "admin@acme.example.com", "email_verified": True}
    visitor = browse(cast.acme)

    page = answer(visitor, staff.sign_in(go(visitor)))

    assert NOBODY in page
    assert not person_in(visitor)
    assert not SocialAccount.objects.exists()
    assert Person.objects.count() == 6


def test_another_person_of_the_provider_is_not_let_in(
    cast: Cast, staff: OidcPeer, linked: Person, browse: Browse, go: Go
) -> None:
    staff.person = {"sub": "43"}
    visitor = browse(cast.acme)

    assert NOBODY in answer(visitor, staff.sign_in(go(visitor)))
    assert not person_in(visitor)


def test_the_same_sub_of_another_issuer_is_another_person(
    cast: Cast, staff: OidcPeer, linked: Person, browse: Browse, go: Go, settings: Any
) -> None:
    (configured,) = configured_providers()
    moved = staff.issuer.replace("127.0.0.1", "localhost")
    settings.PORTICO_OIDC_PROVIDERS = (replace(configured, issuer=moved),)
    staff.discovery["issuer"] = moved
    staff.spoil(iss=moved)
    visitor = browse(cast.acme)

    assert NOBODY in answer(visitor, staff.sign_in(go(visitor)))
    assert not person_in(visitor)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "http://127.0.0.1:1"},
        {"aud": "another-client"},
        {"exp": 1_000_000_000},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": ""},
        {"sub": 42},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_is_refused(
    cast: Cast,
    staff: OidcPeer,
    linked: Person,
    browse: Browse,
    go: Go,
    claims: dict[str, object],
) -> None:
    staff.spoil(**claims)
    visitor = browse(cast.acme)

    assert NOT_USABLE in answer(visitor, staff.sign_in(go(visitor)))
    assert not person_in(visitor)


def test_a_token_signed_by_somebody_else_is_refused(
    cast: Cast, staff: OidcPeer, linked: Person, browse: Browse, go: Go
) -> None:
    staff.sign = partial(signed, key=OTHER_KEY)
    visitor = browse(cast.acme)

    assert NOT_USABLE in answer(visitor, staff.sign_in(go(visitor)))
    assert not person_in(visitor)


def test_an_answer_counts_once_and_in_the_browser_that_asked(
    cast: Cast, staff: OidcPeer, linked: Person, browse: Browse, go: Go
) -> None:
    visitor, thief = browse(cast.acme), browse(cast.acme)
    back = staff.sign_in(go(visitor))

    assert NOT_USABLE in answer(thief, back)
    answer(visitor, back)
    visitor.post("/sign-out/")

    assert NOT_USABLE in answer(visitor, back)
    assert not person_in(thief)
    assert not person_in(visitor)


def test_a_provider_that_calls_itself_something_else_is_not_asked(
    cast: Cast, staff: OidcPeer, browse: Browse
) -> None:
    staff.discovery["issuer"] = "https://other.example"

    page = browse(cast.acme).post("/sign-in/with/staff/", follow=True).content.decode()

    assert NOT_USABLE in page


def test_a_provider_that_is_down_is_said_to_be(
    cast: Cast, staff: OidcPeer, browse: Browse, settings: Any
) -> None:
    (configured,) = configured_providers()
    settings.PORTICO_OIDC_PROVIDERS = (replace(configured, issuer="http://127.0.0.1:9"),)

    page = browse(cast.acme).post("/sign-in/with/staff/", follow=True).content.decode()

    assert "could not be reached" in page


def test_an_inner_address_is_not_called(
    cast: Cast, staff: OidcPeer, browse: Browse, settings: Any
) -> None:
    (configured,) = configured_providers()
    settings.PORTICO_OIDC_PROVIDERS = (replace(configured, issuer="https://10.0.0.1"),)

    page = browse(cast.acme).post("/sign-in/with/staff/", follow=True).content.decode()

    assert "could not be reached" in page


def test_whoever_cancels_is_back_at_sign_in(
    cast: Cast, staff: OidcPeer, browse: Browse, go: Go
) -> None:
    visitor = browse(cast.acme)
    back = staff.sign_in(go(visitor)).replace("code=code-1", "error=access_denied")

    assert "You canceled at the provider" in answer(visitor, back)


def test_a_workspace_that_is_not_served_does_not_offer_it(
    cast: Cast, staff: OidcPeer, browse: Browse, settings: Any
) -> None:
    (configured,) = configured_providers()
    settings.PORTICO_OIDC_PROVIDERS = (replace(configured, workspaces=("zenith",)),)
    visitor = browse(cast.acme)

    assert "Sign in with Staff ID" not in visitor.get("/sign-in/").content.decode()
    assert visitor.post("/sign-in/with/staff/").status_code == 404
    assert visitor.get("/sign-in/with/staff/answer/?code=x&state=y").status_code == 404


def test_a_closed_account_stays_closed(
    cast: Cast, staff: OidcPeer, linked: Person, browse: Browse, go: Go
) -> None:
    Person.objects.filter(id=linked.id).update(is_active=False)
    visitor = browse(cast.acme)

    answer(visitor, staff.sign_in(go(visitor)))

    assert not person_in(visitor)


def test_linking_is_recorded_and_holds_no_token(cast: Cast, linked: Person) -> None:
    (entry,) = AuditEntry.objects.filter(action="account.linked")
    (link,) = SocialAccount.objects.all()

    assert entry.subject_id == str(linked.id)
    assert link.extra_data == {"iss": link.extra_data["iss"], "sub": "42"}


def test_somebody_elses_account_cannot_be_linked(
    cast: Cast, staff: OidcPeer, linked: Person, browse: Browse, go: Go
) -> None:
    other = confirmed(browse(cast.acme, cast.admin), cast.admin.person)

    page = answer(other, staff.sign_in(go(other, linking=True)))

    assert "linked to another account here" in page
    assert SocialAccount.objects.get().user_id == linked.id


def test_linking_is_for_who_began_it(cast: Cast, staff: OidcPeer, browse: Browse, go: Go) -> None:
    browser = signed_in(browse, cast)
    back = staff.sign_in(go(browser, linking=True))
    session = browser.session
    browser.force_login(cast.admin.person)
    for key, value in session.items():
        if not key.startswith("_auth"):
            changed = browser.session
            changed[key] = value
            changed.save()

    answer(browser, back)

    assert not SocialAccount.objects.exists()


def test_linking_asks_who_one_is(cast: Cast, staff: OidcPeer, browse: Browse) -> None:
    person = cast.developer.person
    person.set_password("correct horse battery")
    person.save()
    stale = browse(cast.acme, cast.developer)

    response = stale.post("/settings/account/linked-sign-ins/staff/link/")

    assert response.status_code == 302
    assert "reauthenticate" in response.headers["Location"]


def test_a_link_can_be_ended(cast: Cast, staff: OidcPeer, linked: Person, browse: Browse) -> None:
    linked.set_password("correct horse battery")
    linked.save()
    browser = signed_in(browse, cast)
    link = SocialAccount.objects.get()

    page = browser.post(f"/settings/account/linked-sign-ins/{link.pk}/unlink/", follow=True)

    assert "no longer sign in with that account of Staff ID" in page.content.decode()
    assert not SocialAccount.objects.exists()


def test_the_last_way_in_stays(cast: Cast, staff: OidcPeer, linked: Person, browse: Browse) -> None:
    link = SocialAccount.objects.get()

    page = signed_in(browse, cast).post(
        f"/settings/account/linked-sign-ins/{link.pk}/unlink/", follow=True
    )

    assert "this is the only way to sign in" in page.content.decode()
    assert SocialAccount.objects.count() == 1


def test_others_links_are_nothing(cast: Cast, staff: OidcPeer, browse: Browse) -> None:
    link = SocialAccount.objects.create(user=make_person(), provider="staff", uid="x")

    response = signed_in(browse, cast).post(f"/settings/account/linked-sign-ins/{link.pk}/unlink/")

    assert response.status_code == 404
    assert SocialAccount.objects.count() == 1
