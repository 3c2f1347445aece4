"""Values of settings as plain text: what pages draw, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from portico.ui.times import exactly
from portico.ui.values import Address, Change, Mask, Picture, State, Swatch, Value


def text_of(value: Value) -> str:
    """A value in the current language and time zone; "" for nothing, and for a secret."""
    match value:
        case None | Mask():
            text = ""
        case Picture():
            text = value.name or _("a picture")
        case Swatch(color=text) | State(text=text) | Address(url=text):
            pass
        case bool():
            text = _("On") if value else _("Off")
        case datetime():
            text = exactly(value)
        case tuple():
            text = ", ".join(map(text_of, value))
        case _:
            text = str(value)
    return str(text)


def change_of(change: Change) -> Mapping[str, str]:
    """What changed, as a mail's context keeps it: both values empty where they are not for
    showing, or read alike."""
    before, after = text_of(change.before), text_of(change.after)
    if before == after:
        before = after = ""
    return {"field": str(change.field), "before": before, "after": after}
