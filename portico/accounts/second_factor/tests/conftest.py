from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from conftest import Cast
from portico.accounts.models import Person
from portico.accounts.second_factor import app_codes
from portico.accounts.second_factor.factors import recovery_codes_of
from tests.make import AT, PASSWORD, make_authenticator_app
from tests.passkeys import SoftPasskey

HOST = "acme.localhost"
ORIGIN = "http://acme.localhost:8000"


@pytest.fixture(autouse=True)
def _quick_hashing(settings: Any) -> None:
    """People sign in often here."""
    settings.PASSWORD_HASHERS = ["tests.hashing.QuickArgon2"]


@dataclass
class Clock:
    """The time that everything sees; it stands still until a test moves it."""

    traveller: Any
    at: datetime

    def pass_by(self, **how_long: float) -> datetime:
        """Let time pass."""
        self.at += timedelta(**how_long)
        self.traveller.move_to(self.at)
        return self.at


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Time stands still, a day after the cast was made."""
    at = AT + timedelta(days=1)
    with time_machine.travel(at, tick=False) as traveller:
        yield Clock(traveller, at)


@dataclass
class Ada:
    """acme's developer, who signs in with a password and an authenticator app."""

    person: Person
    seed: str
    clock: Clock
    browse: Callable[..., Client]
    cast: Cast

    def code(self, *, steps: int = 0) -> str:
        """What the app shows now, or some steps from now."""
        return app_codes.code_at(self.seed, app_codes.step_at(self.clock.at) + steps)

    def recovery_codes(self) -> list[str]:
        """The codes that they printed."""
        return [code.text for code in recovery_codes_of(self.person)]

    def at_second_step(self, client: Client | None = None) -> Client:
        """A browser in which the password was given."""
        client = client or self.browse(self.cast.acme)
        answer = client.post("/sign-in/", {"login": self.person.email, "password": PASSWORD})
        assert answer.headers["Location"] == "/sign-in/second-factor/"
        return client

    def signed_in(self) -> Client:
        """A browser in which they signed in, with both factors."""
        client = self.at_second_step()
        assert give(client, self.code()) == "/signed-in/"
        self.clock.pass_by(seconds=30)
        return client


def give(client: Client, code: str) -> str:
    """Give a code at the second step; returns where it leads, or the page."""
    answer = client.post("/sign-in/second-factor/", {"code": code})
    return answer.headers.get("Location") or answer.content.decode()


def with_password(person: Person) -> Person:
    """Give somebody the usual password."""
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def ada(cast: Cast, clock: Clock, browse: Callable[..., Client]) -> Ada:
    """See `Ada`."""
    person = with_password(cast.developer.person)
    return Ada(person, make_authenticator_app(person), clock, browse, cast)


def signed_in_with_password(client: Client, person: Person) -> Client:
    """A browser in which somebody without a second factor signed in just now."""
    answer = client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/signed-in/"
    return client


def passkey_of(person: Person, *, host: str = HOST, origin: str = ORIGIN) -> SoftPasskey:
    """A device that holds a passkey for somebody; to be added by `add_passkey`."""
    return SoftPasskey(host, origin, user_handle=person.id.bytes)


def add_passkey(client: Client, passkey: SoftPasskey, name: str = "Laptop") -> Any:
    """Add a passkey on the page of a browser that is signed in; returns the answer."""
    options = client.post("/settings/account/two-factor/passkeys/new/options/").json()
    return client.post(
        "/settings/account/two-factor/passkeys/new/",
        {"name": name, "credential": passkey.made(options)},
    )
