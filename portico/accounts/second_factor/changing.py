"""What people do with their own second factors: app, recovery codes, passkeys.

Each verb locks the person first, so that two at once follow each other. Whoever calls has asked the
person to confirm who they are (`confirming`).

With the first factor, two-factor sign-in is on: the person gets recovery codes, and every session
that began without a second factor ends but the one in use. With the last one it is off: recovery
codes go with it, and sessions stay.
"""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from portico.accounts.models import Person
from portico.accounts.second_factor import app_codes, recovery_codes
from portico.accounts.second_factor.factors import PasskeyData, passkey_data
from portico.accounts.second_factor.notices import Notice, Place
from portico.accounts.second_factor.proving import WrongCode
from portico.accounts.second_factor.seeds import Use, seal_seed
from portico.accounts.second_factor.services import FACTORS, has_second_factor
from portico.accounts.second_factor.telling import tell
from portico.accounts.sessions import end_sessions
from portico.accounts.verification import AddressNotVerified
from portico.audit.services import Actor, record
from portico.kernel.errors import Conflict, Invalid, NotFound, gettext_noop
from portico.kernel.texts import check_visible

MOST_PASSKEYS = 20
LONGEST_NAME = 80
Type = Authenticator.Type


class WrongAppCode(WrongCode):
    code = "wrong_app_code"
    sentence = gettext_noop(
        "This code does not work. Give the 6 digits that the app shows now. If it goes on, check "
        "that the clock of your phone is right."
    )


class AppThere(Conflict):
    code = "authenticator_app_there"
    sentence = gettext_noop(
        "Your account has an authenticator app already. Remove it before you add another one."
    )


class TooManyPasskeys(Conflict):
    code = "too_many_passkeys"
    sentence = gettext_noop(
        "An account has %(most)d passkeys at most. Remove one that you no longer use."
    )


class PasskeyThere(Conflict):
    code = "passkey_there"
    sentence = gettext_noop("This passkey was added already.")


class NameTooLong(Invalid):
    code = "passkey_name_too_long"
    sentence = gettext_noop("A name has %(most)d characters at most.")


class NameMissing(Invalid):
    code = "passkey_name_missing"
    sentence = gettext_noop("Give the passkey a name, such as “Work laptop”.")


class NoFactor(Conflict):
    code = "no_second_factor"
    sentence = gettext_noop(
        "Recovery codes stand in for a second factor. Add an authenticator app or a passkey first."
    )


def add_app(
    person: Person,
    seed: str,
    code: str,
    *,
    session_key: str | None,
    place: Place,
    by: Actor,
    at: datetime,
) -> bool:
    """Add the app that knows this seed, once it showed the right code; returns whether recovery
    codes were made. `session_key` names the session that goes on.

    The code is used up: it cannot sign in. Raises `WrongAppCode`, `AppThere`, `AddressNotVerified`.
    """
    with transaction.atomic():
        _lock(person)
        if Authenticator.objects.filter(user=person, type=Type.TOTP).exists():
            raise AppThere
        step = app_codes.step_of(seed, recovery_codes.plain(code), at=at)
        if step is None:
            raise WrongAppCode
        was_on = has_second_factor(person)
        sealed = seal_seed(seed, person.id, Use.APP)
        Authenticator.objects.create(
            user=person, type=Type.TOTP, data={"secret": sealed, "step": step}, created_at=at
        )
        _record("account.authenticator_app_added", person, place, by=by, at=at)
        tell(person, Notice.APP_ADDED, place, at=at)
        return _turned_on(person, session_key, was_on=was_on, place=place, by=by, at=at)


def remove_app(person: Person, *, place: Place, by: Actor, at: datetime) -> None:
    """Remove the app; its codes no longer work. Raises `NotFound` where there is none."""
    with transaction.atomic():
        _lock(person)
        if not Authenticator.objects.filter(user=person, type=Type.TOTP).delete()[0]:
            raise NotFound
        _drop_codes_without_factor(person)
        _record("account.authenticator_app_removed", person, place, by=by, at=at)
        tell(person, Notice.APP_REMOVED, place, at=at)


def make_codes(person: Person, *, place: Place, by: Actor, at: datetime) -> None:
    """Make new recovery codes; older ones no longer work. Raises `NoFactor`."""
    with transaction.atomic():
        _lock(person)
        if not has_second_factor(person):
            raise NoFactor
        _make_codes(person, place=place, by=by, at=at)


def add_passkey(
    person: Person,
    passkey: PasskeyData,
    *,
    session_key: str | None,
    place: Place,
    by: Actor,
    at: datetime,
) -> bool:
    """Add a passkey that was just made and checked; returns whether recovery codes were made.

    Raises `NameMissing`, `NameTooLong`, `PasskeyThere`, `TooManyPasskeys`, `AddressNotVerified`.
    """
    name = check_name(passkey["name"])
    with transaction.atomic():
        _lock(person)
        known = Authenticator.objects.filter(user=person, type=Type.WEBAUTHN)
        if known.count() >= MOST_PASSKEYS:
            raise TooManyPasskeys(most=MOST_PASSKEYS)
        if known.filter(data__credential=passkey["credential"]).exists():
            raise PasskeyThere
        was_on = has_second_factor(person)
        Authenticator.objects.create(
            user=person, type=Type.WEBAUTHN, data={**passkey, "name": name}, created_at=at
        )
        _record("account.passkey_added", person, place, by=by, at=at)
        tell(person, Notice.PASSKEY_ADDED, place, at=at)
        return _turned_on(person, session_key, was_on=was_on, place=place, by=by, at=at)


def rename_passkey(
    person: Person, passkey_id: int, name: str, *, place: Place, by: Actor, at: datetime
) -> None:
    """Call a passkey something else. Raises `NotFound`, `NameMissing`, `NameTooLong`."""
    name = check_name(name)
    with transaction.atomic():
        row = _passkey(person, passkey_id)
        if passkey_data(row)["name"] == name:
            return
        row.data["name"] = name
        row.save(update_fields=["data"])
        _record("account.passkey_renamed", person, place, by=by, at=at)


def remove_passkey(
    person: Person, passkey_id: int, *, place: Place, by: Actor, at: datetime
) -> None:
    """Remove a passkey, of whatever host. Raises `NotFound`."""
    with transaction.atomic():
        _passkey(person, passkey_id).delete()
        _drop_codes_without_factor(person)
        _record("account.passkey_removed", person, place, by=by, at=at)
        tell(person, Notice.PASSKEY_REMOVED, place, at=at)


def check_name(name: str) -> str:
    """The name of a passkey, tidied; raises `NameMissing`, `NameTooLong`, or what
    `check_visible` does."""
    name = " ".join(name.split())
    if not name:
        raise NameMissing
    if len(name) > LONGEST_NAME:
        raise NameTooLong(most=LONGEST_NAME)
    check_visible(name)
    return name


def _lock(person: Person) -> None:
    locked = Person.objects.select_for_update().get(id=person.id)
    if locked.verified_at is None:
        # Else whoever made an account in somebody's name could lock its owner out of it for good:
        # the owner of the mailbox chooses a new password, and would be asked for a factor.
        raise AddressNotVerified


def _passkey(person: Person, passkey_id: int) -> Authenticator:
    _lock(person)
    # The row, too: who shows the passkey meanwhile counts in the same column.
    rows = Authenticator.objects.select_for_update().filter(user=person, type=Type.WEBAUTHN)
    row = rows.filter(id=passkey_id).first()
    if row is None:
        raise NotFound
    return row


def _turned_on(
    person: Person,
    session_key: str | None,
    *,
    was_on: bool,
    place: Place,
    by: Actor,
    at: datetime,
) -> bool:
    if not was_on:
        end_sessions(person, but=session_key)
    if Authenticator.objects.filter(user=person, type=Type.RECOVERY_CODES).exists():
        return False
    _make_codes(person, place=place, by=by, at=at)
    return True


def _make_codes(person: Person, *, place: Place, by: Actor, at: datetime) -> None:
    sealed = seal_seed(recovery_codes.new_seed(), person.id, Use.RECOVERY_CODES)
    Authenticator.objects.filter(user=person, type=Type.RECOVERY_CODES).delete()
    Authenticator.objects.create(
        user=person, type=Type.RECOVERY_CODES, data={"seed": sealed, "used": 0}, created_at=at
    )
    _record("account.recovery_codes_made", person, place, by=by, at=at)
    tell(person, Notice.CODES_MADE, place, at=at)


def _drop_codes_without_factor(person: Person) -> None:
    rows = Authenticator.objects.filter(user=person)
    if not rows.filter(type__in=FACTORS).exists():
        rows.delete()


def _record(action: str, person: Person, place: Place, *, by: Actor, at: datetime) -> None:
    record(
        action,
        by=by,
        at=at,
        workspace_id=place.workspace_id,
        subject_kind="person",
        subject_id=person.id,
    )
