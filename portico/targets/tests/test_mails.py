"""All admins are told of what happens to keys of Production; of the Sandbox nobody is."""

from __future__ import annotations

from datetime import timedelta

from conftest import Cast
from portico.service_email.models import Mail
from portico.targets.models import ReleaseTarget
from portico.targets.services import make_key, revoke_key, rotate_key
from portico.workspaces.permissions import Role
from tests.make import AT, actor, make_member


def test_each_admin_is_told_of_each_of_the_three(cast: Cast, production: ReleaseTarget) -> None:
    by, other = actor(cast.admin), make_member(cast.acme, Role.ADMIN)

    key, _secret = make_key(production, "Build server", by=by, at=AT)
    rotated, secret = rotate_key(key, overlap=timedelta(days=1), by=by, at=AT)
    revoke_key(rotated, by=by, at=AT)

    mails = Mail.objects.filter(template="target_key").order_by("id")
    assert [(mail.context["event"], mail.recipient) for mail in mails] == [
        (event, admin.person.email)
        for event in ("made", "rotated", "revoked")
        for admin in (cast.admin, other)
    ]
    assert {mail.context["who"] for mail in mails} == {"Workspace Admin"}
    assert secret not in str([mail.context for mail in mails])


def test_nobody_is_told_of_a_key_of_the_sandbox(cast: Cast, sandbox: ReleaseTarget) -> None:
    by = actor(cast.admin)

    key, _secret = make_key(sandbox, "Build server", by=by, at=AT)
    rotated, _secret = rotate_key(key, overlap=timedelta(days=1), by=by, at=AT)
    revoke_key(rotated, by=by, at=AT)

    assert not Mail.objects.exists()
