"""Second factors for people in tests, and signing in with them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from portico.accounts.models import Person
from portico.accounts.second_factor import app_codes
from portico.accounts.second_factor.seeds import Use, seal_seed
from portico.audit.services import PLATFORM
from portico.two_factor.models import TwoFactorPolicy
from portico.two_factor.rules import Required
from portico.two_factor.services import change_policy
from portico.workspaces.models import Membership, Workspace
from tests import jobs
from tests.make import AT, LONG_AGO, PASSWORD

Browse = Callable[..., Client]


def give_app(person: Person, *, at: datetime = AT) -> str:
    """Give somebody an authenticator app; returns its seed."""
    seed = app_codes.new_seed()
    sealed = seal_seed(seed, person.id, Use.APP)
    Authenticator.objects.create(
        user=person,
        type=Authenticator.Type.TOTP,
        data={"secret": sealed, "step": 0},
        created_at=at,
    )
    return seed


def has_app(person: Person) -> bool:
    """Whether somebody has an authenticator app."""
    return bool(Authenticator.objects.filter(user=person).exists())


def give_password(person: Person) -> None:
    """Give somebody the password of all tests."""
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])


def require(
    workspace: Workspace, required: Required = Required.ALL, days: int = 0, *, at: datetime = AT
) -> TwoFactorPolicy:
    """Have a workspace require second factors, whatever its policy was. Long ago: of members of
    long ago, too, so that their grace is over."""
    if at == LONG_AGO:
        Membership.objects.filter(workspace=workspace).update(created_at=at, role_since=at)
    row = TwoFactorPolicy.objects.filter(workspace=workspace).first()
    return change_policy(
        workspace,
        required=required.value,
        grace_days=days,
        based_on=row.revision if row else 0,
        by=PLATFORM,
        at=at,
    )


def sign_in(client: Client, person: Person) -> Any:
    """Send address and password; what the last page of it was."""
    return client.post("/sign-in/", {"login": person.email, "password": PASSWORD}, follow=True)


def code_of_mail() -> str:
    """Have the worker send what waits; the code in the newest mail."""
    jobs.run("two_factor.send_code")
    codes = [one for one in mail.outbox if "Your code to sign in" in one.subject]
    found = re.search(r"^\d{8}$", str(codes[-1].body), re.MULTILINE)
    assert found
    return found[0]
