"""How a brand's pictures and verdicts are shown on the Settings page."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portico.branding.models import BrandKit
from portico.branding.rules import Grade, Surface
from portico.files.models import StoredFile
from portico.files.views import url_of
from portico.ui.forms import Choice, CurrentFile
from portico.ui.values import Picture
from portico.workspaces.models import Workspace

FITS: dict[str, Choice] = {
    "": Choice(_("Refuse it"), _("You are asked to upload a square one.")),
    "pad": Choice(_("Pad it"), _("All of it is kept, with room around it.")),
    "crop": Choice(_("Crop it"), _("The square in its middle is kept.")),
}
SURFACES = {
    Surface.LIGHT_HEADER: _("Light header"),
    Surface.DARK_HEADER: _("Dark header"),
    Surface.WHITE_MAIL: _("Mail, on white"),
    Surface.TAB: _("Browser tab, 16 px"),
}
GRADES = {
    Grade.GOOD: _("Easy to see"),
    Grade.WEAK: _("Hard to see"),
    Grade.POOR: _("Cannot be seen"),
}
TONES = {"good": "good", "weak": "warning", "poor": "danger"}


@dataclass(frozen=True)
class ShownVerdict:
    """How well a picture can be seen on a surface, in words."""

    surface: str
    grade: str
    tone: str
    sentence: str
    fix: str


def shown_picture(workspace: Workspace, sha256: str | None) -> Picture | str | None:
    """A stored picture's thumbnail; a text where the file is gone; None for none."""
    if sha256 is None:
        return None
    stored = _stored(workspace, sha256)
    if stored is None:
        return gettext("A file that is no longer kept")
    return Picture(url_of(stored), stored.width or 0, stored.height or 0, stored.name)


def current_file(workspace: Workspace, sha256: str) -> CurrentFile | None:
    """What a file field shows of the picture that is there."""
    stored = _stored(workspace, sha256)
    return CurrentFile(stored.name, url_of(stored), picture=True) if stored else None


def _stored(workspace: Workspace, sha256: str) -> StoredFile | None:
    return StoredFile.objects.filter(workspace=workspace, sha256=sha256).first()


def shown_verdicts(kit: BrandKit) -> tuple[ShownVerdict, ...]:
    """The kit's verdicts in the current language."""
    return tuple(
        ShownVerdict(
            surface=str(SURFACES[verdict["surface"]]),
            grade=str(GRADES[verdict["grade"]]),
            tone=TONES[verdict["grade"]],
            sentence=gettext(verdict["sentence"]),
            fix=gettext(verdict["fix"]) if verdict["fix"] else "",
        )
        for verdict in kit.verdicts
    )
