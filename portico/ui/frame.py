"""What a page wears: brand, navigation, person.

The composition root fills a `Frame` on each request and hands it to the templates as `frame`.
The templates here draw what is in it and nothing else; an empty value is not drawn.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from portico.ui.icons import ICONS

HEX_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Image:
    """A picture at an address, with its size in pixels so that nothing jumps when it arrives."""

    url: str
    width: int
    height: int


@dataclass(frozen=True)
class Link:
    """A place to go."""

    title: str
    url: str


@dataclass(frozen=True)
class IconLink:
    """One `<link>` to an icon in the page's head."""

    rel: str
    href: str
    sizes: str = ""
    type: str = ""


@dataclass(frozen=True)
class Brand:
    """How a workspace looks.

    `color` and `on_color` (the text on it) are `#rrggbb`; anything else raises `ValueError`,
    because both are printed into a style sheet. Contrast between the two is the caller's care.
    """

    name: str
    logo: Image
    dark_logo: Image | None = None
    icon_links: tuple[IconLink, ...] = ()
    manifest_url: str = ""
    color: str | None = None
    on_color: str | None = None

    def __post_init__(self) -> None:
        for value in (self.color, self.on_color):
            if value is not None and not HEX_COLOR.fullmatch(value):
                raise ValueError(f"A brand color is #rrggbb, not {value!r}.")

    @property
    def logo_is_mark(self) -> bool:
        """Whether the logo is too square to hold a name, so that the name stands beside it."""
        return self.logo.width <= self.logo.height * 1.5


@dataclass(frozen=True)
class NavItem:
    """An entry of a navigation or a tab; `count` is a number worth knowing before going there."""

    title: str
    url: str
    icon: str = ""
    current: bool = False
    count: int | str | None = None

    def __post_init__(self) -> None:
        if self.icon and self.icon not in ICONS:
            raise ValueError(f"There is no icon {self.icon!r}.")


@dataclass(frozen=True)
class PersonView:
    """The person who is signed in."""

    name: str
    email: str
    initials: str


@dataclass(frozen=True)
class WorkspaceLink:
    """A workspace that the person may switch to. `post`: going there takes a form, not a link."""

    name: str
    slug: str
    url_or_action: str
    current: bool = False
    post: bool = False

    @property
    def initials(self) -> str:
        """One or two letters that stand for the workspace."""
        return initials_of(self.name, self.slug)


@dataclass(frozen=True)
class Notice:
    """Something that a member is told at the top of every page of the console, until it is done."""

    text: str
    link: Link
    tone: str = "info"


@dataclass(frozen=True)
class CookieBanner:
    """Asks a visitor which cookies may be set. `action` is posted to, with `choice` necessary or
    all, and `next`: where to go on."""

    action: str
    notice_url: str
    settings_url: str
    next_url: str


@dataclass(frozen=True)
class Frame:
    """Everything around a page's own content."""

    brand: Brand
    about_url: str = ""
    copyright: str = ""
    legal_links: tuple[Link, ...] = ()
    notices: tuple[Notice, ...] = ()
    cookie_banner: CookieBanner | None = None
    contact_url: str = ""
    navigation: tuple[NavItem, ...] = ()
    settings_url: str = ""
    settings_current: bool = False
    person: PersonView | None = None
    workspaces: tuple[WorkspaceLink, ...] = ()
    preview: bool = False
    preview_end_url: str = ""
    language: str = ""
    demo: bool = False
    home_url: str = "/"
    canonical_url: str = ""
    console_url: str = ""
    sign_in_url: str = ""
    sign_out_url: str = ""

    @property
    def other_workspaces(self) -> tuple[WorkspaceLink, ...]:
        """The workspaces to switch to: all but the present one."""
        return tuple(workspace for workspace in self.workspaces if not workspace.current)


@dataclass(frozen=True)
class SettingsFrame:
    """The Settings page's own navigation: its tabs, and the areas of the present tab."""

    tabs: tuple[NavItem, ...]
    areas: tuple[NavItem, ...] = ()


def initials_of(name: str, otherwise: str = "") -> str:
    """One or two letters that stand for a name; of `otherwise` where the name has none."""
    words: list[str] = re.findall(r"\w+", name) or re.findall(r"\w+", otherwise)
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
