"""What can be wrong with a change to a mini program."""

from __future__ import annotations

from portico.kernel.errors import Conflict, Invalid, Stale, gettext_noop


class ProgramArchived(Conflict):
    code = "program_archived"
    sentence = gettext_noop("“%(program)s” is archived. Restore it first.")


class AlreadyArchived(Conflict):
    code = "already_archived"
    sentence = gettext_noop("“%(program)s” is archived already.")


class NotArchived(Conflict):
    code = "not_archived"
    sentence = gettext_noop("“%(program)s” is not archived.")


class StillLive(Conflict):
    code = "program_still_live"
    sentence = gettext_noop(
        "“%(program)s” cannot be archived while people get it: %(where)s. Take it offline there "
        "first."
    )


class StillUnderWay(Conflict):
    code = "program_under_way"
    sentence = gettext_noop(
        "“%(program)s” cannot be archived while something is under way: %(what)s."
    )


class ProgramChanged(Stale):
    code = "program_changed"
    sentence = gettext_noop(
        "“%(program)s” was changed since you opened it. Nothing of yours was saved yet."
    )


class SetUpChanged(Stale):
    code = "set_up_changed"
    sentence = gettext_noop(
        "The set-up for %(target)s was changed since you opened it. Nothing of yours was saved yet."
    )


class OtherWorkspace(ValueError):
    """A target or a version that is not of the program's workspace: a mistake in the program."""


class NoSuchMember(Invalid):
    code = "no_such_member"
    sentence = gettext_noop(
        "No member of this workspace has the address “%(email)s”. Only members can work on a mini "
        "program; an admin of the workspace can invite people."
    )


class WorksOnIt(Invalid):
    code = "works_on_it_already"
    sentence = gettext_noop("%(who)s is on the list already.")


class NeedsNoPlace(Invalid):
    code = "sees_all_programs"
    sentence = gettext_noop(
        "%(who)s sees all mini programs already, and as %(role)s can be no more in one of them."
    )


class OperatorsOnlySee(Invalid):
    code = "operators_only_see"
    sentence = gettext_noop(
        "%(who)s is a Workspace Operator, who can see a mini program and not change it. Add them "
        "as a Developer, which lets them see it."
    )


class HasThatProgramRole(Conflict):
    code = "has_that_program_role"
    sentence = gettext_noop("%(who)s has that role already.")


class LastProgramAdmin(Conflict):
    code = "last_program_admin"
    sentence = gettext_noop(
        "%(who)s is the only Admin of “%(program)s”. Make somebody else its Admin first, or ask an "
        "admin of the workspace."
    )


class TooManyTesters(Conflict):
    code = "too_many_testers"
    sentence = gettext_noop(
        "A mini program has at most %(most)s testers on one target; there are %(present)s, and "
        "%(new)s would come. Nobody was added."
    )
