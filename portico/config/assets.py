"""Names for the static files that change when the files do, so that caches may keep them."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("django-htmx", "django-ninja")  # they bring static files of their own
PACKAGE = Path(__file__).resolve().parent.parent


def assets_digest() -> str:
    """Eight hex digits over all static files that pages link to: the same in every process."""
    digest = hashlib.sha256()
    for library in LIBRARIES:
        digest.update(version(library).encode())
    for path in sorted(PACKAGE.glob("*/static/**/*")):
        if path.is_file():
            digest.update(path.relative_to(PACKAGE).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
