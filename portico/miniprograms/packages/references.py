"""That a package has the files that its manifest names, and those that every package has."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NoReturn

from portico.kernel.errors import gettext_noop
from portico.miniprograms.packages.manifests import MANIFEST, Manifest
from portico.miniprograms.packages.problems import Problems, shown
from portico.miniprograms.packages.rules import Rule

ALWAYS: Final = ("app.js", "app.css")
IN_A_FOLDER: Final = gettext_noop(
    "There is no manifest.json at the root of the package, but “%(found)s”. Pack what is in its "
    "folder, not the folder itself."
)
OTHER_SPELLING: Final = gettext_noop(
    "There is no manifest.json at the root of the package, but “%(found)s”. Rename it."
)


def refuse_missing(names: Collection[str], problems: Problems) -> NoReturn:
    """Say that there is no manifest, and where one was found instead."""
    if MANIFEST not in names:
        elsewhere = sorted(name for name in names if name.lower().endswith(MANIFEST))
        spelled = [name for name in elsewhere if name.lower() == MANIFEST]
        inside = [name for name in elsewhere if name.lower().endswith("/" + MANIFEST)]
        if spelled:
            problems.add(
                Rule.MANIFEST_MISSING, MANIFEST, text=OTHER_SPELLING, found=shown(spelled[0])
            )
        elif inside:
            found = min(inside, key=lambda name: name.count("/"))
            problems.add(Rule.MANIFEST_MISSING, MANIFEST, text=IN_A_FOLDER, found=shown(found))
        else:
            problems.add(Rule.MANIFEST_MISSING, MANIFEST)
    # Where it is there and could not be read, that was noted when it was unpacked.
    problems.refuse_all()


def check_references(manifest: Manifest, names: Collection[str], problems: Problems) -> None:
    """Note files that are missing."""
    for name in ALWAYS:
        if name not in names:
            problems.add(Rule.FILE_MISSING, name)
    for page in manifest.pages:
        if f"{page}.html" not in names:
            problems.add(Rule.PAGE_MISSING, f"{page}.html", page=page)
    for icon in manifest.icons:
        if icon.src not in names:
            problems.add(Rule.ICON_MISSING, icon.src)
