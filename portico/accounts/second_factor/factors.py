"""What second factors somebody has, as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, cast

from allauth.mfa.models import Authenticator

from portico.accounts.models import Person
from portico.accounts.second_factor.recovery_codes import COUNT, codes_of
from portico.accounts.second_factor.seeds import Use, open_seed
from portico.kernel.errors import NotFound

Type = Authenticator.Type


class PasskeyData(TypedDict):
    """What is kept of a passkey. `credential` is the public part, in Base64; `discoverable` says
    whether it can be found without an e-mail address, None where its maker does not tell."""

    name: str
    host: str
    credential: str
    sign_count: int
    discoverable: bool | None


@dataclass(frozen=True)
class App:
    """An authenticator app."""

    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Passkey:
    """A passkey. It belongs to the host where it was added, and works at no other."""

    id: int
    name: str
    host: str
    added_at: datetime
    used_at: datetime | None
    is_here: bool


@dataclass(frozen=True)
class Factors:
    """All that a person has. `codes_left` is None where there are no recovery codes."""

    app: App | None
    passkeys: tuple[Passkey, ...]
    codes_left: int | None
    codes_made_at: datetime | None

    @property
    def is_on(self) -> bool:
        """Whether a second factor is asked for."""
        return bool(self.app or self.passkeys)

    @property
    def passkeys_here(self) -> tuple[Passkey, ...]:
        """Those that work at this host."""
        return tuple(one for one in self.passkeys if one.is_here)

    @property
    def other_hosts(self) -> tuple[str, ...]:
        """Hosts at which there are passkeys that do not work here."""
        return tuple(sorted({one.host for one in self.passkeys if not one.is_here}))

    @property
    def takes_codes(self) -> bool:
        """Whether there is any code that can be typed."""
        return bool(self.app or self.codes_left)


def factors_of(person: Person, *, host: str) -> Factors:
    """What a person has, as seen at this host (without port). One query."""
    rows = list(Authenticator.objects.filter(user=person).order_by("created_at", "id"))
    app = next((row for row in rows if row.type == Type.TOTP), None)
    codes = next((row for row in rows if row.type == Type.RECOVERY_CODES), None)
    return Factors(
        app=App(app.created_at, app.last_used_at) if app else None,
        passkeys=tuple(_passkey(row, host) for row in rows if row.type == Type.WEBAUTHN),
        codes_left=COUNT - int(codes.data["used"]).bit_count() if codes else None,
        codes_made_at=codes.created_at if codes else None,
    )


@dataclass(frozen=True)
class RecoveryCode:
    """A recovery code, and whether it was used."""

    text: str
    is_used: bool


def recovery_codes_of(person: Person) -> tuple[RecoveryCode, ...]:
    """A person's recovery codes; raises `NotFound` where there are none. Show them to nobody but
    the person, and only right after they confirmed who they are."""
    row = Authenticator.objects.filter(user=person, type=Type.RECOVERY_CODES).first()
    if row is None:
        raise NotFound
    seed = open_seed(row.data["seed"], person.id, Use.RECOVERY_CODES)
    used = int(row.data["used"])
    return tuple(
        RecoveryCode(text, bool(used & (1 << number))) for number, text in enumerate(codes_of(seed))
    )


def passkey_data(row: Authenticator) -> PasskeyData:
    """What is kept of a passkey."""
    return cast("PasskeyData", cast(Any, row).data)


def _passkey(row: Authenticator, host: str) -> Passkey:
    data = passkey_data(row)
    return Passkey(
        id=row.pk,
        name=data["name"],
        host=data["host"],
        added_at=row.created_at,
        used_at=row.last_used_at,
        is_here=data["host"] == host,
    )
