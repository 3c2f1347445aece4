"""Providers that answer what they should not, and answers meant for somebody else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.cache import cache
from django.test import Client
from jwt.algorithms import ECAlgorithm

from conftest import Cast
from portico.accounts.models import Person
from portico.single_sign_on.provider import configured_providers
from portico.single_sign_on.tests.conftest import Go
from portico.single_sign_on.tests.test_signing_in import (
    NOT_USABLE,
    answer,
    linked,
    person_in,
    signed_in,
)
from tests.make import make_authenticator_app
from tests.peers.https import Response
from tests.peers.oidc import CLIENT, JSON, KEY, PUBLIC, OidcPeer, signed

Browse = Callable[..., Client]
START = "/sign-in/with/staff/"
EC_KEY = ec.generate_private_key(ec.SECP256R1())
__all__ = ["linked"]


@pytest.fixture
def sign_in(
    cast: Cast, staff: OidcPeer, linked: Person, browse: Browse, go: Go
) -> Callable[[], str]:
    """Sign in with the linked account; returns who is signed in then."""

    def once() -> str:
        visitor = browse(cast.acme)
        page = answer(visitor, staff.sign_in(go(visitor)))
        assert person_in(visitor) or NOT_USABLE in page
        return person_in(visitor)

    return once


def json_answer(content: object) -> Response:
    return Response(200, json.dumps(content).encode(), JSON)


def without_signature(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none", "kid": "one"}, claims)
    packed = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join(part.rstrip("=") for part in packed) + "."


def signed_with_the_public_key(claims: dict[str, Any]) -> str:
    """What only knows the public key, and calls it a shared secret."""
    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    parts = ({"alg": "HS256", "kid": "one"}, claims)
    packed = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    text = ".".join(part.rstrip("=") for part in packed)
    made = hmac.digest(pem, text.encode(), hashlib.sha256)
    return f"{text}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}"


@pytest.mark.parametrize(
    "sign",
    [
        without_signature,
        signed_with_the_public_key,
        partial(signed, kid="another"),
        lambda _claims: "no.token",
        lambda _claims: "x" * 1000,
    ],
    ids=["none", "public key", "unknown key", "junk", "long"],
)
def test_what_the_provider_did_not_sign_signs_nobody_in(
    staff: OidcPeer, sign_in: Callable[[], str], sign: Callable[[dict[str, Any]], str]
) -> None:
    staff.sign = sign

    assert sign_in() == ""


@pytest.mark.parametrize(
    ("aud", "azp", "is_in"),
    [
        ([CLIENT], None, True),
        ([CLIENT, "account"], CLIENT, True),
        ([CLIENT, "account"], None, False),
        ([CLIENT, "account"], "account", False),
        (CLIENT, "account", False),
        (["account"], CLIENT, False),
    ],
    ids=str,
)
def test_a_token_for_several_says_to_whom_it_was_issued(
    staff: OidcPeer, linked: Person, sign_in: Callable[[], str], aud: Any, azp: Any, is_in: bool
) -> None:
    staff.spoil(aud=aud, **({"azp": azp} if azp else {}))

    assert sign_in() == (str(linked.id) if is_in else "")


@pytest.mark.parametrize("missing", ["exp", "iat", "aud", "iss", "sub"])
def test_a_token_says_all_that_it_has_to(
    staff: OidcPeer, sign_in: Callable[[], str], missing: str
) -> None:
    staff.sign = lambda claims: signed({k: v for k, v in claims.items() if k != missing})

    assert sign_in() == ""


@pytest.mark.parametrize(
    ("keys", "is_in"),
    [
        ([{k: v for k, v in PUBLIC.items() if k not in {"kid", "alg", "use"}}], True),
        ([PUBLIC, json.loads(ECAlgorithm.to_jwk(EC_KEY.public_key()))], True),
        ([PUBLIC, PUBLIC], False),
        ([{**PUBLIC, "use": "enc"}], False),
        ([{**PUBLIC, "alg": "RS512"}], False),
        ([{"kty": "RSA"}], False),
        ([7, None], False),
        ([], False),
        ("none", False),
    ],
    ids=["bare", "two kinds", "twice", "other use", "other way", "broken", "junk", "no", "text"],
)
def test_without_a_name_the_key_is_the_only_one_that_fits(
    staff: OidcPeer, linked: Person, sign_in: Callable[[], str], keys: object, is_in: bool
) -> None:
    staff.instead["/keys"] = json_answer({"keys": keys})
    staff.sign = partial(signed, kid=None)

    assert sign_in() == (str(linked.id) if is_in else "")


def test_keys_may_be_of_elliptic_curves(
    staff: OidcPeer, linked: Person, sign_in: Callable[[], str]
) -> None:
    public = {**json.loads(ECAlgorithm.to_jwk(EC_KEY.public_key())), "kid": "curve"}
    staff.instead["/keys"] = json_answer({"keys": [PUBLIC, public]})
    staff.sign = partial(signed, key=EC_KEY, algorithm="ES256", kid="curve")

    assert sign_in() == str(linked.id)


DEEP = Response(200, b"[" * 100_000, JSON)
ENDLESS = b'{"access_token": "x", "expires_in": 1e999}'
AWAY = Response(302, b"", (("Location", "http://127.0.0.1:9/"),))


@pytest.mark.parametrize(
    ("path", "response"),
    [
        ("/keys", DEEP),
        ("/keys", AWAY),
        ("/keys", Response(200, b" " * 300_000, JSON)),
        ("/token", DEEP),
        ("/token", AWAY),
        ("/token", Response(200, ENDLESS, JSON)),
        ("/token", Response(200, b"null", JSON)),
        ("/token", Response(500)),
    ],
    ids=[
        *("deep keys", "keys elsewhere", "huge keys"),
        *("deep", "elsewhere", "endless", "null", "broken"),
    ],
)
def test_an_answer_that_is_none_signs_nobody_in(
    cast: Cast, staff: OidcPeer, browse: Browse, go: Go, path: str, response: Response
) -> None:
    visitor = browse(cast.acme)
    back = staff.sign_in(go(visitor))
    staff.instead[path] = response

    landed = visitor.get(back)

    assert (landed.status_code, landed.headers["Location"]) == (302, "/sign-in/")
    assert not person_in(visitor)


@pytest.mark.parametrize("response", [DEEP, AWAY, Response(200, b"[]", JSON), Response(404)])
def test_a_provider_that_does_not_say_what_it_is_is_not_gone_to(
    cast: Cast, staff: OidcPeer, browse: Browse, response: Response
) -> None:
    staff.instead["/.well-known/openid-configuration"] = response

    assert browse(cast.acme).post(START).headers["Location"] == "/sign-in/"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://x.example/", "/here", "//x", 7])
def test_people_are_sent_to_web_addresses_alone(
    cast: Cast, staff: OidcPeer, browse: Browse, address: object
) -> None:
    staff.discovery["authorization_endpoint"] = address

    assert browse(cast.acme).post(START).headers["Location"] == "/sign-in/"


def test_what_a_provider_tells_of_people_is_kept_as_far_as_it_can_be_shown(
    cast: Cast, staff: OidcPeer, browse: Browse, go: Go
) -> None:
    staff.person = {
        "sub": "42",
        "name": "Ada\0",
        "email": "\ud800",
        "preferred_username": "<script>alert(1)</script>",
    }
    browser = signed_in(browse, cast)

    page = answer(browser, staff.sign_in(go(browser, linking=True)))

    assert set(SocialAccount.objects.get().extra_data) == {"iss", "sub", "preferred_username"}
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


def test_an_answer_counts_for_the_provider_that_was_asked(
    cast: Cast, staff: OidcPeer, linked: Person, browse: Browse, go: Go, settings: Any
) -> None:
    (one,) = configured_providers()
    settings.PORTICO_OIDC_PROVIDERS = (one, replace(one, id="other", name="Other"))
    visitor = browse(cast.acme)
    back = staff.sign_in(go(visitor))

    page = answer(visitor, back.replace("/with/staff/", "/with/other/"))

    assert NOT_USABLE in page
    assert list(staff.codes) == ["code-2"]  # the code went nowhere


def test_the_library_s_own_name_is_no_provider(
    cast: Cast, staff: OidcPeer, browse: Browse, settings: Any
) -> None:
    (one,) = configured_providers()
    settings.PORTICO_OIDC_PROVIDERS = (one, replace(one, id="other", name="Other"))

    assert browse(cast.acme).post("/sign-in/with/oidc/").status_code == 404


def test_a_linked_account_does_not_skip_the_second_factor(
    cast: Cast, staff: OidcPeer, linked: Person, browse: Browse, go: Go
) -> None:
    make_authenticator_app(linked)
    visitor = browse(cast.acme)

    landed = visitor.get(staff.sign_in(go(visitor, next="/settings/account/")))

    assert landed.headers["Location"] == "/sign-in/second-factor/"
    assert visitor.get("/settings/account/").status_code == 302
    assert not person_in(visitor)


def test_an_account_in_somebody_s_name_gets_no_way_in_that_stays(
    cast: Cast, staff: OidcPeer, browse: Browse, go: Go
) -> None:
    browser = signed_in(browse, cast)
    begun = go(browser, linking=True)
    Person.objects.filter(id=cast.developer.person.id).update(verified_at=None)

    page = answer(browser, staff.sign_in(begun))
    refused = browser.post("/settings/account/linked-sign-ins/staff/link/", follow=True)

    assert "verify your email address first" in page
    assert "verify your email address first" in refused.content.decode()
    assert not SocialAccount.objects.exists()


def test_nobody_has_a_provider_asked_without_end(
    cast: Cast, staff: OidcPeer, browse: Browse, settings: Any
) -> None:
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    visitor = browse(cast.acme)

    assert [visitor.post(START).status_code for _number in range(3)] == [200, 200, 429]
