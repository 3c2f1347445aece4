"""What other features add to the page of a version: panels, and buttons beside its name.

`portico.config` adds them at start, so that this page knows none of them.

    version_panels.add(Panel("findings", "automated_checks/findings.html", findings_for, place=10))
    version_buttons.add(Button("preview", preview_for))

A panel's template is included with `panel`, which is what its function answers, and knows `program`
and `version`. Panels with a `place` below 50 stand above the particulars of the version, the others
below its files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise

from portico.miniprograms.models import Version
from portico.miniprograms.tabs import Drawn, Panel, Panels
from portico.workspaces.http import MemberRequest

MIDDLE: Final = 50


@dataclass(frozen=True)
class Offer:
    """A button as it is shown: a link, in a new tab where it leaves the console."""

    label: str | Promise
    url: str
    icon: str = ""
    new_tab: bool = False
    tone: str = "plain"


@dataclass(frozen=True)
class Button:
    """A button beside a version's name; `offer` gives None where this member has none."""

    name: str
    offer: Callable[[MemberRequest, Version], Offer | None]
    place: int = MIDDLE


class Buttons:
    """The buttons of a version's page, in the order of their places."""

    def __init__(self) -> None:
        self._buttons: dict[str, Button] = {}

    def add(self, button: Button) -> None:
        """Add a button; one of the same name takes the place of the earlier one."""
        self._buttons[button.name] = button

    def offered(self, request: MemberRequest, version: Version) -> list[Offer]:
        """Those that this member has."""
        buttons = sorted(self._buttons.values(), key=lambda one: (one.place, one.name))
        offers = [button.offer(request, version) for button in buttons]
        return [offer for offer in offers if offer is not None]


class VersionPanels(Panels[Version]):
    """The panels of a version's page."""

    def around(self, request: MemberRequest, version: Version) -> tuple[list[Drawn], list[Drawn]]:
        """What is drawn above the particulars of a version, and what below its files."""
        above = {panel.name for panel in self._panels.values() if panel.place < MIDDLE}
        drawn = self.drawn(request, version)
        return (
            [one for one in drawn if one.name in above],
            [one for one in drawn if one.name not in above],
        )


version_panels = VersionPanels()
version_buttons = Buttons()

__all__ = ["Button", "Offer", "Panel", "version_buttons", "version_panels"]
