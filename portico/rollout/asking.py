"""What a client asks delivery, from an address or from a body. No Django.

A question that is not understood is refused, whole, with an error for each field: a misspelt `user`
that was overlooked would give everybody the full release, and nobody would know why.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from portico.delivery.picking import Subject
from portico.delivery.targeting import Context
from portico.kernel.errors import DomainError, Invalid, InvalidFields, gettext_noop
from portico.miniprograms.rules.app_ids import check_app_id

MOST_PROGRAMS: Final = 100
TEXTS: Final[Mapping[str, int]] = {
    "target": 80,
    "user": 128,
    "device": 128,
    "region": 32,
    "os": 32,
    "app_version": 64,
}
"""Fields that are texts, and how many characters each may have."""
YES_OR_NO: Final = {"1": True, "true": True, "0": False, "false": False, "": False}


class UnreadableQuestion(DomainError):
    """A body that is not JSON (400)."""

    code = "unreadable_question"
    sentence = gettext_noop(
        "The body cannot be read. Send a JSON object with “programs”, a list of app_ids."
    )


class FieldUnknown(Invalid):
    code = "field_unknown"
    sentence = gettext_noop("“%(name)s” is not a field here. There are: %(accepted)s.")


class FieldTwice(Invalid):
    code = "field_twice"
    sentence = gettext_noop("This was given %(times)s times. Give it once.")


class FieldNotText(Invalid):
    code = "field_not_text"
    sentence = gettext_noop(
        "This has to be text of at most %(most)s characters. Leave it out where you do not know it."
    )


class NotYesOrNo(Invalid):
    code = "not_yes_or_no"
    sentence = gettext_noop("This has to be 1 or 0, or in JSON true or false.")


class ProgramsNotListed(Invalid):
    code = "programs_not_listed"
    sentence = gettext_noop("This has to be a list of 1 to %(most)s app_ids.")


@dataclass(frozen=True)
class Question:
    """Which of these programs' versions somebody gets. `target` names what the client believes to
    ask; empty: that of its key. `explain`: why in full."""

    app_ids: tuple[str, ...]
    subject: Subject
    context: Context
    target: str = ""
    explain: bool = False


def in_address(query: Mapping[str, Sequence[str]]) -> Question:
    """The question in an address, about one program; raises `InvalidFields`."""
    errors: dict[str, Invalid] = {
        name: FieldTwice(times=len(given)) for name, given in query.items() if len(given) > 1
    }
    given = {name: values[-1] for name, values in query.items() if values}
    return _question(given, "app_id", [given.get("app_id", "")], errors)


def in_body(body: bytes) -> Question:
    """The question in a body, about many; raises `UnreadableQuestion` and `InvalidFields`."""
    try:
        given = json.loads(body, object_pairs_hook=_once)
    except InvalidFields:  # which is a ValueError, too
        raise
    except (ValueError, RecursionError):
        raise UnreadableQuestion from None
    if not isinstance(given, dict):
        raise UnreadableQuestion
    errors: dict[str, Invalid] = {}
    programs = given.get("programs")
    if not isinstance(programs, list) or not 1 <= len(programs) <= MOST_PROGRAMS:
        errors["programs"] = ProgramsNotListed(most=MOST_PROGRAMS)
        programs = []
    return _question(given, "programs", programs, errors)


def _question(
    given: Mapping[str, object], of: str, programs: list[object], errors: dict[str, Invalid]
) -> Question:
    accepted = (of, *TEXTS, "explain")
    for name in map(_shown, given.keys() - set(accepted)):
        errors[name] = FieldUnknown(name=name, accepted=", ".join(accepted))
    app_ids = [_app_id(one, of, errors) for one in programs]
    texts = {name: _text(given.get(name), name, most, errors) for name, most in TEXTS.items()}
    explain = given.get("explain", False)
    if not isinstance(explain, bool):
        if str(explain).lower() not in YES_OR_NO:
            errors["explain"] = NotYesOrNo()
        explain = YES_OR_NO.get(str(explain).lower(), False)
    if errors:
        raise InvalidFields(errors)
    return Question(
        app_ids=tuple(app_ids),
        subject=Subject(user=texts["user"], device=texts["device"]),
        context=Context(texts["region"], texts["os"], texts["app_version"]),
        target=texts["target"],
        explain=explain,
    )


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object; JSON itself would let the last of two fields of a name win."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    most = Counter(name for name, _value in pairs).most_common(10)
    raise InvalidFields(
        {_shown(name): FieldTwice(times=times) for name, times in most if times > 1}
    )


def _shown(name: str) -> str:
    """The beginning of a field's name that can be answered with: JSON can write half of a
    surrogate pair, and nobody can send that."""
    return name[:40].encode(errors="replace").decode()


def _app_id(given: object, field: str, errors: dict[str, Invalid]) -> str:
    try:
        return check_app_id(given if isinstance(given, str) else "")
    except Invalid as error:
        errors.setdefault(field, error)
        return ""


def _text(given: object, field: str, most: int, errors: dict[str, Invalid]) -> str:
    """The text as it is: it is hashed, and what is trimmed here would be drawn elsewhere."""
    if given is None:
        return ""
    if not isinstance(given, str) or len(given) > most or not _has_utf8(given):
        errors.setdefault(field, FieldNotText(most=most))
        return ""
    return given


def _has_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can write
        return False
    return True
