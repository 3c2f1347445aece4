"""Why an event of the pipeline is refused: what is the matter, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from portico.kernel.errors import Conflict, Forbidden, Invalid, Stale, gettext_noop


class NotAReleaseActor(Forbidden):
    code = "not_a_release_actor"
    sentence = gettext_noop(
        "Releases are driven by admins of the workspace; to Production also by the Admins of the "
        "mini program, to the Sandbox by all who work on it. Ask one of them."
    )


class StaleRelease(Stale):
    """Somebody did something since the caller looked. `happened` names it, `status` where the
    release is now."""

    code = "stale_release"
    sentence = gettext_noop(
        "Meanwhile version %(version)s for %(target)s was %(happened)s; it is in “%(status)s” now. "
        "Look at it again, and decide anew."
    )


class HappenedMeanwhile(StaleRelease):
    """The same, told by the API with the events themselves: `details`, beside code and sentence."""

    def __init__(self, details: Mapping[str, object], **facts: object) -> None:
        self.details = details
        super().__init__(**facts)


class NotInThisStatus(Conflict):
    code = "not_in_this_status"
    sentence = gettext_noop(
        "Version %(version)s for %(target)s is in “%(status)s”, and cannot be %(done)s there: that "
        "is possible in %(where)s."
    )


class AlreadyUnderReview(Conflict):
    code = "already_under_review"
    sentence = gettext_noop(
        "Version %(version)s is under review for %(target)s already, and waits for a decision. "
        "Withdraw it first to change or stop it."
    )


class ReleaseIsOver(Conflict):
    code = "release_is_over"
    sentence = gettext_noop(
        "The release of version %(version)s to %(target)s is over (%(status)s). A version is used "
        "once on a target: upload it with a higher code, and release that one."
    )


class VersionUsed(Conflict):
    code = "version_used"
    sentence = gettext_noop(
        "Version %(version)s was released to %(target)s already; that release is in “%(status)s”. "
        "A version is used once on a target, canceling uses it up: go on with that release, or "
        "upload the version with a higher code."
    )


class OtherUnderReview(Conflict):
    code = "other_under_review"
    sentence = gettext_noop(
        "Version %(other)s is under review for %(target)s. Withdraw it first, or wait until it is "
        "decided: one version at a time is reviewed for a target."
    )


class OtherUnderWay(Conflict):
    code = "other_under_way"
    sentence = gettext_noop(
        "Version %(other)s is on its way to the users of %(target)s (%(status)s). Wait until it "
        "is, cancel it, or choose to supersede it: then it is canceled as soon as this one "
        "reaches its next step."
    )


class StillUnderWay(Conflict):
    code = "still_under_way"
    sentence = gettext_noop(
        "Version %(other)s is on its way to the users of %(target)s (%(status)s). Cancel it first: "
        "what is live cannot be taken away while something is under way."
    )


class NotLive(Conflict):
    code = "not_live"
    sentence = gettext_noop(
        "No version of “%(program)s” is live on %(target)s, so there is nothing to take away."
    )


class OfflineRequested(Conflict):
    code = "offline_requested"
    sentence = gettext_noop(
        "A request to take “%(program)s” offline on %(target)s is in review already."
    )


class ReasonMissing(Invalid):
    code = "reason_missing"
    sentence = gettext_noop("Say why. The reason is kept with the release, and told to others.")


class TextTooLong(Invalid):
    code = "text_too_long"
    sentence = gettext_noop("The text has %(length)s characters. Use at most %(most)s.")


class ChecksNotClean(Conflict):
    code = "checks_not_clean"
    sentence = gettext_noop(
        "The automated checks of version %(version)s are not clean (%(verdict)s), and the release "
        "process lets nobody approve before they are. Wait for them, run them again, or reject the "
        "request so that a version without these findings can follow."
    )


class PilotStarted(Conflict):
    code = "pilot_started"
    sentence = gettext_noop(
        "The pilot of version %(version)s has started. Update its testers instead."
    )


class PilotNotStarted(Conflict):
    code = "pilot_not_started"
    sentence = gettext_noop(
        "The pilot of version %(version)s has not started. Pick its testers first, or bypass it "
        "with a reason."
    )


class TestersMissing(Invalid):
    __test__ = False  # not a test, whatever pytest takes its name for

    code = "testers_missing"
    sentence = gettext_noop("Pick at least one tester: a group, or user ids of the super app.")


class TooManyTesters(Invalid):
    code = "too_many_pilot_testers"
    sentence = gettext_noop(
        "These are %(count)s testers; the release process allows %(most)s in this pilot."
    )


class SameTesters(Conflict):
    code = "same_testers"
    sentence = gettext_noop("These are the testers of the pilot already.")


class SameConfiguration(Conflict):
    code = "same_configuration"
    sentence = gettext_noop("The release has this very configuration already.")


class SameRules(Conflict):
    code = "same_rules"
    sentence = gettext_noop("The release has these very targeting rules already.")


class RulesNarrower(Conflict):
    code = "rules_narrower"
    sentence = gettext_noop(
        "%(share)s %% of the users have version %(version)s already, and narrower rules would take "
        "it from some of them. Rules can be removed or widened now; to narrow them down, cancel."
    )


class NotAScale(Invalid):
    code = "not_a_scale"
    sentence = gettext_noop(
        "%(given)s %% cannot be given. Choose a share above 0 %%, up to 100 %%, with at most three "
        "decimals."
    )


class NotGreater(Conflict):
    code = "share_not_greater"
    sentence = gettext_noop(
        "%(given)s %% is not more than the %(present)s %% who have version %(version)s already. A "
        "share only grows: to take it back, cancel or roll back."
    )


class ReleasePaused(Conflict):
    code = "release_paused"
    sentence = gettext_noop(
        "The release of version %(version)s is paused at %(share)s %%. Resume it first."
    )


class ReleaseNotPaused(Conflict):
    code = "release_not_paused"
    sentence = gettext_noop("The release of version %(version)s is not paused.")


class RampOn(Conflict):
    code = "ramp_on"
    sentence = gettext_noop(
        "The release of version %(version)s goes on by itself already. Stop its ramp to start "
        "another."
    )


class RampOff(Conflict):
    code = "ramp_off"
    sentence = gettext_noop("The release of version %(version)s is not on a ramp.")


class RampRefused(Invalid):
    code = "ramp_refused"
    sentence = gettext_noop(
        "This cannot be a ramp. Give 1 to %(most)s steps, each a share above the one before it, up "
        "to 100 %%, and the minutes that the release stays there, 0 or more."
    )


class RampOver(Conflict):
    code = "ramp_over"
    sentence = gettext_noop(
        "Version %(version)s is at %(share)s %% already, and no step of the ramp is above that. "
        "Give a ramp that goes further."
    )


class RampTooSteep(Conflict):
    code = "ramp_too_steep"
    sentence = gettext_noop(
        "The ramp would begin with %(given)s %%, and the release process with at most %(most)s %% "
        "of the users. Give a ramp with a smaller first step, or scale by hand first."
    )


class HeldBack(Conflict):
    """A limit of the release process that an Admin can override, with a reason."""

    code = "held_back"


class FirstShareTooLarge(HeldBack):
    code = "first_share_too_large"
    sentence = gettext_noop(
        "%(given)s %% is too large a first share: others have version %(stable)s, and the release "
        "process begins with at most %(most)s %%. An admin of the workspace can override that, "
        "with a reason."
    )


class SoakTooShort(HeldBack):
    code = "soak_too_short"
    sentence = gettext_noop(
        "Everybody can get version %(version)s from %(from)s on: the release process wants "
        "%(minutes)s minutes between the first users and all of them. An admin of the workspace "
        "can override that, with a reason."
    )


class WindowClosed(HeldBack):
    code = "window_closed"
    sentence = gettext_noop(
        "%(why)s That is %(opens)s. An admin of the workspace can override it, with a reason."
    )


class OverrideByAdmin(Forbidden):
    code = "override_by_admin"
    sentence = gettext_noop(
        "Only admins of the workspace override the release process. Leave the reason out, or ask "
        "one of them."
    )


class NotReplaced(Conflict):
    code = "not_replaced"
    sentence = gettext_noop(
        "Version %(version)s was taken from %(target)s (%(because)s), not replaced by a newer one. "
        "What was taken away needs a new review: upload it with a higher code, and apply for that."
    )


class LiveAlready(Conflict):
    code = "live_already"
    sentence = gettext_noop(
        "Version %(version)s is what everybody on %(target)s gets already; there is nothing to "
        "roll back."
    )
