"""The tabs of a mini program's pages, and what other parts add to them.

A part adds a tab for a page of its own, or a panel to the overview, where its module of URLs or
`portico.config` is loaded:

    add_tab(Tab("versions", _("Versions"), "program_versions"))
    overview.add(Panel("checks", "automated_checks/newest.html", newest_findings))

The page of a tab extends `miniprograms/program.html`, fills its block `program`, and is rendered
with `program_context(request, program, tab="versions")` in its context.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portico.miniprograms.access import Act, may, role_in
from portico.miniprograms.models import MiniProgram
from portico.targets.icons import icon_of
from portico.ui.frame import NavItem
from portico.workspaces.http import MemberRequest
from portico.workspaces.permissions import Role

T = TypeVar("T")
Shown = Mapping[str, object]


@dataclass(frozen=True)
class Tab:
    """A page about one mini program. `url_name` is reversed with the program's `app_id`.

    Tabs stand in the order of `place`; `count` says how many things are there, None: nothing is
    said.
    """

    name: str
    title: str | Promise
    url_name: str
    place: int = 50
    count: Callable[[MiniProgram], int | None] = lambda _program: None


@dataclass(frozen=True)
class Panel(Generic[T]):
    """A part of a page that shows a `T`. Its template is included with `panel`, which is what
    `shown` answers; None: there is nothing to show to this member."""

    name: str
    template: str
    shown: Callable[[MemberRequest, T], Shown | None]
    place: int = 50


@dataclass(frozen=True)
class Drawn:
    """A panel that has something to show."""

    name: str
    template: str
    shown: Shown


class Panels(Generic[T]):
    """The panels of one kind of page, in the order of their places."""

    def __init__(self) -> None:
        self._panels: dict[str, Panel[T]] = {}

    def add(self, panel: Panel[T]) -> None:
        """Add a panel; one of the same name takes the place of the earlier one."""
        self._panels[panel.name] = panel

    def drawn(self, request: MemberRequest, subject: T) -> list[Drawn]:
        """Those that have something to show to this member, with what they show."""
        found = []
        for panel in sorted(self._panels.values(), key=lambda one: (one.place, one.name)):
            shown = panel.shown(request, subject)
            if shown is not None:
                found.append(Drawn(panel.name, panel.template, shown))
        return found


overview: Panels[MiniProgram] = Panels()
"""What other parts show on a program's first page."""

_tabs: dict[str, Tab] = {}


def add_tab(tab: Tab) -> None:
    """Add a tab; one of the same name takes the place of the earlier one."""
    _tabs[tab.name] = tab


def tabs_of(program: MiniProgram, current: str) -> list[NavItem]:
    """The tabs of a program's pages. One whose page is not there (yet) is left out."""
    found = []
    for tab in sorted(_tabs.values(), key=lambda one: (one.place, one.name)):
        try:
            url = reverse(tab.url_name, args=[program.app_id])
        except NoReverseMatch:
            continue
        count = tab.count(program)
        found.append(NavItem(str(tab.title), url, current=tab.name == current, count=count))
    return found


def program_context(request: MemberRequest, program: MiniProgram, *, tab: str) -> dict[str, object]:
    """What `miniprograms/program.html` needs on each page of a program: the program, its icon, the
    tabs, and what this member may do (`may_change`, `may_upload`, `may_preview`)."""
    role, assigned = Role(request.member.role), role_in(request.member, program)
    return {
        "program": program,
        "program_icon": icon_of(request.workspace, program),
        "tabs": tabs_of(program, tab),
        "may_change": may(role, Act.CHANGE, assigned),
        "may_upload": may(role, Act.UPLOAD, assigned),
        "may_preview": may(role, Act.PREVIEW, assigned),
    }


for _tab in (
    Tab("overview", _("Overview"), "program", place=10),
    Tab("versions", _("Versions"), "program_versions", place=20),
    Tab("set_up", _("Set-up"), "program_set_up", place=30),
    Tab("testers", _("Testers"), "program_testers", place=40),
    Tab("members", _("Members"), "program_members", place=60),
):
    add_tab(_tab)
