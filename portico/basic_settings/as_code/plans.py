"""What a plan says: section by section, what applying a file would do, or what keeps it from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portico.basic_settings.as_code.faults import Problem, errors_of
from portico.basic_settings.registry import AnySection
from portico.kernel.errors import Invalid, InvalidFields, Stale, gettext_noop
from portico.ui.values import Change


class Standing(StrEnum):
    """Where a section of the file stands."""

    UNCHANGED = "unchanged"
    FIRST = "first"
    CHANGED = "changed"
    STALE = "stale"
    REFUSED = "refused"


@dataclass(frozen=True)
class TakenFile:
    """A file that came along and was taken in, and what was taken out of it."""

    sha256: str
    name: str
    size: int
    removed: tuple[str, ...]


@dataclass(frozen=True)
class PlannedSection:
    """What the file does to one section.

    `live` is the number of the revision that is live now, `revision` that of the one which the
    file becomes. `meanwhile` is what others changed since the file was made; `kept` names fields
    that are a workspace's own and are not copied, `secrets_wanted` those to be given.
    """

    section: AnySection
    standing: Standing
    live: int
    based_on: int | None
    changes: tuple[Change, ...] = ()
    meanwhile: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    kept: tuple[str, ...] = ()
    secrets_wanted: tuple[str, ...] = ()
    revision: int | None = None

    @property
    def is_pending(self) -> bool:
        """Whether applying the file changes this section."""
        return self.standing in {Standing.FIRST, Standing.CHANGED}

    @property
    def is_in_the_way(self) -> bool:
        """Whether nothing of the file can be applied because of this section."""
        return self.standing in {Standing.STALE, Standing.REFUSED}


@dataclass(frozen=True)
class Plan:
    """What applying a file would do. `digest` names it: the same file over the same live settings.

    `is_copy`: the file holds another workspace's settings. `problems`: of the file as a whole.
    """

    sections: tuple[PlannedSection, ...]
    files: tuple[TakenFile, ...]
    is_copy: bool
    source: str
    digest: str
    problems: tuple[Problem, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether the file cannot be applied as it is."""
        return bool(self.problems) or any(one.is_in_the_way for one in self.sections)

    @property
    def is_pending(self) -> bool:
        """Whether applying it changes something."""
        return not self.is_refused and any(one.is_pending for one in self.sections)

    @property
    def is_stale(self) -> bool:
        """Whether nothing stands in the way but changes that somebody made since."""
        return (
            not self.problems
            and self.is_refused
            and all(one.standing is Standing.STALE for one in self.sections if one.is_in_the_way)
        )

    @property
    def has_stale(self) -> bool:
        """Whether somebody changed one of the sections since."""
        return any(one.standing is Standing.STALE for one in self.sections)

    @property
    def waits_for_secrets(self) -> bool:
        """Whether nothing stands in the way but secrets that are to be given."""
        return (
            bool(self.secrets_wanted)
            and not self.has_stale
            and all(problem.place in self.secrets_wanted for problem in self.all_problems)
        )

    @property
    def secrets_wanted(self) -> tuple[str, ...]:
        """The secrets that are to be given, as `service-email.password`."""
        return tuple(
            f"{one.section.name}.{field}" for one in self.sections for field in one.secrets_wanted
        )

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Everything that stands in the way."""
        return (*self.problems, *(found for one in self.sections for found in one.problems))


class CannotBeApplied(InvalidFields):
    """Something in the file is refused, so that nothing of it was applied. `plan` says what."""

    code = "cannot_be_applied"
    sentence = gettext_noop("Nothing of the file was applied, because parts of it are refused.")

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__(errors_of(plan.all_problems))


class FileIsOld(Stale):
    """Somebody changed what the file was made from. `plan` says where."""

    code = "settings_file_is_old"
    sentence = gettext_noop(
        "Nothing was applied: %(sections)s changed since the file was made. Look at the plan, and "
        "export again or rebase."
    )

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        stale = [one.section.name for one in plan.sections if one.standing is Standing.STALE]
        super().__init__(sections=", ".join(stale))


class PlanIsOld(Stale):
    """What would be applied is not what was shown. `plan` is the new one."""

    code = "plan_is_old"
    sentence = gettext_noop(
        "Nothing was applied: the settings, or the file, are not what they were when the plan was "
        "made. Look at the new plan first."
    )

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__()


class NeedsPlan(Invalid):
    """A file that is based on no revision of this workspace is applied as planned or not at all."""

    code = "plan_needed"
    sentence = gettext_noop(
        "This file was not made from revisions of this workspace. Plan it first, and apply that "
        "very plan by its digest."
    )
