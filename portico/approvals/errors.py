"""What can be wrong with a request, a decision, or what is attached to one."""

from __future__ import annotations

from portico.kernel.errors import Conflict, Forbidden, Invalid, Stale, gettext_noop

MOST_OF_REASON = 2000
MOST_FINDINGS = 200
MOST_SCREENSHOTS = 5


class RequestIsOver(Stale):
    """It was decided or withdrawn, perhaps a moment ago."""

    code = "request_is_over"
    sentence = gettext_noop("This request is not in review any more.")


class RequestIsApproved(RequestIsOver):
    code = "request_is_approved"
    sentence = gettext_noop(
        "Meanwhile this request was approved. Nothing more is to be decided on it."
    )


class RequestIsRejected(RequestIsOver):
    code = "request_is_rejected"
    sentence = gettext_noop(
        "Meanwhile this request was rejected. Nothing more is to be decided on it."
    )


class RequestIsWithdrawn(RequestIsOver):
    code = "request_is_withdrawn"
    sentence = gettext_noop(
        "Meanwhile this request was withdrawn. Nothing more is to be decided on it."
    )


class AlreadyDecided(Conflict):
    code = "already_decided"
    sentence = gettext_noop(
        "You have decided on this request already. It waits for the decision of somebody else."
    )


class OwnRequest(Forbidden):
    code = "own_request"
    sentence = gettext_noop(
        "This is your own request. The release process that it was made under wants somebody "
        "else to decide on it."
    )


class RejectionWithoutReason(Invalid):
    code = "rejection_without_reason"
    sentence = gettext_noop("Say why you reject it, so that whoever asked knows what to change.")


class ReasonTooLong(Invalid):
    code = "reason_too_long"
    sentence = gettext_noop(
        "The text has %(length)s characters. Use at most %(most)s, and attach screenshots for "
        "the rest."
    )


class UnknownFindings(Invalid):
    code = "unknown_findings"
    sentence = gettext_noop(
        "Some of the findings that you marked are not among those of this version any more. It "
        "was probably checked again: look at the findings as they are now, and mark them anew."
    )


class TooManyFindings(Invalid):
    code = "too_many_findings"
    sentence = gettext_noop("Mark at most %(most)s findings.")


class TooManyScreenshots(Invalid):
    code = "too_many_screenshots"
    sentence = gettext_noop("Attach at most %(most)s screenshots to a decision.")
