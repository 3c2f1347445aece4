"""The origin of a version: a host of its own below the content domain."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from ulid import ULID

from portico.kernel.site import Site
from portico.miniprograms.models import Version
from portico.portal.programs.seeing import is_there

LABEL_LENGTH = 26


def version_in(label: str) -> UUID | None:
    """The version that a host label names, whether or not there is one; None: it names none."""
    if len(label) != LABEL_LENGTH or not label.isascii():
        return None
    try:
        found = ULID.from_str(label.upper())
    except ValueError:
        return None
    # Letters that are easily confused can be read in more than one way: each version has one name.
    return found.to_uuid() if str(found).lower() == label else None


def origin_of(version: Version) -> str:
    """Scheme and host at which a version's files are served, and nothing else."""
    return origin_at(version.label)


def origin_at(label: str) -> str:
    """The origin of the version with this label."""
    site: Site = settings.PORTICO_SITE
    return f"{site.scheme}://{label}.{site.content_domain}{site.port}"


def is_host_of_a_version(label: str) -> bool:
    """Whether a version has this label; one query by the primary key, none for other labels."""
    version = version_in(label)
    return version is not None and is_there(version)
