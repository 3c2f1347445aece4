"""Whether targeting rules only let more users in: what is allowed once somebody is enrolled."""

from __future__ import annotations

from collections.abc import Mapping

from portico.delivery.targeting import TargetingRules, parse_rules


def are_wider(new: Mapping[str, object], old: Mapping[str, object]) -> bool:
    """Whether everybody whom the old rules match is matched by the new ones, too: lists of names
    grow or go, an end of the range of app versions goes or stays."""
    wanted, present = parse_rules(new), parse_rules(old)
    return (
        _grows(wanted.regions, present.regions)
        and _grows(wanted.systems, present.systems)
        and _opens(wanted, present)
    )


def _grows(new: frozenset[str], old: frozenset[str]) -> bool:
    return not new or (bool(old) and new >= old)


def _opens(new: TargetingRules, old: TargetingRules) -> bool:
    return new.first in {"", old.first} and new.last in {"", old.last}
