"""What may be asked of reviewers, and answered by them: limits, patience, refusals. No Django."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from standardwebhooks import Webhook

from portico.kernel.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Stale,
    gettext_noop,
)

MOST_REVIEWERS: Final = 5
MOST_OVERLAP: Final = 168  # hours
ANSWER_WITHIN: Final = timedelta(hours=24)
DOWNLOAD_WITHIN: Final = timedelta(minutes=30)
TOLERANCE: Final = timedelta(minutes=5)
MOST_BYTES: Final = 1024 * 1024
MOST_FINDINGS: Final = 500
# Seconds after the first, second, … call that was not taken; with the last one a day is over.
MINUTE, HOUR = 60, 3600
WAITS: Final = (10, MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR, *(2 * HOUR,) * 3, *(4 * HOUR,) * 4)


class ReviewerNameMissing(Invalid):
    code = "reviewer_name_missing"
    sentence = gettext_noop("Give the reviewer a name; findings are shown beside it.")


class ReviewerNameTooLong(Invalid):
    code = "reviewer_name_too_long"
    sentence = gettext_noop("The name has %(length)s characters; at most %(most)s are taken.")


class ReviewerNameOdd(Invalid):
    code = "reviewer_name_odd"
    sentence = gettext_noop("The name is one line of text without control characters.")


class ReviewerNameTaken(Invalid):
    code = "reviewer_name_taken"
    sentence = gettext_noop("There is a reviewer “%(name)s” already. Choose another name.")


class TooManyReviewers(Conflict):
    code = "too_many_reviewers"
    sentence = gettext_noop(
        "A workspace can have %(most)s reviewers. Remove one that is no longer needed."
    )


class ReviewerChanged(Stale):
    code = "reviewer_changed"
    sentence = gettext_noop(
        "This reviewer was changed by somebody else since you opened it. Look at the present "
        "values, and make your change again."
    )


class ReviewerAlreadyEnabled(Conflict):
    code = "reviewer_already_enabled"
    sentence = gettext_noop("This reviewer is enabled already.")


class ReviewerAlreadyDisabled(Conflict):
    code = "reviewer_already_disabled"
    sentence = gettext_noop("This reviewer is disabled already.")


class OverlapRefused(Invalid):
    code = "reviewer_overlap_refused"
    sentence = gettext_noop(
        "The old secret can stay in use for 0 to %(most)s hours beside the new one; %(hours)s is "
        "not within that."
    )


class SignatureRefused(Forbidden):
    code = "signature_refused"
    sentence = gettext_noop(
        "The signature does not fit. Sign “id.timestamp.body” with the reviewer's secret, as "
        "Standard Webhooks says, and send webhook-id, webhook-timestamp and webhook-signature."
    )


class TimestampRefused(Forbidden):
    code = "timestamp_refused"
    sentence = gettext_noop(
        "webhook-timestamp is more than %(minutes)s minutes away from our clock. Sign the answer "
        "when you send it, and check your server's clock."
    )


class AnsweredAlready(Conflict):
    code = "review_answered"
    sentence = gettext_noop("This review was answered already. An answer is taken once.")


class AnsweredTooLate(Conflict):
    code = "review_over"
    sentence = gettext_noop(
        "This review is over: no answer came in time, or nobody waits for it any more."
    )


class OtherReview(Invalid):
    code = "review_other"
    sentence = gettext_noop("The body names another review than the address.")


class DownloadOver(NotFound):
    code = "download_over"
    sentence = gettext_noop(
        "This link was used before, is too old, or was never made. It works once, for %(minutes)s "
        "minutes from the call that brought it."
    )


def check_name(text: str) -> str:
    """A reviewer's name as it is kept. Raises an Invalid."""
    name = " ".join(text.split(" ")).strip()
    if not name:
        raise ReviewerNameMissing
    if len(name) > 60:
        raise ReviewerNameTooLong(length=len(name), most=60)
    if not name.isprintable():
        raise ReviewerNameOdd
    return name


def wait_after(calls: int) -> timedelta | None:
    """How long to wait after so many calls that were not taken (1 or more); None: give up."""
    return timedelta(seconds=WAITS[calls - 1]) if calls <= len(WAITS) else None


def check_signature(
    headers: Mapping[str, str], body: bytes, *, keys: Sequence[str], at: datetime
) -> str:
    """The `webhook-id` of a request that one of these secrets signed, lately.

    Raises `SignatureRefused` or `TimestampRefused`. The clock comes in, which is why this is not
    left to the library's own check.
    """
    message_id = headers.get("webhook-id", "")
    stamp = headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "")[:4096].split()
    if not message_id or len(message_id) > 256 or not message_id.isprintable():
        raise SignatureRefused
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11):
        raise SignatureRefused
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise SignatureRefused from None
    moment = datetime.fromtimestamp(int(stamp), UTC)
    wanted = [Webhook(key).sign(message_id, moment, text).encode() for key in keys]
    fits = [hmac.compare_digest(one.encode(), right) for one in given for right in wanted]
    if not any(fits):
        raise SignatureRefused
    if abs(at - moment) > TOLERANCE:
        raise TimestampRefused(minutes=int(TOLERANCE.total_seconds() // 60))
    return message_id
