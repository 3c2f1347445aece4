from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.kernel.errors import NotFound
from portico.kernel.ids import digest
from portico.kernel.permissions import Permission
from portico.workspaces.models import ApiToken, Membership
from portico.workspaces.permissions import PERMISSIONS, Role
from portico.workspaces.tokens import (
    TokenLifetime,
    TokenScope,
    TokenWithoutName,
    make_token,
    revoke_token,
    token_for,
)
from tests.make import AT, actor, make_member
from tests.make import make_token as token_of

Call = Callable[..., Client]
DAY = timedelta(days=1)


def make(
    member: Membership,
    *permissions: Permission,
    name: str = "CI",
    lasts: timedelta = DAY,
) -> tuple[ApiToken, str]:
    return make_token(
        member, name=name, permissions=permissions, lasts=lasts, by=actor(member), at=AT
    )


def test_a_token_is_made_for_a_member_and_found_by_its_secret(cast: Cast) -> None:
    token, secret = make(cast.developer, Permission.ACCOUNT, name="  CI \n pipeline ")

    found = token_for(secret, cast.acme, at=AT)

    assert found == token
    assert (token.name, token.permissions) == ("CI pipeline", ["account"])
    assert secret.startswith("pco_")
    assert len(secret) > 40


def test_the_secret_is_in_no_table(cast: Cast) -> None:
    token, secret = make(cast.developer, Permission.ACCOUNT)

    kept = whole_database()

    assert digest(secret) in kept
    assert token.hint in kept
    assert secret not in kept
    assert secret[4:] not in kept


def test_the_secret_is_in_no_log(cast: Cast, call: Call, caplog: pytest.LogCaptureFixture) -> None:
    _token, secret = make(cast.admin, *Permission)

    bearer = {"authorization": f"Bearer {secret}"}
    call(cast.acme).get("/api/v1/me", headers=bearer)
    call(cast.zenith).get("/api/v1/me", headers=bearer)
    call(cast.acme).get("/api/v1/nowhere", headers=bearer)

    assert caplog.records
    assert secret not in caplog.text


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_token_needs_a_name(cast: Cast, name: str) -> None:
    with pytest.raises(TokenWithoutName):
        make(cast.developer, Permission.ACCOUNT, name=name)


@pytest.mark.parametrize("days", [-1, 0, 0.9, 367])
def test_a_token_lasts_between_a_day_and_a_year(cast: Cast, days: float) -> None:
    with pytest.raises(TokenLifetime):
        make(cast.developer, Permission.ACCOUNT, lasts=timedelta(days=days))


@pytest.mark.parametrize(
    "permissions", [(), (Permission.SETTINGS_READ,), (Permission.ACCOUNT, Permission.AUDIT_READ)]
)
def test_a_token_is_for_something_that_its_holder_may_do(
    cast: Cast, permissions: tuple[Permission, ...]
) -> None:
    with pytest.raises(TokenScope) as refused:
        make(cast.developer, *permissions)

    assert "account, console" in str(refused.value)
    assert not ApiToken.objects.exists()


def test_a_blocked_member_makes_no_token(cast: Cast) -> None:
    cast.developer.blocked_at = AT

    with pytest.raises(TokenScope):
        make(cast.developer, Permission.ACCOUNT)


def test_a_token_opens_nothing_in_another_workspace(cast: Cast) -> None:
    make_member(cast.zenith, person=cast.developer.person)
    _token, secret = make(cast.developer, Permission.ACCOUNT)

    assert token_for(secret, cast.zenith, at=AT) is None


def test_a_token_ends_at_its_time(cast: Cast) -> None:
    token, secret = make(cast.developer, Permission.ACCOUNT)

    assert token_for(secret, cast.acme, at=AT + DAY - timedelta(seconds=1)) == token
    assert token_for(secret, cast.acme, at=AT + DAY) is None
    assert token.state(at=AT + DAY) == "expired"


def test_a_revoked_token_ends_at_once_and_that_is_recorded_once(cast: Cast) -> None:
    token, secret = make(cast.developer, Permission.ACCOUNT)

    for _time in range(2):
        revoked = revoke_token(cast.developer, token.id, by=actor(cast.developer), at=AT)

    assert revoked.state(at=AT) == "revoked"
    assert token_for(secret, cast.acme, at=AT) is None
    assert AuditEntry.objects.filter(action="token.revoked").count() == 1


def test_nobody_revokes_what_is_somebody_elses(cast: Cast) -> None:
    token, secret = make(cast.developer, Permission.ACCOUNT)
    same_person_there = make_member(cast.zenith, person=cast.developer.person)

    for member in (cast.admin, cast.outsider, same_person_there):
        with pytest.raises(NotFound):
            revoke_token(member, token.id, by=actor(member), at=AT)

    assert token_for(secret, cast.acme, at=AT) is not None


def test_the_token_of_somebody_else_is_404_in_the_api(cast: Cast, call: Call) -> None:
    token, _secret = make(cast.developer, Permission.ACCOUNT)

    answer = call(cast.acme, cast.admin).delete(f"/api/v1/tokens/{token.id}")

    assert answer.status_code == 404
    assert str(token.id) not in call(cast.acme, cast.admin).get("/api/v1/tokens").content.decode()


def test_a_token_loses_at_once_what_its_holder_loses(cast: Cast, call: Call) -> None:
    api = call(cast.acme, cast.admin)
    assert api.get("/api/v1/settings/about-us").status_code == 200

    Membership.objects.filter(id=cast.admin.id).update(role=Role.REVIEWER)

    assert api.get("/api/v1/settings/about-us").status_code == 403
    assert api.get("/api/v1/me").json()["permissions"] == sorted(PERMISSIONS[Role.REVIEWER])


def test_a_token_gains_nothing_when_its_holder_does(cast: Cast, call: Call) -> None:
    api = call(cast.acme, cast.developer)

    Membership.objects.filter(id=cast.developer.id).update(role=Role.ADMIN)

    assert api.get("/api/v1/settings/about-us").status_code == 403


def test_when_a_token_was_used_is_noted_every_five_minutes(cast: Cast) -> None:
    token, secret = make(cast.developer, Permission.ACCOUNT)

    def used(minutes: int) -> object:
        token_for(secret, cast.acme, at=AT + timedelta(minutes=minutes))
        token.refresh_from_db()
        return token.last_used_at

    assert used(1) == AT + timedelta(minutes=1)
    assert used(6) == AT + timedelta(minutes=1)
    assert used(7) == AT + timedelta(minutes=7)


def test_a_refused_token_is_not_noted_as_used(cast: Cast) -> None:
    token, secret = make(cast.developer, Permission.ACCOUNT)

    token_for(secret, cast.zenith, at=AT)
    token_for(secret, cast.acme, at=AT + 2 * DAY)

    token.refresh_from_db()
    assert token.last_used_at is None


def test_making_a_token_is_recorded_with_what_it_may_do(cast: Cast) -> None:
    token, secret = make(cast.developer, Permission.ACCOUNT, Permission.CONSOLE)

    entry = AuditEntry.objects.get(action="token.made")

    assert (entry.workspace_id, entry.subject_id) == (cast.acme.id, str(token.id))
    assert entry.actor_id == cast.developer.person_id
    assert entry.changes == [{"field": "permissions", "before": "", "after": "account, console"}]
    assert secret not in str(vars(entry))


def test_a_call_that_ends_the_token_in_use_is_its_last(cast: Cast, call: Call) -> None:
    api = call(cast.acme, cast.developer)
    (own,) = api.get("/api/v1/tokens").json()

    assert api.delete(f"/api/v1/tokens/{own['id']}").status_code == 204
    assert api.get("/api/v1/me").status_code == 401
    assert AuditEntry.objects.get(action="token.revoked").via == "api"


def test_no_answer_ever_holds_the_secret_or_its_digest(cast: Cast, call: Call) -> None:
    token, secret = token_of(cast.developer)

    text = call(cast.acme, cast.developer).get("/api/v1/tokens").content.decode()

    assert str(token.id) in text
    assert secret not in text
    assert digest(secret) not in text


def whole_database() -> str:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        rows = []
        for table in tables:
            cursor.execute(f'SELECT row_to_json(one)::text FROM "{table}" one')
            rows += [row for (row,) in cursor.fetchall()]
    return "\n".join(rows)


@pytest.mark.parametrize("ended", ["blocked", "removed"])
def test_who_was_shut_out_a_moment_ago_makes_no_token_that_outlives_it(
    cast: Cast, ended: str
) -> None:
    as_it_was = Membership.objects.select_related("person").get(id=cast.developer.id)
    if ended == "blocked":
        Membership.objects.filter(id=cast.developer.id).update(blocked_at=AT)
    else:
        Membership.objects.filter(id=cast.developer.id).delete()

    with pytest.raises(NotFound):
        make(as_it_was, Permission.ACCOUNT)

    assert not ApiToken.objects.exists()
