"""Environment variables: up to five names and values that a release takes along.

They are part of what every user's device loads, so they are no place for secrets: a name that
promises one is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from portico.kernel.errors import Invalid, gettext_noop

MOST: Final = 5
LONGEST_NAME: Final = 60
LONGEST_VALUE: Final = 1_000
NAME: Final = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
SECRET_WORDS: Final = frozenset(
    "APIKEY CREDENTIAL CREDENTIALS PASSPHRASE PASSWD PASSWORD PIN PWD SECRET SECRETS TOKEN".split()
)
SECRET_PAIRS: Final = frozenset({"API_KEY", "ACCESS_KEY", "PRIVATE_KEY", "SIGNING_KEY"})


class VariableNameRefused(Invalid):
    code = "variable_name_refused"
    sentence = gettext_noop(
        "“%(name)s” is not a name for a variable. Accepted are capital letters from A to Z, digits "
        "and single underscores, beginning with a letter; at most 60 characters, such as API_URL."
    )


class VariableNameMissing(Invalid):
    code = "variable_name_missing"
    sentence = gettext_noop("There is a value without a name. Give it a name, such as API_URL.")


class VariableTwice(Invalid):
    code = "variable_twice"
    sentence = gettext_noop("“%(name)s” is there twice. Keep one of them.")


class VariableTooLong(Invalid):
    code = "variable_too_long"
    sentence = gettext_noop(
        "The value of %(name)s has %(length)s characters; at most %(most)s are accepted."
    )


class OddVariable(Invalid):
    code = "odd_variable"
    sentence = gettext_noop(
        "The value of %(name)s holds a character that cannot be seen. Type it anew, as plain text."
    )


class VariableLooksSecret(Invalid):
    code = "variable_looks_secret"
    sentence = gettext_noop(
        "“%(name)s” sounds like a secret. Variables go to every device that opens the mini "
        "program, and can be read there: keep secrets on your server. If it is none, name it "
        "otherwise."
    )


class TooManyVariables(Invalid):
    code = "too_many_variables"
    sentence = gettext_noop("These are %(count)s variables; at most %(most)s are accepted.")


def check_variables(
    pairs: Sequence[tuple[str, str]],
) -> tuple[dict[str, str], dict[int, Invalid]]:
    """The variables by name, in their order; and what is wrong, by the number of the pair, counted
    from 1; 0: with all of them. Pairs of nothing are passed over."""
    good: dict[str, str] = {}
    bad: dict[int, Invalid] = {}
    for number, (name, value) in enumerate(pairs, start=1):
        name = name.strip()  # noqa: PLW2901 - spaces around it mean nothing
        if not name and not value.strip():
            continue
        try:
            _check_name(name)
            if name in good:
                raise VariableTwice(name=name)
            good[name] = _checked_value(name, value)
        except Invalid as error:
            bad[number] = error
    if len(good) > MOST:
        bad[0] = TooManyVariables(count=len(good), most=MOST)
    return good, bad


def in_log(value: str) -> str:
    """A value where changes are told: in full, an empty one other than none at all."""
    return value or '""'


def _check_name(name: str) -> None:
    if not name:
        raise VariableNameMissing
    if len(name) > LONGEST_NAME or not NAME.fullmatch(name):
        raise VariableNameRefused(name=_short(name))
    words = name.split("_")
    pairs = {"_".join(pair) for pair in pairwise(words)}
    if not SECRET_WORDS.isdisjoint(words) or not SECRET_PAIRS.isdisjoint(pairs):
        raise VariableLooksSecret(name=name)


def _checked_value(name: str, value: str) -> str:
    if len(value) > LONGEST_VALUE:
        raise VariableTooLong(name=name, length=len(value), most=LONGEST_VALUE)
    if not value.isprintable():
        raise OddVariable(name=name)
    return value


def _short(text: str) -> str:
    return "".join(sign if sign.isprintable() else "�" for sign in text[:80])
