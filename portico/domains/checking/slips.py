"""What people do wrong when they enter a TXT record, found out by looking."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from portico.domains.checking.asking import Server
from portico.domains.checking.lookups import Lookups
from portico.domains.checking.reports import Question
from portico.kernel.errors import gettext_noop
from portico.kernel.sentences import Sentence

SHORTEST_PART: Final = 8  # signs of a token by which a part of it is known
AROUND: Final = " \t\r\n\"'`“”„‘’«»\\;.,"

QUOTED: Final = gettext_noop(
    "The token is there, with quotation marks, spaces or other signs around it. Most DNS providers "
    "add the marks themselves: enter the token without them."
)
SPACED: Final = gettext_noop(
    "The token is there, with spaces or line breaks in it. Enter it in one piece."
)
CASE: Final = gettext_noop(
    "The token is there, with other capital letters. Copy it instead of typing it."
)
CUT: Final = gettext_noop(
    "The record holds a part of the token only; the rest was cut off. Copy all of it."
)
MORE: Final = gettext_noop(
    "The token is there, with more text around it. The record must hold the token alone."
)
ANOTHER: Final = gettext_noop(
    "The record holds a token, but not this one. It is another workspace's, or an older one."
)
DOUBLED: Final = gettext_noop(
    "The token was found at %(place)s. The DNS provider adds the name of the domain to what is "
    "entered, so it stands there twice. Enter the name %(short)s there instead, or the whole name "
    "with a dot at its end."
)
AT_DOMAIN: Final = gettext_noop(
    "The token was found at %(place)s itself. It belongs one name deeper, at %(name)s; where the "
    "provider wants the name without %(zone)s, enter %(short)s."
)
TOO_HIGH: Final = gettext_noop(
    "The token was found at %(place)s. It belongs at %(name)s: where the provider wants the name "
    "without %(zone)s, enter %(short)s."
)
WILDCARD: Final = gettext_noop(
    "What was found there comes from a wildcard record (*.%(above)s); there is no record of the "
    "name %(name)s itself. Adding it is enough; the wildcard can stay."
)


@dataclass(frozen=True)
class Slip:
    """What probably happened."""

    code: str
    what: Sentence


# The first that fits. Each: value and token.
_SLIPS: Final[tuple[tuple[str, str, Callable[[str, str], bool]], ...]] = (
    ("quoted", QUOTED, lambda value, token: value.strip(AROUND) == token),
    ("spaced", SPACED, lambda value, token: "".join(value.split()).strip(AROUND) == token),
    ("case", CASE, lambda value, token: value.strip(AROUND).lower() == token.lower()),
    ("more", MORE, lambda value, token: token in value),
    ("cut", CUT, lambda value, token: _is_part(value.strip(AROUND), token)),
    ("another", ANOTHER, lambda value, token: _shape(value.strip(AROUND)) == _shape(token)),
)


def in_values(values: Sequence[str], token: str) -> Slip | None:
    """What is wrong with values that were meant to be the token."""
    for code, sentence, fits in _SLIPS:
        if any(fits(value, token) for value in values):
            return Slip(code, Sentence(sentence))
    return None


def elsewhere(question: Question, zone: str, lookups: Lookups, server: Server) -> Slip | None:
    """Whether the token stands at another name, as happens often."""
    name, domain = question.record_name, question.domain
    label = name.removesuffix(f".{domain}")
    short = name.removesuffix(f".{zone}")
    above = {"doubled": f"{name}.{zone}", "at_domain": domain}
    if zone != domain:
        above["too_high"] = f"{label}.{zone}"
    texts = {"doubled": DOUBLED, "at_domain": AT_DOMAIN, "too_high": TOO_HIGH}
    replies = lookups.each(server, above.values(), "TXT")
    for (code, place), reply in zip(above.items(), replies, strict=True):
        if any(value.strip(AROUND) == question.token for value in reply.values):
            facts = {"place": place, "name": name, "zone": zone, "short": short}
            return Slip(code, Sentence(texts[code], facts))
    return None


def by_wildcard(
    question: Question, values: Sequence[str], lookups: Lookups, server: Server
) -> Slip | None:
    """Whether the values are those of any name there."""
    if not values:
        return None
    above = question.record_name.partition(".")[2]
    reply = lookups.one(server, f"portico-{secrets.token_hex(6)}.{above}", "TXT")
    if set(reply.values) != set(values):
        return None
    facts = {"above": above, "name": question.record_name}
    return Slip("wildcard", Sentence(WILDCARD, facts))


def _is_part(value: str, token: str) -> bool:
    return len(value) >= SHORTEST_PART and value != token and value in token


def _shape(text: str) -> tuple[str, int] | None:
    """What a token looks like: what stands before its random part, and how long it is."""
    if not re.fullmatch(r"[A-Za-z0-9_=-]{16,}", text):
        return None
    before, dash, _random = text.rpartition("-")
    return (before + dash if len(before) < len(text) / 2 else "", len(text))
