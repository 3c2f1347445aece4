"""What an SVG loses, said to the person who uploaded it."""

from __future__ import annotations

from enum import StrEnum

from portico.kernel.errors import gettext_noop


class Removal(StrEnum):
    """The name travels between the processes; the value is the sentence."""

    SCRIPT = gettext_noop("A script was removed.")
    EVENT = gettext_noop("Attributes that run a script, such as onload, were removed.")
    LINK = gettext_noop("A link was removed; what it surrounded was kept.")
    FOREIGN = gettext_noop(
        "Content that is not drawing, such as a piece of a web page, was removed."
    )
    EXTERNAL = gettext_noop(
        "References to something outside the file were removed. "
        "A picture that should show must be embedded in the SVG."
    )
    EMBEDDED = gettext_noop(
        "An embedded picture was removed: only PNG, JPEG and WebP can be embedded in an SVG."
    )
    FONT = gettext_noop("Embedded fonts were removed.")
    TEXT = gettext_noop(
        "Texts lost their font: they are drawn in a plain one. "
        "Convert texts to outlines (paths) to keep their look."
    )
    STYLE = gettext_noop("Style rules that are not known to be safe were removed.")
    OTHER = gettext_noop("Parts that are not known to be safe were removed.")
