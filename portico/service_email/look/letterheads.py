"""What a workspace's mails wear: logo, names, colors, contact, copyright."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils.functional import Promise

from portico.basic_settings.services import LiveSettings, live_settings
from portico.branding.rules import NEAR_BLACK, WHITE, NotAColor, check_brand_color, dark_variant
from portico.branding.section import section as branding
from portico.copyright_notice.section import section as copyright_notice
from portico.copyright_notice.services import text_for
from portico.kernel.errors import DomainError
from portico.service_email.look.logos import Logo, logo_of
from portico.service_email.look.words import link, one_line
from portico.service_email.payload import ServiceEmail
from portico.service_email.section import section as service_email
from portico.workspaces.models import Workspace

PLATFORM_COLOR = "#3a56c8"
DARK_GROUND = "#1f2229"
"""Behind the words in a dark mail; `mail.html` has it, too."""


@dataclass(frozen=True)
class Colors:
    """What is drawn in the brand's color and written on it, on light and on dark: `#rrggbb`."""

    brand: str
    on_brand: str
    dark_brand: str
    on_dark_brand: str


@dataclass(frozen=True)
class FootLink:
    """A link at the foot of a mail; its title is translated when the mail is written."""

    title: Promise | str
    url: str


@dataclass(frozen=True)
class Letterhead:
    """Everything of a mail that is the same for all mails of a workspace.

    `account` and `reply_to` are those that the workspace chose, whoever sends. `nickname` is never
    empty; the other texts may be. `logo` None: none could be made.
    """

    workspace_name: str
    nickname: str
    account: str
    reply_to: str
    contact_url: str
    copyright: str
    colors: Colors
    logo: Logo | None
    foot_links: tuple[FootLink, ...] = ()

    @property
    def contact(self) -> str:
        """The contact URL as people write it."""
        return self.contact_url.removeprefix("mailto:")


_foot_links: list[Callable[[Workspace, datetime], Sequence[FootLink]]] = []


def add_foot_links(links_of: Callable[[Workspace, datetime], Sequence[FootLink]]) -> None:
    """Have these links at the foot of every mail of a workspace. `portico.config` calls it.

    They are asked for once for each letterhead, which serves a batch of mails.
    """
    if links_of not in _foot_links:
        _foot_links.append(links_of)


def letterhead_of(
    workspace: Workspace, *, at: datetime, values: ServiceEmail | None = None
) -> Letterhead:
    """A workspace's letterhead at this moment. Reuse it for a batch: it takes two queries or so.

    `values`: others than the live ones, such as those of a test before they are saved. It never
    fails for want of a picture: mails go out with the monogram rather than not at all.
    """
    settings = live_settings(workspace)
    values = values or settings.payload(service_email)
    return Letterhead(
        workspace_name=workspace.name,
        nickname=one_line(values.nickname) or one_line(workspace.name),
        account=values.account,
        reply_to=values.reply_to,
        contact_url=link(values.contact_url),
        copyright=one_line(_notice(settings, at)),
        colors=colors_of(settings.payload(branding).brand_color),
        logo=logo_of(settings, values.logo),
        foot_links=tuple(foot for links in _foot_links for foot in links(workspace, at)),
    )


@lru_cache(maxsize=1024)
def colors_of(brand_color: str) -> Colors:
    """The colors of a brand; a stored one that white cannot be read on gives the platform's."""
    try:
        brand = check_brand_color(brand_color or PLATFORM_COLOR)
    except DomainError:
        return colors_of(PLATFORM_COLOR)
    try:
        dark = dark_variant(brand.color, DARK_GROUND).color
    except NotAColor:
        dark = WHITE
    return Colors(brand.color, brand.text, dark, NEAR_BLACK)


def _notice(settings: LiveSettings, at: datetime) -> str:
    return text_for(settings.payload(copyright_notice), settings.workspace, at)
