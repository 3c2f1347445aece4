"""The name of a mini program for machines: a domain of its makers, written backwards.

Accepted are at least two parts between dots. Each begins with a letter from a to z, goes on with
letters, digits and hyphens, and ends with a letter or a digit; at most 63 characters a part and 128
in all. It is part of addresses (`/miniapp/<app_id>`), and nothing else than lower case is accepted,
so that there is one way to write it.
"""

from __future__ import annotations

import re
from typing import Final

from portico.kernel.errors import Invalid, gettext_noop

LONGEST: Final = 128
LONGEST_PART: Final = 63
PART: Final = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
PATTERN: Final = r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z]([a-z0-9-]{0,61}[a-z0-9])?)+$"
"""The same in one expression, for schemas; the length in all comes on top."""


class AppIdRefused(Invalid):
    """An app_id that cannot be used; its kinds follow."""

    code = "app_id_refused"
    sentence = gettext_noop(
        "“%(part)s” cannot be a part of an app_id. Each part begins with a letter from a to z and "
        "goes on with letters, digits and hyphens, but does not end with a hyphen; it has at most "
        "63 characters. An example: com.example.tickets."
    )


class AppIdMissing(AppIdRefused):
    code = "app_id_missing"
    sentence = gettext_noop(
        "Give it an app_id: a domain of yours, written backwards, and a name: com.example.tickets."
    )


class AppIdTooLong(AppIdRefused):
    code = "app_id_too_long"
    sentence = gettext_noop("This app_id has %(length)s characters; at most %(most)s are accepted.")


class AppIdNotLower(AppIdRefused):
    code = "app_id_not_lower"
    sentence = gettext_noop("An app_id is written in lower case: %(instead)s.")


class AppIdOnePart(AppIdRefused):
    code = "app_id_one_part"
    sentence = gettext_noop(
        "An app_id has at least two parts with a dot between them, such as com.example.%(given)s."
    )


class AppIdEmptyPart(AppIdRefused):
    code = "app_id_empty_part"
    sentence = gettext_noop(
        "In “%(given)s” a part is empty: write one dot between two parts, and none at the ends."
    )


class AppIdTaken(Invalid):
    """Another mini program of the workspace has it, be it an archived one."""

    code = "app_id_taken"
    sentence = gettext_noop(
        "“%(app_id)s” belongs to another mini program of this workspace. An app_id stays taken, "
        "also by a mini program that is archived. Choose another."
    )


def check_app_id(text: str) -> str:
    """The app_id, without spaces around it; raises an `AppIdRefused`."""
    app_id = text.strip()
    if not app_id:
        raise AppIdMissing
    if len(app_id) > LONGEST:
        raise AppIdTooLong(length=len(app_id), most=LONGEST)
    if app_id != app_id.lower():
        raise AppIdNotLower(instead=app_id.lower())
    parts = app_id.split(".")
    if not all(parts):
        raise AppIdEmptyPart(given=_short(app_id))
    for part in parts:
        if not PART.fullmatch(part):
            raise AppIdRefused(part=_short(part))
    if len(parts) == 1:
        raise AppIdOnePart(given=app_id)
    return app_id


def _short(text: str) -> str:
    return "".join(sign if sign.isprintable() else "�" for sign in text[:80])
