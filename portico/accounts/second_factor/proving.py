"""Proving who one is by a code: of the authenticator app, or a recovery code. Each works once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from allauth.mfa.models import Authenticator
from django.db import transaction

from portico.accounts.models import Person
from portico.accounts.second_factor import app_codes, recovery_codes
from portico.accounts.second_factor.notices import Notice, Place
from portico.accounts.second_factor.seeds import Use, open_seed
from portico.accounts.second_factor.telling import tell
from portico.audit.services import Actor, record
from portico.kernel.errors import Invalid, gettext_noop


class Shown(StrEnum):
    """What somebody showed as their second factor."""

    APP = "app"
    RECOVERY_CODE = "recovery-code"
    PASSKEY = "passkey"


class WrongCode(Invalid):
    code = "wrong_code"
    sentence = gettext_noop(
        "This code does not work. Give the 6 digits that your authenticator app shows now, or a "
        "recovery code that you have not used."
    )


class CodeUsedBefore(WrongCode):
    code = "code_used_before"
    sentence = gettext_noop(
        "This code was used already. Please wait until your app shows the next one."
    )


def prove_by_code(person: Person, typed: str, *, place: Place, by: Actor, at: datetime) -> Shown:
    """Check what somebody typed, and use it up; returns what it was.

    Of two who give the same code at once, one is refused. Raises `WrongCode`, or `CodeUsedBefore`
    for a code of the app that was accepted before, or is older than one that was. Counting
    failures is up to the caller.
    """
    code = recovery_codes.plain(typed)
    with transaction.atomic():
        if len(code) == app_codes.DIGITS and code.isdecimal():
            _use_app_code(person, code, at=at)
            return Shown.APP
        _use_recovery_code(person, code, at=at)
        record(
            "account.recovery_code_used",
            by=by,
            at=at,
            workspace_id=place.workspace_id,
            subject_kind="person",
            subject_id=person.id,
        )
        tell(person, Notice.CODE_USED, place, at=at)
        return Shown.RECOVERY_CODE


def _use_app_code(person: Person, code: str, *, at: datetime) -> None:
    row = _locked(person, Authenticator.Type.TOTP)
    seed = open_seed(row.data["secret"], person.id, Use.APP)
    step = app_codes.step_of(seed, code, at=at)
    if step is None:
        raise WrongCode
    if step <= int(row.data["step"]):
        raise CodeUsedBefore
    row.data["step"], row.last_used_at = step, at
    row.save(update_fields=["data", "last_used_at"])


def _use_recovery_code(person: Person, code: str, *, at: datetime) -> None:
    row = _locked(person, Authenticator.Type.RECOVERY_CODES)
    seed = open_seed(row.data["seed"], person.id, Use.RECOVERY_CODES)
    used = int(row.data["used"])
    number = recovery_codes.number_of(seed, code, used=used)
    if number is None:
        raise WrongCode
    row.data["used"], row.last_used_at = used | (1 << number), at
    row.save(update_fields=["data", "last_used_at"])


def _locked(person: Person, kind: Authenticator.Type) -> Authenticator:
    row = Authenticator.objects.select_for_update().filter(user=person, type=kind).first()
    if row is None:
        raise WrongCode
    return row
