"""Codes from the mailbox, which stand in for a second factor while a reset is open."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from portico.accounts.models import Person
from portico.audit.services import Actor, record, remember
from portico.kernel.errors import Conflict, Invalid, TooOften, gettext_noop
from portico.two_factor.models import MailedCode, TwoFactorReset
from portico.workspaces.models import Workspace

DIGITS = 8
LASTS = timedelta(minutes=15)
MOST_FAILURES = 5
# By account, whatever the workspace: 25 guesses an hour and 75 a day, of a hundred million.
MOST_AN_HOUR = 5
MOST_A_DAY = 15
PAUSE = timedelta(seconds=30)


class WrongCode(Invalid):
    code = "wrong_code"
    sentence = gettext_noop("That is not the code of the newest mail. Tries left: %(left)s.")


class CodeOver(Conflict):
    code = "code_over"
    sentence = gettext_noop(
        "That code was used, is older than 15 minutes, or was mistyped five times. Have a new one "
        "sent."
    )


class TooManyCodes(TooOften):
    code = "too_many_codes"
    sentence = gettext_noop(
        "No more codes are sent for now: at most %(hour)s an hour and %(day)s a day. Please wait."
    )


class ResetOver(Conflict):
    code = "reset_over"
    sentence = gettext_noop(
        "Signing in with a code from your mailbox is not open any more. Use your second factor, or "
        "ask an admin of this workspace to reset it again."
    )


def open_reset(workspace: Workspace, person: Person, *, at: datetime) -> TwoFactorReset | None:
    """The reset by which this person may sign in here with a mailed code now, or None."""
    return (
        TwoFactorReset.objects.open(at=at)
        .filter(
            membership__workspace=workspace,
            membership__person=person,
            membership__blocked_at=None,
        )
        .first()
    )


def ask_for_code(
    workspace: Workspace, person: Person, *, anew: bool = False, at: datetime
) -> MailedCode:
    """Have a code mailed to who is signing in, unless there is one that they can still use.

    `anew`: have another one sent all the same, but not within half a minute. Raises `ResetOver` or
    `TooManyCodes`.
    """
    with transaction.atomic():
        # One after the other, or many at once would pass the limits together.
        Person.objects.select_for_update().get(id=person.id)
        reset = open_reset(workspace, person, at=at)
        if reset is None:
            raise ResetOver
        sent = MailedCode.objects.filter(reset__membership__person=person)
        newest = sent.filter(reset=reset).order_by("-asked_at").first()
        stands = newest is not None and _is_good(newest, at=at)
        if newest is not None and stands and not (anew and newest.asked_at <= at - PAUSE):
            return newest
        hour = sent.filter(asked_at__gt=at - timedelta(hours=1)).count()
        day = sent.filter(asked_at__gt=at - timedelta(days=1)).count()
        if hour >= MOST_AN_HOUR or day >= MOST_A_DAY:
            raise TooManyCodes(hour=MOST_AN_HOUR, day=MOST_A_DAY)
        code = MailedCode.objects.create(reset=reset, asked_at=at, expires_at=at + LASTS)
        _defer(code, workspace)
    return code


def write_code(code_id: UUID) -> tuple[MailedCode, str] | None:
    """Make the code that a mail is about to hold; a retry makes another one, and the first ends.

    None where there is nothing to send any more. Never log or store what this returns.
    """
    with transaction.atomic():
        code = (
            MailedCode.objects.select_for_update(of=("self",))
            .select_related("reset__membership__person", "reset__membership__workspace")
            .filter(id=code_id, used_at=None)
            .first()
        )
        if code is None:
            return None
        digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        code.digest = _digest(code, digits)
        code.save(update_fields=["digest"])
    return code, digits


def use_code(
    workspace: Workspace, person: Person, typed: str, *, by: Actor, at: datetime
) -> TwoFactorReset:
    """Use the newest code up; returns the reset that it belongs to.

    Raises `ResetOver`, `CodeOver`, or `WrongCode`, which is counted even though it raises.
    """
    refusal: WrongCode | None = None
    with transaction.atomic():
        reset = open_reset(workspace, person, at=at)
        if reset is None:
            raise ResetOver
        newest = MailedCode.objects.select_for_update().filter(reset=reset)
        code = newest.order_by("-asked_at").first()
        if code is None or not _is_good(code, at=at):
            raise CodeOver
        remember(person.id, email=person.email, name=person.name)
        digits = "".join(typed.split())
        right = bool(code.digest) and constant_time_compare(code.digest, _digest(code, digits))
        if right:
            code.used_at = at
        else:
            code.failures += 1
            refusal = WrongCode(left=MOST_FAILURES - code.failures)
        code.save(update_fields=["used_at", "failures"])
        _record(workspace, person, right=right, by=by, at=at)
    if refusal is not None:
        raise refusal
    return reset


def forget_old(*, at: datetime) -> int:
    """Delete codes that count for nothing any more, not even a limit; returns how many."""
    return MailedCode.objects.filter(asked_at__lt=at - timedelta(days=2)).delete()[0]


def _record(workspace: Workspace, person: Person, *, right: bool, by: Actor, at: datetime) -> None:
    record_here = partial(
        record,
        by=by,
        at=at,
        workspace_id=workspace.id,
        subject_kind="person",
        subject_id=person.id,
    )
    if right:
        record_here("two_factor.code_used")
    else:
        record_here("two_factor.code_failed")


def _is_good(code: MailedCode, *, at: datetime) -> bool:
    return code.used_at is None and code.expires_at > at and code.failures < MOST_FAILURES


def _digest(code: MailedCode, digits: str) -> str:
    # Keyed: eight digits would be found from a plain hash in a moment.
    salt = "portico.two_factor.codes"
    return salted_hmac(salt, f"{code.id}:{digits}", algorithm="sha256").hexdigest()


def _defer(code: MailedCode, workspace: Workspace) -> None:
    from portico.two_factor.tasks import send_code  # noqa: PLC0415 - it imports this

    send_code.defer(code_id=str(code.id), brand_name=workspace.name)
