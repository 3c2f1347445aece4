"""Why somebody gets what they get, in plain words: one step after the other, as it was decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portico.delivery.explaining import Explanation
from portico.delivery.plan import Picked, Reason
from portico.delivery.targeting import Mismatch, RuleName, TargetingRules
from portico.ui.values import Fact, Stage, StageState


@dataclass(frozen=True)
class Told:
    """An explanation in words: the answer, and the steps up to the one that decided."""

    title: str
    stages: list[Stage]


def told(explanation: Explanation) -> Told:
    """The explanation in the current language."""
    stages: list[Stage] = []
    for reason, stage in _steps(explanation):
        stages.append(stage)
        if reason is explanation.reason:
            break
    return Told(_answer(explanation.picked), stages)


def sentences(explanation: Explanation) -> list[str]:
    """The same, one sentence after the other."""
    found = told(explanation)
    return [found.title, *(f"{stage.title}: {stage.detail}" for stage in found.stages)]


def percent(thousandths: int) -> str:
    """A share as people write it: 20 %, 0.5 %."""
    return f"{thousandths / 1000:.3f}".rstrip("0").rstrip(".") + "\N{NARROW NO-BREAK SPACE}%"


def rule_facts(rules: TargetingRules) -> list[Fact]:
    """The rules beside the percentage, for people; empty where there are none."""
    facts = []
    if rules.regions:
        facts.append(Fact(_("Region"), ", ".join(sorted(rules.regions))))
    if rules.systems:
        facts.append(Fact(_("Operating system"), ", ".join(sorted(rules.systems))))
    if rules.first or rules.last:
        facts.append(Fact(_("App version"), _range(rules)))
    return facts


def _steps(told: Explanation) -> Iterator[tuple[Reason, Stage]]:
    yield Reason.REMOVED, _removed(told)
    if told.plan.candidate is not None:
        yield Reason.PILOT, _pilot(told)
        yield Reason.GRAYSCALE, _share(told)
    if told.reason is Reason.NOT_AVAILABLE:
        yield Reason.NOT_AVAILABLE, _not_available(told)
    else:
        yield Reason.FULL, _full(told)


def _answer(picked: Picked) -> str:
    if picked.version is not None:
        facts = {"version": picked.version.name, "code": picked.version.code}
        return _("They get version %(version)s (%(code)s).") % facts
    if picked.reason is Reason.REMOVED:
        return _("They get nothing: the mini program is offline here.")
    return _("They get nothing: the mini program is not available to them.")


def _removed(told: Explanation) -> Stage:
    title = _("Is it offline?")
    if told.plan.removed:
        return _decided(title, _("Yes. It was taken offline or removed, so nobody gets it."))
    return _passed(title, _("No."))


def _pilot(told: Explanation) -> Stage:
    title, count = _("Are they in the test group?"), len(told.plan.pilot)
    if told.is_tester:
        text = _("Yes. Testers get the new version, also once it is in grayscale.")
        return _decided(title, text)
    if not count:
        return _passed(title, _("No. The new version has no test group."))
    if not told.subject.user:
        return _passed(title, _("No. Only users are in a test group, and no user ID was given."))
    text = ngettext(
        "No. The test group has %(count)s user, and this is another one.",
        "No. The test group has %(count)s users, and this is none of them.",
        count,
    )
    return _passed(title, text % {"count": count})


def _share(told: Explanation) -> Stage:
    title = _("Are they early?")
    if not told.plan.threshold:
        return _passed(title, _("No. The share is zero, so nobody is yet."))
    if told.bucket is None:
        text = _("No. Without a user ID or a device ID nobody can be drawn.")
        return _passed(title, text)
    facts = {"place": percent(told.bucket), "share": percent(told.plan.threshold)}
    if not told.enrolled:
        text = _("No. They stand at %(place)s, and the share is %(share)s: it is not their turn.")
        return _passed(title, text % facts)
    text = _("They stand at %(place)s, below the share of %(share)s.") % facts
    if told.mismatches:
        reasons = [text, *map(_mismatch, told.mismatches)]
        return _passed(title, " ".join([_("No."), *reasons]))
    matching = _("All rules match.") if told.plan.rules else _("There are no rules beside it.")
    return _decided(title, " ".join([_("Yes."), text, matching]))


def _full(told: Explanation) -> Stage:
    text = _("It is what everybody gets who is not early.")
    if told.plan.candidate is None:
        text = _("It is what everybody gets. No other version is on its way.")
    return _decided(_("The full release"), text)


def _not_available(told: Explanation) -> Stage:
    text = _("There is none here yet, so whoever is not early gets nothing.")
    if told.plan.candidate is None:
        text = _("Nothing was released here yet.")
    return _decided(_("The full release"), text)


def _mismatch(one: Mismatch) -> str:
    given = one.given or _("not said")
    if one.rule is RuleName.REGIONS:
        wanted = ", ".join(sorted(one.wanted.regions))
        text = _("The region has to be one of %(wanted)s; it is %(given)s.")
    elif one.rule is RuleName.SYSTEMS:
        wanted = ", ".join(sorted(one.wanted.systems))
        text = _("The operating system has to be one of %(wanted)s; it is %(given)s.")
    else:
        wanted = _range(one.wanted)
        text = _("The app version has to be %(wanted)s; it is %(given)s.")
    return text % {"wanted": wanted, "given": given}


def _range(rules: TargetingRules) -> str:
    facts = {"first": rules.first, "last": rules.last}
    if not rules.last:
        return _("%(first)s or newer") % facts
    if not rules.first:
        return _("%(last)s or older") % facts
    return _("from %(first)s to %(last)s") % facts


def _decided(title: str, detail: str) -> Stage:
    return Stage(title, StageState.DONE, detail)


def _passed(title: str, detail: str) -> Stage:
    return Stage(title, StageState.SKIPPED, detail)
