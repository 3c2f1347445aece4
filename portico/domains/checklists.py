"""What the checks of a domain saw, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.domains.checking import Check, CheckName, Seen, Sentence, check_from
from portico.ui.values import StageState

TITLES: Mapping[CheckName, Promise] = {
    CheckName.OWNERSHIP: gettext_lazy("Ownership"),
    CheckName.ROUTING: gettext_lazy("Where the name leads"),
    CheckName.ADDRESSES: gettext_lazy("Stray addresses"),
    CheckName.CAA: gettext_lazy("Certificate authorities"),
    CheckName.HTTPS: gettext_lazy("HTTPS and certificate"),
}


@dataclass(frozen=True)
class SeenRow:
    """What one place says, in words."""

    where: str
    authoritative: bool
    values: tuple[str, ...]
    trouble: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class CheckRow:
    """One check, ended or not, in words."""

    name: CheckName
    title: str
    state: StageState
    took: str = ""
    expected: str = ""
    seen: tuple[SeenRow, ...] = ()
    meaning: str = ""
    advice: str = ""
    notes: tuple[str, ...] = ()
    is_culprit: bool = False

    @property
    def is_open(self) -> bool:
        """Whether its details are worth seeing at once."""
        return self.state is StageState.FAILED


def check_rows(
    kept: Sequence[Mapping[str, object]],
    *,
    culprit: str = "",
    under_way: Sequence[str] = (),
    goes_on: bool,
) -> tuple[CheckRow, ...]:
    """All checks in their order, those to come too, from those that ended."""
    ended = {str(one["name"]): check_from(one) for one in kept}
    rows = []
    for name in CheckName:
        check = ended.get(name.value)
        if check is not None:
            rows.append(_ended(check, is_culprit=name.value == culprit))
            continue
        waits = StageState.WAITING if goes_on else StageState.SKIPPED
        state = StageState.NOW if goes_on and name.value in under_way else waits
        rows.append(CheckRow(name, str(TITLES[name]), state))
    return tuple(rows)


def say(sentence: Sentence) -> str:
    """The sentence in the current language; "" for none."""
    return _(sentence.text) % sentence.facts if sentence.text else ""


def _ended(check: Check, *, is_culprit: bool) -> CheckRow:
    states = {True: StageState.DONE, False: StageState.FAILED, None: StageState.SKIPPED}
    return CheckRow(
        name=check.name,
        title=str(TITLES[check.name]),
        state=states[check.ok],
        took=_took(check.milliseconds) if check.milliseconds else "",
        expected=check.expected,
        seen=tuple(_seen_row(seen) for seen in check.seen),
        meaning=say(check.meaning),
        advice=say(check.advice),
        notes=tuple(say(note) for note in check.notes),
        is_culprit=is_culprit,
    )


def _seen_row(seen: Seen) -> SeenRow:
    return SeenRow(
        where=seen.where,
        authoritative=seen.authoritative,
        values=seen.values,
        trouble=say(seen.trouble) if seen.trouble else "",
        notes=tuple(say(note) for note in seen.notes),
    )


def _took(ms: int) -> str:
    return _("%(seconds)s s") % {"seconds": f"{ms / 1000:.1f}"} if ms >= 1000 else f"{ms} ms"
