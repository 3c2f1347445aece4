"""What a visitor said about cookies, as it stands in a cookie of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from portico.kernel.errors import Invalid, gettext_noop

VALUE = re.compile(r"(necessary|all)\.(0|[1-9][0-9]{0,8})")


class Choice(StrEnum):
    """What a visitor allows."""

    NECESSARY = "necessary"
    ALL = "all"


class UnknownChoice(Invalid):
    code = "unknown_choice"
    sentence = gettext_noop("Choose “Necessary only” or “Accept all”. Nothing was changed.")


@dataclass(frozen=True)
class Consent:
    """A choice, and the version of the Cookie Notice that asked for it (0: there was none)."""

    choice: Choice
    number: int

    def __str__(self) -> str:
        return f"{self.choice.value}.{self.number}"


def consent_in(text: str) -> Consent | None:
    """What the cookie says; None where it says nothing that we would have written."""
    found = VALUE.fullmatch(text)
    return Consent(Choice(found[1]), int(found[2])) if found else None


def choice_in(text: str) -> Choice:
    """What a form says; raises `UnknownChoice`."""
    try:
        return Choice(text)
    except ValueError:
        raise UnknownChoice from None


def is_answered(consent: Consent | None, asking: int | None) -> bool:
    """Whether a choice still counts, where version `asking` of the notice is the newest one in
    force that asks again (None: there is no notice, and nothing to answer)."""
    return asking is None or (consent is not None and consent.number >= asking)


def allows_all(consent: Consent | None, asking: int | None) -> bool:
    """Whether cookies that are not necessary may be set. Before somebody has said so: no."""
    return consent is not None and consent.choice is Choice.ALL and is_answered(consent, asking)
