"""How long one decision takes, beside what any decision needs: one hash and one look into a dict.

Measured in one process, in turns. The aim of 250 ns stands in DELIVERY.md's table of goals; how
many nanoseconds it took is written beside it, on the other stream, because a machine's own speed
says nothing about another's.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence

from mmh3 import mmh3_32_uintdigest

from portico.delivery.picking import Subject, pick
from portico.delivery.plan import Plan, PlannedVersion
from portico.delivery.targeting import ANYBODY, Context, TargetingRules
from tests.bench.portal import Row

ROUNDS, SUBJECTS, REPEATS = 9, 2_000, 25
SALT = "01JBJA0ZANFDNVF8FF1N7MX2RH"
RULES = TargetingRules(frozenset({"sg", "my"}), frozenset({"android"}), first="8.2", last="8.9")
CONTEXT = Context("sg", "android", "8.4.1")


def measure() -> list[Row]:
    """A grayscale of 20 % with 100 testers, without rules and with all of them."""
    return [
        _row("pick() at 20 %", _plan(ANYBODY), "<= 3"),
        _row("pick() at 20 %, with three rules", _plan(RULES), "<= 6"),
    ]


def _row(what: str, plan: Plan, aim: str) -> Row:
    subjects = [Subject(user=f"user-{number:06}") for number in range(SUBJECTS)]
    known = {subject.user: True for subject in subjects}
    keys = [plan.prefix + subject.user.encode() for subject in subjects]

    def ours() -> None:
        for subject in subjects:
            pick(plan, subject, CONTEXT)

    def floor() -> None:
        for subject, key in zip(subjects, keys, strict=True):
            mmh3_32_uintdigest(key)
            known.get(subject.user)

    ratios = []
    for _round in range(ROUNDS):
        picking, least = _nanoseconds(ours), _nanoseconds(floor)
        sys.stderr.write(f"  {what}: {picking:.0f} ns, a hash and a look {least:.0f} ns\n")
        ratios.append(picking / least)
    return Row(f"{what} / one hash and one look", statistics.median(ratios), aim)


def _nanoseconds(work: Callable[[], None]) -> float:
    """For one subject; the quickest of a few tries."""
    tries: Sequence[float] = [_seconds(work) for _try in range(REPEATS)]
    return min(tries) / SUBJECTS * 1e9


def _seconds(work: Callable[[], None]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _plan(rules: TargetingRules) -> Plan:
    return Plan(
        "com.example.tickets",
        revision=7,
        stable=PlannedVersion(1, "1.0", "0192e4a0-0000-7000-8000-000000000001"),
        candidate=PlannedVersion(2, "2.0", SALT),
        pilot=frozenset(f"tester-{number}" for number in range(100)),
        threshold=20_000,
        salt=SALT,
        rules=rules,
    )
