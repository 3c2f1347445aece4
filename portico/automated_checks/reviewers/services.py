"""Making, changing and removing reviewers, and switching them on and off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from portico.audit.services import Actor, Change, named, record
from portico.automated_checks.models import Reviewer
from portico.automated_checks.reviewers.asking import DISABLED, REMOVED, stop_waiting
from portico.automated_checks.reviewers.keys import make_key
from portico.automated_checks.reviewers.rules import (
    MOST_OVERLAP,
    MOST_REVIEWERS,
    OverlapRefused,
    ReviewerAlreadyDisabled,
    ReviewerAlreadyEnabled,
    ReviewerChanged,
    ReviewerNameTaken,
    TooManyReviewers,
    check_name,
)
from portico.egress.services import egress
from portico.kernel.errors import Invalid, InvalidFields, NotFound
from portico.kernel.ids import new_id
from portico.secrets.services import forget
from portico.webhooks.rules.addresses import check_url, without_query
from portico.workspaces.models import Workspace

__all__ = [
    "MOST_OVERLAP",
    "MOST_REVIEWERS",
    "Wanted",
    "change_reviewer",
    "disable_reviewer",
    "enable_reviewer",
    "make_reviewer",
    "remove_reviewer",
    "reviewer_of",
    "reviewers_of",
    "rotate_secret",
]

KIND: Final = "reviewer"


@dataclass(frozen=True)
class Wanted:
    """What somebody wants of a reviewer, unchecked."""

    name: str
    url: str


def reviewers_of(workspace: Workspace) -> list[Reviewer]:
    """All of them, by name; one query."""
    return list(Reviewer.objects.filter(workspace=workspace).select_related("changed_by"))


def reviewer_of(workspace: Workspace, reviewer_id: UUID) -> Reviewer:
    """One of them; raises `NotFound`."""
    found = Reviewer.objects.filter(workspace=workspace, id=reviewer_id)
    reviewer = found.select_related("changed_by").first()
    if reviewer is None:
        raise NotFound
    reviewer.workspace = workspace
    return reviewer


def make_reviewer(
    workspace: Workspace, wanted: Wanted, *, by: Actor, at: datetime
) -> tuple[Reviewer, str]:
    """A new reviewer, enabled, and its signing secret: show it once, it cannot be read again. It is
    asked about versions that are uploaded, or checked again, from now on.

    Raises `InvalidFields` or `TooManyReviewers`.
    """
    with transaction.atomic():
        # One at a time, so that two at once do not make one too many, or take the same name.
        Workspace.objects.select_for_update(no_key=True).get(id=workspace.id)
        wanted = _checked(workspace, wanted)
        if Reviewer.objects.filter(workspace=workspace).count() >= MOST_REVIEWERS:
            raise TooManyReviewers(most=MOST_REVIEWERS)
        reviewer_id = new_id()
        secret, plain = make_key(workspace, reviewer_id, at=at)
        reviewer = Reviewer.objects.create(
            id=reviewer_id,
            workspace=workspace,
            name=wanted.name,
            url=wanted.url,
            secret=secret,
            created_at=at,
            changed_at=at,
            changed_by=named(by),
        )
        _record("reviewer.made", reviewer, by=by, at=at, changes=_changes(Wanted("", ""), wanted))
    return reviewer, plain


def change_reviewer(
    workspace: Workspace,
    reviewer_id: UUID,
    wanted: Wanted,
    *,
    based_on: int,
    by: Actor,
    at: datetime,
) -> Reviewer:
    """Give a reviewer another name or address; calls that are still due go to the new one.

    Raises `NotFound`, `InvalidFields`, or `ReviewerChanged` unless `based_on` is its revision.
    """
    with transaction.atomic():
        Workspace.objects.select_for_update(no_key=True).get(id=workspace.id)
        reviewer = _locked(workspace, reviewer_id, based_on=based_on)
        before = Wanted(reviewer.name, reviewer.url)
        wanted = _checked(workspace, wanted, reviewer_id)
        reviewer.name, reviewer.url = wanted.name, wanted.url
        _save(reviewer, by=by, at=at)
        _record("reviewer.changed", reviewer, by=by, at=at, changes=_changes(before, wanted))
    return reviewer


def disable_reviewer(
    workspace: Workspace, reviewer_id: UUID, *, by: Actor, at: datetime
) -> Reviewer:
    """Ask it nothing more; nobody waits any more for what it has not answered. Raises `NotFound` or
    `ReviewerAlreadyDisabled`."""
    with transaction.atomic():
        reviewer = _locked(workspace, reviewer_id)
        if not reviewer.enabled:
            raise ReviewerAlreadyDisabled
        reviewer.disabled_at = at
        _save(reviewer, by=by, at=at)
        stop_waiting(reviewer, DISABLED, at=at)
        _record("reviewer.disabled", reviewer, by=by, at=at)
    return reviewer


def enable_reviewer(
    workspace: Workspace, reviewer_id: UUID, *, by: Actor, at: datetime
) -> Reviewer:
    """Ask it about versions from now on. Raises `NotFound` or `ReviewerAlreadyEnabled`."""
    with transaction.atomic():
        reviewer = _locked(workspace, reviewer_id)
        if reviewer.enabled:
            raise ReviewerAlreadyEnabled
        reviewer.disabled_at = None
        _save(reviewer, by=by, at=at)
        _record("reviewer.enabled", reviewer, by=by, at=at)
    return reviewer


def remove_reviewer(workspace: Workspace, reviewer_id: UUID, *, by: Actor, at: datetime) -> None:
    """Remove a reviewer; its secrets are forgotten. What it answered stays. Raises `NotFound`."""
    with transaction.atomic():
        reviewer = _locked(workspace, reviewer_id)
        stop_waiting(reviewer, REMOVED, at=at)
        secrets = [one for one in (reviewer.secret, reviewer.old_secret) if one]
        forget(workspace, secrets, at=at)
        url = Change(field="url", before=reviewer.shown_url, after="")
        _record("reviewer.removed", reviewer, by=by, at=at, changes=[url])
        reviewer.delete()


def rotate_secret(
    workspace: Workspace,
    reviewer_id: UUID,
    *,
    overlap: int,
    by: Actor,
    at: datetime,
    based_on: int | None = None,
) -> tuple[Reviewer, str]:
    """A new signing secret, to be shown once. The one of before signs beside it, and is accepted,
    for `overlap` hours (0: not at all); an older one ends now.

    Asked twice, it ends the secret that the reviewer has, so say which revision it is `based_on`
    where the same form may come twice. Raises `NotFound`, `OverlapRefused` or `ReviewerChanged`.
    """
    if not 0 <= overlap <= MOST_OVERLAP:
        raise OverlapRefused(hours=overlap, most=MOST_OVERLAP)
    with transaction.atomic():
        reviewer = _locked(workspace, reviewer_id, based_on=based_on)
        over = [reviewer.old_secret] if reviewer.old_secret else []
        reviewer.old_secret, reviewer.old_secret_until = None, None
        if overlap:
            reviewer.old_secret = reviewer.secret
            reviewer.old_secret_until = at + timedelta(hours=overlap)
        else:
            over.append(reviewer.secret)
        reviewer.secret, plain = make_key(workspace, reviewer.id, at=at)
        forget(workspace, over, at=at)
        _save(reviewer, by=by, at=at)
        change = Change(field="overlap", before="", after=str(overlap))
        _record("reviewer.secret_rotated", reviewer, by=by, at=at, changes=[change])
    return reviewer, plain


def _locked(workspace: Workspace, reviewer_id: UUID, *, based_on: int | None = None) -> Reviewer:
    found = Reviewer.objects.select_for_update(of=("self",), no_key=True)
    reviewer = found.filter(workspace=workspace, id=reviewer_id).first()
    if reviewer is None:
        raise NotFound
    if based_on is not None and reviewer.revision != based_on:
        raise ReviewerChanged
    reviewer.workspace = workspace
    return reviewer


def _save(reviewer: Reviewer, *, by: Actor, at: datetime) -> None:
    reviewer.revision += 1
    reviewer.changed_at, reviewer.changed_by = at, named(by)
    reviewer.save()


def _checked(workspace: Workspace, wanted: Wanted, own: UUID | None = None) -> Wanted:
    errors: dict[str, Invalid] = {}

    def check(field: str, rule: Callable[[], str]) -> str:
        try:
            return rule()
        except Invalid as error:
            errors[field] = error
            return ""

    development = settings.PORTICO_SITE.scheme == "http"
    name = check("name", lambda: _free_name(workspace, check_name(wanted.name), own))
    url = check("url", lambda: check_url(wanted.url, egress=egress(), development=development))
    if errors:
        raise InvalidFields(errors)
    return Wanted(name, url)


def _free_name(workspace: Workspace, name: str, own: UUID | None) -> str:
    same = Reviewer.objects.filter(workspace=workspace, name=name)
    if same.exclude(id=own).exists() if own else same.exists():
        raise ReviewerNameTaken(name=name)
    return name


def _changes(before: Wanted, after: Wanted) -> list[Change]:
    """Addresses without what stands behind a question mark, which may be a key."""
    pairs = (
        ("name", before.name, after.name),
        ("url", without_query(before.url), without_query(after.url)),
    )
    return [Change(field=name, before=old, after=new) for name, old, new in pairs if old != new]


def _record(
    action: str,
    reviewer: Reviewer,
    *,
    by: Actor,
    at: datetime,
    changes: Sequence[Change] = (),
) -> None:
    record(
        action,
        by=by,
        at=at,
        workspace_id=reviewer.workspace_id,
        subject_kind=KIND,
        subject_id=reviewer.id,
        subject_label=reviewer.name,
        changes=changes,
    )
