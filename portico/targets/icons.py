"""Icons of apps and mini programs: uploaded, kept in use, shown; initials where there is none.

An icon is named by the hash of a stored file, taken in for the purpose `app_icon`, and is public.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar, Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from portico.branding.picture_form import (
    LOGO_TYPES,
    PictureForm,
    picture_field,
    picture_id_field,
)
from portico.branding.rules import Purpose
from portico.branding.services import check_picture
from portico.files.services import files_of, use
from portico.files.views import url_of
from portico.ui.frame import initials_of
from portico.ui.values import AppIcon
from portico.workspaces.models import Workspace


class HasIcon(Protocol):
    """An app or a mini program. `icon` is the hash of a stored file, or empty."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def icon(self) -> str:
        """The hash of a stored file, or empty."""


class IconForm(PictureForm):
    """A form with an icon, taken in as soon as it arrives, so that an error elsewhere loses none.

    Made with `workspace=` and `at=`; call `receive(request)` before `is_valid()`. Where there is
    one already, `initial={"icon_id": its hash}`. Its clean `icon_id` is the hash, or empty.
    """

    picture_fields: ClassVar[Mapping[str, Purpose]] = {"icon": Purpose.APP_ICON}

    icon = picture_field(
        _("Icon"),
        _(
            "PNG, JPEG, WebP or SVG; square; at least 48 pixels; up to 256 KiB. "
            "Empty: the first letters of the name."
        ),
        LOGO_TYPES,
    )
    icon_id = picture_id_field()


def check_icon(workspace: Workspace, sha256: str) -> str:
    """The hash of an icon of this workspace, or empty for none.

    Raises `NoSuchPicture`, or `WrongPurpose` where the file was not taken in as an icon.
    """
    return check_picture(workspace, sha256, Purpose.APP_ICON).sha256 if sha256 else ""


def use_icon(workspace: Workspace, sha256: str, *, user_kind: str, user_id: UUID) -> None:
    """Write down that something shows this icon (empty: none) and no other any more.

    Call it in the transaction of the change. `user_kind` is "app" or "program".
    """
    use(workspace, [sha256] if sha256 else [], user_kind=user_kind, user_id=user_id)


def icons_of(workspace: Workspace, things: Iterable[HasIcon]) -> list[AppIcon]:
    """What stands beside each of these names, in their order, for `{% app_icon icon %}`; one query
    for all."""
    found = list(things)
    urls = icon_urls(workspace, [thing.icon for thing in found])
    return [AppIcon(initials_of(thing.name), urls.get(thing.icon, "")) for thing in found]


def icon_of(workspace: Workspace, thing: HasIcon) -> AppIcon:
    """What stands beside one name."""
    return icons_of(workspace, [thing])[0]


def icon_urls(workspace: Workspace, hashes: Iterable[str]) -> dict[str, str]:
    """Where these icons are served, by hash; one query, none for no icons."""
    return {sha256: url_of(stored) for sha256, stored in files_of(workspace, hashes).items()}


def icon_url(workspace: Workspace, sha256: str) -> str:
    """Where an icon is served on any host of its workspace; empty where there is none."""
    return icon_urls(workspace, [sha256]).get(sha256, "")
