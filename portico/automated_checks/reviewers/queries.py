"""Reading what reviewers were asked, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from portico.automated_checks.models import Review, ReviewCall, Reviewer
from portico.workspaces.models import Workspace


@dataclass(frozen=True)
class Asked:
    """A review with its calls, the newest first."""

    review: Review
    calls: Sequence[ReviewCall]


def with_last_reviews(workspace: Workspace) -> list[tuple[Reviewer, Review | None]]:
    """A workspace's reviewers by name, each with what it was asked last; two queries."""
    newest = Review.objects.filter(reviewer=OuterRef("id")).order_by("-id").values("id")[:1]
    found = Reviewer.objects.filter(workspace=workspace).annotate(newest=Subquery(newest))
    reviewers = list(found)
    ids = [one.newest for one in reviewers if one.newest]
    reviews = Review.objects.select_related("run__version__program").in_bulk(ids)
    return [(one, reviews.get(one.newest)) for one in reviewers]


def latest_of(reviewer: Reviewer, *, most: int) -> list[Asked]:
    """What a reviewer was asked lately, with the calls; two queries."""
    found = Review.objects.filter(workspace=reviewer.workspace, reviewer=reviewer)
    reviews = list(found.select_related("run__version__program").order_by("-id")[:most])
    calls: dict[object, list[ReviewCall]] = {}
    for call in ReviewCall.objects.filter(review__in=reviews).order_by("-number"):
        calls.setdefault(call.review_id, []).append(call)
    return [Asked(one, calls.get(one.id, [])) for one in reviews]
