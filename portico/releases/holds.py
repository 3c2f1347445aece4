"""What keeps a mini program from being archived: what is under way with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from portico.miniprograms.models import MiniProgram
from portico.releases.models import Release
from portico.releases.rules.pipeline import CANDIDATE, Status

UNDER_WAY: Final = frozenset({Status.UNDER_REVIEW}) | CANDIDATE


def releases_under_way(program: MiniProgram) -> Sequence[str]:
    """The releases of a program that are reviewed or on their way; one query.

    What is live keeps it from being archived by itself. Requests to take something offline are
    about what is live.
    """
    found = Release.objects.filter(program=program, status__in=UNDER_WAY)
    rows = found.select_related("version", "target__app").defer("version__manifest")
    return [_sentence(release) for release in rows.order_by("id")]


def _sentence(release: Release) -> str:
    facts = {
        "version": release.version.name,
        "target": release.target,
        "status": release.get_status_display(),
    }
    if release.status == Status.UNDER_REVIEW:
        return _("version %(version)s is under review for %(target)s") % facts
    return _("version %(version)s is on its way to %(target)s (%(status)s)") % facts
