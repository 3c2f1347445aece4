"""What is taken out of a PDF; imported in the parent, too."""

from __future__ import annotations

from enum import StrEnum


class Removal(StrEnum):
    """What is taken out of a PDF."""

    SCRIPT = "script"
    ATTACHMENT = "attachment"
    LAUNCH = "launch"  # opens programs or other files
    FORM = "form"  # sends what is typed, or fills it in
    MEDIA = "media"
    LINK = "link"  # leads elsewhere than to http, https or mailto
    ACTION = "action"  # any other
    PRIVATE = "private"  # data of programs, of no use to readers
    TRAILING = "trailing"  # bytes behind the document's end
