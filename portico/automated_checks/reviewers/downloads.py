"""Links by which a reviewer fetches the package that it is asked about: signed, short-lived, and of
use once.

A link names the review, its version and the call that brought it. That it was not used yet stands
in the review's own row, so using it is one locked write.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.core import signing
from django.db import transaction

from portico.automated_checks.models import Review, ReviewState
from portico.automated_checks.reviewers.rules import DOWNLOAD_WITHIN, DownloadOver
from portico.miniprograms.models import Version
from portico.workspaces.hosts import address_of
from portico.workspaces.models import Workspace

SALT: Final = "portico.automated_checks.download"


def package_path(review: Review, number: int, *, until: datetime) -> str:
    """Where a reviewer fetches the package, from the call of this number on, until then."""
    named = [
        str(review.id),
        str(review.run.version_id),
        str(review.reviewer_id),
        number,
        int(until.timestamp()),
    ]
    token = signing.dumps(named, salt=SALT)
    return f"/api/v1/reviews/{review.id}/package?{urlencode({'token': token})}"


def package_url(workspace: Workspace, review: Review, *, at: datetime) -> tuple[str, datetime]:
    """The link for the present call, and when it ends."""
    until = at + DOWNLOAD_WITHIN
    return address_of(workspace, package_path(review, review.attempts, until=until)), until


def take_package(workspace: Workspace, review_id: UUID, token: str, *, at: datetime) -> Version:
    """The version whose package may be handed out, this once. Raises `DownloadOver`, which is the
    same whatever the reason."""
    over = DownloadOver(minutes=int(DOWNLOAD_WITHIN / timedelta(minutes=1)))
    try:
        named = signing.loads(token, salt=SALT)
        review_named, version_id, reviewer_id, number, until = named
    except (signing.BadSignature, ValueError, TypeError):
        raise over from None
    if review_named != str(review_id) or until <= at.timestamp():
        raise over
    with transaction.atomic():
        locked = Review.objects.select_for_update(of=("self",), no_key=True)
        review = (
            locked.filter(workspace=workspace, id=review_id, state=ReviewState.WAITING)
            .select_related("run__version__program")
            .first()
        )
        if review is None or str(review.reviewer_id) != reviewer_id:
            raise over
        version = review.run.version
        if str(version.id) != version_id or review.download != number or not version.package:
            raise over
        review.download = 0
        review.save(update_fields=["download"])
    return version
