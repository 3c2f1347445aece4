from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from django.test import Client

from conftest import Cast
from portico.audit.services import PLATFORM
from portico.kernel.clock import now
from portico.workspaces.models import ApiToken
from portico.workspaces.tokens import revoke_token
from tests.make import make_token

Browse = Callable[..., Client]
PAGE = "/settings/account/tokens/"


def test_a_new_token_is_shown_once_and_works(cast: Cast, browse: Browse) -> None:
    developer = browse(cast.acme, cast.developer)

    made = developer.post(PAGE, {"name": "CI", "permissions": ["account"], "days": "7"})
    again = developer.get(PAGE).content.decode()

    found = re.search(r"pco_[A-Za-z0-9_-]{43}", made.content.decode())
    assert found
    assert made.headers["Cache-Control"] == "private, no-store"
    assert found[0] not in again
    assert "CI" in again
    answer = Client(headers={"host": "acme.localhost:8000"}).get(
        "/api/v1/me", headers={"authorization": f"Bearer {found[0]}"}
    )
    assert answer.status_code == 200


def test_only_what_the_member_may_do_is_offered(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme, cast.developer).get(PAGE).content.decode()

    assert 'value="account"' in page
    assert 'value="settings:change"' not in page


def test_a_token_beyond_the_members_rights_is_refused(cast: Cast, browse: Browse) -> None:
    response = browse(cast.acme, cast.developer).post(
        PAGE, {"name": "Greedy", "permissions": ["settings:change"], "days": "7"}
    )

    assert response.status_code == 422
    assert not ApiToken.objects.exists()


def test_each_token_shows_its_state(cast: Cast, browse: Browse) -> None:
    make_token(cast.developer, at=now())
    make_token(cast.developer, at=now() - timedelta(days=301))
    revoked, _secret = make_token(cast.developer, at=now())
    revoke_token(cast.developer, revoked.id, by=PLATFORM, at=now())

    page = browse(cast.acme, cast.developer).get(PAGE).content.decode()

    assert [page.count(state) for state in ("Active", "Expired", "Revoked")] == [1, 1, 1]
    assert page.count("/revoke/") == 1


def test_a_revoked_token_stops_working(cast: Cast, browse: Browse) -> None:
    token, secret = make_token(cast.developer, at=now())
    api = Client(headers={"host": "acme.localhost:8000", "authorization": f"Bearer {secret}"})
    before = api.get("/api/v1/me").status_code

    browse(cast.acme, cast.developer).post(f"{PAGE}{token.id}/revoke/")

    assert (before, api.get("/api/v1/me").status_code) == (200, 401)


def test_a_token_of_somebody_else_is_not_listed_and_cannot_be_revoked(
    cast: Cast, browse: Browse
) -> None:
    token, _secret = make_token(cast.admin, at=now())
    developer = browse(cast.acme, cast.developer)

    page = developer.get(PAGE).content.decode()
    answer = developer.post(f"{PAGE}{token.id}/revoke/")

    assert token.hint not in page
    assert answer.status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None
