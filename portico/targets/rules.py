"""What names of apps and keys look like, and how long an old key may stay. Plain Python."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final
from uuid import UUID

from portico.kernel.errors import Invalid, gettext_noop
from portico.kernel.texts import check_visible

LONGEST_NAME: Final = 100
LONGEST_CODE: Final = 60
MOST_OVERLAP: Final = timedelta(days=30)
# What is offered for choice, shortest first.
OVERLAPS: Final = (
    timedelta(0),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(days=7),
    MOST_OVERLAP,
)
CODE: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")


class NameOutOfBounds(Invalid):
    code = "name_out_of_bounds"
    sentence = gettext_noop("A name has 1 to %(most)s characters; this one has %(length)s.")


class UnusableCode(Invalid):
    code = "unusable_app_code"
    sentence = gettext_noop(
        "A code has 1 to %(most)s lower-case letters (a to z), digits, dots, hyphens and "
        "underscores, and begins and ends with a letter or a digit, such as “pay-android” or "
        "“com.example.pay”."
    )


class CodeLikeAnId(Invalid):
    code = "app_code_like_an_id"
    sentence = gettext_noop(
        "This code looks like an id of this platform. Choose one that people can tell from that."
    )


class OverlapRefused(Invalid):
    """In hours."""

    code = "key_overlap_refused"
    sentence = gettext_noop(
        "The old key can work for 0 to %(most)s hours beside the new one; %(hours)s is not within "
        "that."
    )


def check_name(text: str) -> str:
    """The name on one line; raises `NameOutOfBounds` or `UnreadableName`."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise NameOutOfBounds(most=LONGEST_NAME, length=len(name))
    return check_visible(name)


def check_code(text: str) -> str:
    """The code; raises `UnusableCode`, or `CodeLikeAnId`: addresses take either."""
    code = text.strip()
    if len(code) > LONGEST_CODE or not CODE.fullmatch(code):
        raise UnusableCode(most=LONGEST_CODE)
    try:
        UUID(code)
    except ValueError:
        return code
    raise CodeLikeAnId


def check_overlap(overlap: timedelta) -> timedelta:
    """For how long an old key works beside a new one; raises `OverlapRefused`."""
    if not timedelta(0) <= overlap <= MOST_OVERLAP:
        hours, most = (time // timedelta(hours=1) for time in (overlap, MOST_OVERLAP))
        raise OverlapRefused(hours=hours, most=most)
    return overlap
