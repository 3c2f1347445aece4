"""What is rolling out: releases in grayscale, and those that testers have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse

from portico.release_process.rules import percentage
from portico.releases.access import releases_for
from portico.releases.models import Release, ReleaseStatus
from portico.releases.showing import share_text
from portico.targets.icons import icons_of
from portico.ui.values import AppIcon
from portico.workspaces.models import Membership

SHOWN: Final = 5


@dataclass(frozen=True)
class Rollout:
    """A release that some users have. `width` is the share in percent, for the bar; `next_share`
    and `next_at`: what the ramp does next."""

    release: Release
    icon: AppIcon
    target: str
    url: str
    share: str
    width: str
    next_share: str
    next_at: datetime | None
    testers: int

    @property
    def is_pilot(self) -> bool:
        """Whether testers alone have it."""
        return self.release.status == ReleaseStatus.PILOT


@dataclass(frozen=True)
class RollingOut:
    """The newest of those in grayscale and of those in pilot, and where all of them are."""

    rows: tuple[Rollout, ...]
    more: bool
    url: str


def rolling_out(member: Membership) -> RollingOut:
    """What is rolling out of that which a member may see; three queries."""
    seen = releases_for(member)
    found = [
        *_newest(seen.filter(status=ReleaseStatus.GRAYSCALE)),
        *_newest(seen.filter(status=ReleaseStatus.PILOT, pilot_started_at__isnull=False)),
    ]
    above = reverse("release_list")
    return RollingOut(
        rows=_rows(member, found[:SHOWN], above),
        more=len(found) > SHOWN,
        url=f"{above}?status=live",
    )


def _newest(releases: QuerySet[Release]) -> list[Release]:
    return list(releases.order_by("-id")[: SHOWN + 1])


def _rows(member: Membership, releases: Sequence[Release], above: str) -> tuple[Rollout, ...]:
    icons = icons_of(member.workspace, [release.program for release in releases])
    return tuple(_row(release, icon, above) for release, icon in zip(releases, icons, strict=True))


def _row(release: Release, icon: AppIcon, above: str) -> Rollout:
    following = [share for share, _minutes in release.ramp if share > release.share]
    goes_on = release.ramp_on and release.paused_at is None and bool(following)
    return Rollout(
        release=release,
        icon=icon,
        target=str(release.target),
        url=f"{above}{release.id}/",
        share=share_text(release.share),
        width=f"{percentage(release.share):g}",  # in an attribute of SVG: never localized
        next_share=share_text(following[0]) if goes_on else "",
        next_at=release.next_step_at if goes_on else None,
        testers=len(release.testers),
    )
