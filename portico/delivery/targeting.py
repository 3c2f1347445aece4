"""Rules beside the percentage: for whom a version is in grayscale at all.

    {"regions": ["sg", "my"], "systems": ["android"], "app_version": {"from": "8.2", "to": "8.9"}}

All rules that are given have to match; one that is not given, or is empty, matches everybody. What
a client does not say, or says in a form that cannot be read, matches no rule: in doubt, the stable
version.

Regions and operating systems are names that the super app chooses, compared without regard to
upper and lower case. App versions are numbers with dots between them, compared number by number:
8.10 is above 8.9, and 8.2 is the same as 8.2.0. Both ends are within the range, and as many numbers
are compared with `to` as it has: up to 8.9 takes 8.9.3 in, up to 8.9.0 does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final

from portico.kernel.errors import Invalid, InvalidFields, gettext_noop

MOST_NAMES: Final = 250
NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_ZEROS: Final = (0,) * 8
APP_VERSION: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){0,7}")

Numbers = tuple[int, ...]


class RuleName(StrEnum):
    """A rule, as it is named in JSON."""

    REGIONS = "regions"
    SYSTEMS = "systems"
    APP_VERSION = "app_version"


class RulesUnreadable(Invalid):
    code = "rules_unreadable"
    sentence = gettext_noop(
        "The rules have to be an object with any of these: “regions” and “systems”, lists of "
        "names; “app_version”, an object with “from”, “to” or both."
    )


class RuleUnknown(Invalid):
    code = "rule_unknown"
    sentence = gettext_noop("There is no rule “%(name)s”. There are: %(accepted)s.")


class NamesNotListed(Invalid):
    code = "rule_names_not_listed"
    sentence = gettext_noop(
        "This has to be a list of names, at most %(most)s. To match everybody, leave it empty."
    )


class RuleNameRefused(Invalid):
    code = "rule_name_refused"
    sentence = gettext_noop(
        "“%(name)s” cannot be used. A name has 1 to 32 letters from a to z, digits, dots, hyphens "
        "and underscores, and begins with a letter or a digit: sg, us-ca, android."
    )


class AppVersionsUnreadable(Invalid):
    code = "rule_app_versions_unreadable"
    sentence = gettext_noop(
        "This has to be an object with “from”, “to” or both, each a version such as 8.2."
    )


class AppVersionRefused(Invalid):
    code = "rule_app_version_refused"
    sentence = gettext_noop(
        "“%(version)s” is no version that can be compared. Write 1 to 8 numbers with dots between "
        "them, such as 8.2 or 8.2.1."
    )


class AppVersionsEmpty(Invalid):
    code = "rule_app_versions_empty"
    sentence = gettext_noop(
        "No version is from %(first)s on and up to %(last)s. “to” has to be the higher one."
    )


@lru_cache(maxsize=1024)
def numbers_of(app_version: str) -> Numbers | None:
    """The numbers of an app version; None: it cannot be read."""
    if not APP_VERSION.fullmatch(app_version):
        return None
    return tuple(int(part) for part in app_version.split("."))


def is_within(given: Numbers, first: Numbers | None, last: Numbers | None) -> bool:
    """Whether an app version is in the range, of which either end may be open."""
    # A number that is not there is a zero.
    if first is not None and given + _ZEROS[len(given) :] < first:
        return False
    return last is None or given[: len(last)] <= last


@dataclass(frozen=True, slots=True)
class Context:
    """What a client says of itself; empty: it does not say."""

    region: str = ""
    os: str = ""
    app_version: str = ""


@dataclass(frozen=True, slots=True)
class TargetingRules:
    """Rules that have been checked; empty and None: there is no such rule.

    `first` and `last` are the ends of the range of app versions, as somebody wrote them.
    """

    regions: frozenset[str] = frozenset()
    systems: frozenset[str] = frozenset()
    first: str = ""
    last: str = ""
    first_numbers: Numbers | None = field(init=False, repr=False, compare=False)
    last_numbers: Numbers | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Read the app versions once, and not for each user."""
        object.__setattr__(self, "first_numbers", numbers_of(self.first))
        object.__setattr__(self, "last_numbers", numbers_of(self.last))

    def __bool__(self) -> bool:
        """Whether there is any rule."""
        return bool(self.regions or self.systems or self.first or self.last)


ANYBODY: Final = TargetingRules()
"""No rules: they match everybody."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A rule that does not match: what the client said, and what would match."""

    rule: RuleName
    given: str
    wanted: TargetingRules


def matches(rules: TargetingRules, context: Context) -> bool:
    """Whether all of the rules match."""
    return (
        _region_fits(rules, context)
        and _system_fits(rules, context)
        and _app_version_fits(rules, context)
    )


def mismatches(rules: TargetingRules, context: Context) -> tuple[Mismatch, ...]:
    """The rules that do not match; none where `matches`."""
    given = {
        RuleName.REGIONS: context.region,
        RuleName.SYSTEMS: context.os,
        RuleName.APP_VERSION: context.app_version,
    }
    return tuple(
        Mismatch(name, given[name], rules)
        for name, fits in _FITS.items()
        if not fits(rules, context)
    )


def parse_rules(given: object) -> TargetingRules:
    """Rules as JSON has them; None and an empty object are no rules.

    Raises `InvalidFields`, each error at the rule it is about (`regions`, `app_version.from`), or
    at "" where it is about all.
    """
    if given is None:
        return ANYBODY
    if not isinstance(given, Mapping):
        raise InvalidFields({"": RulesUnreadable()})
    errors: dict[str, Invalid] = {
        str(name)[:40]: RuleUnknown(name=str(name)[:40], accepted=", ".join(RuleName))
        for name in given
        if name not in set(RuleName)
    }
    regions = _names(RuleName.REGIONS, given, errors)
    systems = _names(RuleName.SYSTEMS, given, errors)
    first, last = _range(given.get(RuleName.APP_VERSION), errors)
    if errors:
        raise InvalidFields(errors)
    return TargetingRules(regions, systems, first, last)


def rules_json(rules: TargetingRules) -> dict[str, list[str] | dict[str, str]]:
    """The rules as `parse_rules` reads them, always written the same way; no rules: empty."""
    ends = {"from": rules.first, "to": rules.last}
    found: dict[str, list[str] | dict[str, str]] = {
        RuleName.REGIONS.value: sorted(rules.regions),
        RuleName.SYSTEMS.value: sorted(rules.systems),
        RuleName.APP_VERSION.value: {name: end for name, end in ends.items() if end},
    }
    return {name: one for name, one in found.items() if one}


def _region_fits(rules: TargetingRules, context: Context) -> bool:
    return not rules.regions or context.region.lower() in rules.regions


def _system_fits(rules: TargetingRules, context: Context) -> bool:
    return not rules.systems or context.os.lower() in rules.systems


def _app_version_fits(rules: TargetingRules, context: Context) -> bool:
    if rules.first_numbers is None and rules.last_numbers is None:
        return True
    given = numbers_of(context.app_version)
    return given is not None and is_within(given, rules.first_numbers, rules.last_numbers)


_FITS: Final[Mapping[RuleName, Callable[[TargetingRules, Context], bool]]] = {
    RuleName.REGIONS: _region_fits,
    RuleName.SYSTEMS: _system_fits,
    RuleName.APP_VERSION: _app_version_fits,
}


def _names(
    rule: RuleName, given: Mapping[str, object], errors: dict[str, Invalid]
) -> frozenset[str]:
    names = given.get(rule)
    if names is None:
        return frozenset()
    if not isinstance(names, list | tuple) or len(names) > MOST_NAMES:
        errors[rule] = NamesNotListed(most=MOST_NAMES)
        return frozenset()
    found = set()
    for name in names:
        text = name.strip().lower() if isinstance(name, str) else ""
        if not NAME.fullmatch(text):
            errors[rule] = RuleNameRefused(name=str(name)[:40])
        found.add(text)
    return frozenset(found)


def _range(given: object, errors: dict[str, Invalid]) -> tuple[str, str]:
    if given is None:
        return "", ""
    if not isinstance(given, Mapping) or set(given) - {"from", "to"}:
        errors[RuleName.APP_VERSION] = AppVersionsUnreadable()
        return "", ""
    first, last = (_end(name, given, errors) for name in ("from", "to"))
    least, most = numbers_of(first), numbers_of(last)
    if least is not None and most is not None and not is_within(least, None, most):
        errors[RuleName.APP_VERSION] = AppVersionsEmpty(first=first, last=last)
    return first, last


def _end(name: str, given: Mapping[str, object], errors: dict[str, Invalid]) -> str:
    end = given.get(name) or ""
    text = end.strip() if isinstance(end, str) else str(end)
    if text and (not isinstance(end, str) or numbers_of(text) is None):
        errors[f"{RuleName.APP_VERSION}.{name}"] = AppVersionRefused(version=text[:40])
    return text
