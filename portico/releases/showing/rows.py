"""Releases in lists, in the current language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from portico.releases.models import Release
from portico.releases.showing.words import ended_because, status_chips
from portico.targets.icons import icons_of
from portico.ui.values import AppIcon, State
from portico.workspaces.models import Workspace


@dataclass(frozen=True)
class ReleaseRow:
    """A release in a list; `note` says why it ended. `icon` None: it is not shown."""

    release: Release
    url: str
    icon: AppIcon | None
    target: str
    chips: tuple[State, ...]
    note: str


def release_rows(
    workspace: Workspace, releases: Sequence[Release], *, icons: bool = True
) -> list[ReleaseRow]:
    """Releases in words; needs their program, version and target with its app. One query for the
    icons of their programs, if those are wanted."""
    shown: Sequence[AppIcon | None] = [None] * len(releases)
    if icons:
        shown = icons_of(workspace, [release.program for release in releases])
    above = reverse("release_list")
    return [
        ReleaseRow(
            release=release,
            url=f"{above}{release.id}/",
            icon=icon,
            target=str(release.target),
            chips=status_chips(release),
            note=ended_because(release),
        )
        for release, icon in zip(releases, shown, strict=True)
    ]
