"""Statuses and shares, in the current language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.formats import localize
from django.utils.translation import gettext as _

from portico.release_process.rules import percentage
from portico.releases.models import ArchivedBecause, Release, ReleaseStatus
from portico.ui.values import State

TONES: Final[Mapping[str, str]] = {
    ReleaseStatus.CREATED: "neutral",
    ReleaseStatus.UNDER_REVIEW: "warning",
    ReleaseStatus.PREPARATION: "info",
    ReleaseStatus.PILOT: "info",
    ReleaseStatus.GRAYSCALE: "info",
    ReleaseStatus.FULL: "good",
    ReleaseStatus.CANCELED: "neutral",
    ReleaseStatus.ARCHIVED: "neutral",
}


def share_text(share: int) -> str:
    """A share of the users in percent, as it is written in the current language."""
    found = percentage(share)
    return _("%(number)s %%") % {"number": localize(int(found) if found.is_integer() else found)}


def status_chips(release: Release) -> tuple[State, ...]:
    """Where a release is, with its share and whether it is paused."""
    label = str(ReleaseStatus(release.status).label)
    if release.status == ReleaseStatus.GRAYSCALE:
        label = _("%(status)s, %(share)s") % {
            "status": label,
            "share": share_text(release.share),
        }
    chips = [State(label, TONES[release.status])]
    if release.paused_at:
        chips.append(State(_("Paused"), "warning"))
    if release.is_rollback:
        chips.append(State(_("Rollback")))
    return tuple(chips)


def ended_because(release: Release) -> str:
    """Why what was live is live no more; empty where it is, or never was."""
    if not release.archived_because:
        return ""
    return str(ArchivedBecause(release.archived_because).label)
