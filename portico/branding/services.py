"""A workspace's brand: taking pictures in, and saying which may be worn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from portico.branding.payload import Branding, NoSuchPicture
from portico.branding.rules import Picture, Purpose, check_favicon, take_in
from portico.files.models import StoredFile
from portico.files.services import file_of, store
from portico.kernel.errors import Invalid, InvalidFields, NotFound, gettext_noop
from portico.workspaces.models import Workspace

PICTURES: Mapping[str, Purpose] = {
    "logo": Purpose.LOGO,
    "dark_logo": Purpose.DARK_LOGO,
    "favicon": Purpose.FAVICON,
}
# A logo may serve as a dark logo and the other way round: what is asked of them is the same.
ALIKE = {
    Purpose.LOGO: {Purpose.LOGO, Purpose.DARK_LOGO},
    Purpose.DARK_LOGO: {Purpose.LOGO, Purpose.DARK_LOGO},
    Purpose.FAVICON: {Purpose.FAVICON},
    Purpose.EMAIL_LOGO: {Purpose.EMAIL_LOGO},
    Purpose.APP_ICON: {Purpose.APP_ICON},
    Purpose.SCREENSHOT: {Purpose.SCREENSHOT},
}
# Served by the pages that show them alone, to those who may see these.
PRIVATE = frozenset({Purpose.SCREENSHOT})


class WrongPurpose(Invalid):
    code = "wrong_purpose"
    sentence = gettext_noop(
        "This file was uploaded as %(given)s. Upload it as %(wanted)s, so that it is checked for "
        "that."
    )


def take_in_picture(
    workspace: Workspace, content: bytes, *, purpose: Purpose, name: str, at: datetime
) -> tuple[StoredFile, tuple[str, ...]]:
    """Check a picture, make it harmless, keep it; returns it and what was removed from it.

    `removed` are sentences, marked for translation. Raises an `Invalid` that says what is wrong
    and what would be accepted.
    """
    picture = take_in(content, purpose)
    stored = store(
        workspace,
        picture.content,
        content_type=picture.content_type,
        name=name,
        width=picture.width,
        height=picture.height,
        purpose=purpose.value,
        is_public=purpose not in PRIVATE,
        at=at,
    )
    return stored, picture.removed


def check_pictures(workspace: Workspace, payload: Branding) -> None:
    """Raise `InvalidFields` where a picture is not there, not for this, or not square."""
    errors: dict[str, Invalid] = {}
    for field, purpose in PICTURES.items():
        sha256 = getattr(payload, field)
        if sha256 is None:
            continue
        try:
            stored = check_picture(workspace, sha256, purpose)
            if purpose is Purpose.FAVICON:
                check_favicon(_without_bytes(stored), payload.favicon_fit)
        except Invalid as error:
            errors[field] = error
    if errors:
        raise InvalidFields(errors)


def is_square(stored: StoredFile) -> bool:
    """Whether a stored picture is square enough for an icon."""
    return _without_bytes(stored).square


def check_picture(workspace: Workspace, sha256: str, purpose: Purpose) -> StoredFile:
    """The stored picture; raises `NoSuchPicture`, or `WrongPurpose` where it is not for this."""
    try:
        stored = file_of(workspace, sha256)
    except NotFound:
        raise NoSuchPicture from None
    if ALIKE[purpose].isdisjoint(stored.purposes):
        raise WrongPurpose(given=", ".join(stored.purposes) or "-", wanted=purpose.value)
    return stored


def _without_bytes(stored: StoredFile) -> Picture:
    return Picture(b"", stored.content_type, stored.width or 0, stored.height or 0)
