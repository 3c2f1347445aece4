"""How many codes may be tried. Failures count by person, from whatever host or session."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.http import HttpRequest

from portico.accounts.http import actor_of
from portico.accounts.models import Person
from portico.accounts.second_factor.notices import Notice, Place
from portico.accounts.second_factor.proving import Shown, WrongCode, prove_by_code
from portico.accounts.second_factor.telling import tell
from portico.kernel.clock import now
from portico.kernel.errors import TooOften, gettext_noop

ACTION = "second_factor"


class TooManyCodes(TooOften):
    code = "too_many_codes"
    sentence = gettext_noop(
        "There were too many wrong codes. Please wait five minutes; after 20 of them in a day, "
        "until tomorrow."
    )


def try_code(request: HttpRequest, person: Person, typed: str, *, place: Place) -> Shown:
    """Check a code that somebody typed on a page, and count it.

    An attempt is counted before it is looked at, so that many at once are no way around. The last
    one that is allowed is told to the person by mail: who gets that far knows their password.
    Raises `WrongCode` or `TooManyCodes`.
    """
    key = f"second-factor-{person.id}"
    if not ratelimit.consume(request, action=ACTION, key=key):
        raise TooManyCodes
    try:
        shown = prove_by_code(person, typed, place=place, by=actor_of(request, person), at=now())
    except WrongCode:
        get_adapter(request).second_factor_failed(person)
        if not ratelimit.consume(request, action=ACTION, key=key, dry_run=True):
            tell(person, Notice.WRONG_CODES, place, at=now())
        raise
    ratelimit.clear(request, action=ACTION, key=key)
    return shown
