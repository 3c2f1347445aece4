"""Reading versions. Whatever is asked, the program comes first: it is a workspace's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from django.db.models import Q, QuerySet

from portico.files.models import path_of
from portico.files.services import open_seekable
from portico.kernel.errors import NotFound
from portico.miniprograms.models import MiniProgram, Version

LARGEST_CODE = 2**63 - 1


@dataclass(frozen=True)
class VersionPage:
    """Some versions, newest first, and whether there are newer and older ones."""

    versions: list[Version]
    has_newer: bool
    has_older: bool

    @property
    def newest(self) -> int | None:
        """Pass it as `after` to get the page of newer ones."""
        return self.versions[0].code if self.has_newer else None

    @property
    def oldest(self) -> int | None:
        """Pass it as `before` to get the page of older ones."""
        return self.versions[-1].code if self.has_older else None


def versions_of(program: MiniProgram, *, search: str = "") -> QuerySet[Version]:
    """A program's versions, the newest first, without their manifests.

    `search` finds a version by its code, or by how its name begins.
    """
    found = Version.objects.filter(program=program).defer("manifest").select_related("created_by")
    words = search.strip()
    if words:
        fits = Q(name__startswith=words)
        if words.isascii() and words.isdigit() and int(words) <= LARGEST_CODE:
            fits |= Q(code=int(words))
        found = found.filter(fits)
    return found.order_by("-code")


def version_of(program: MiniProgram, code: int) -> Version:
    """One version of a program; raises `NotFound`, whichever other program may have it."""
    found = Version.objects.filter(program=program).select_related("created_by")
    version = found.filter(code=code).first() if 0 < code <= LARGEST_CODE else None
    if version is None:
        raise NotFound
    version.program = program
    return version


def page_of(
    versions: QuerySet[Version], *, size: int, before: int | None = None, after: int | None = None
) -> VersionPage:
    """The newest versions; or those that come before or after one, by its code.

    One query, whatever the page and however many there are: nothing is counted or skipped.
    """
    if after is not None:
        found = list(versions.filter(code__gt=after).order_by("code")[: size + 1])
        return VersionPage(found[:size][::-1], has_newer=len(found) > size, has_older=bool(found))
    if before is not None:
        versions = versions.filter(code__lt=before)
    found = list(versions[: size + 1])
    return VersionPage(
        found[:size], has_newer=before is not None and bool(found), has_older=len(found) > size
    )


def file_of_version(version: Version) -> BinaryIO:
    """The stored ZIP of a version, open and seekable; whoever opens it closes it.

    Nothing of it is held in memory: from a bucket, what is read is fetched piece by piece. Raises
    `NotFound` for a hosted version, which has none.
    """
    if not version.package:
        raise NotFound
    return open_seekable(path_of(version.workspace_id, version.package))


__all__ = ["VersionPage", "file_of_version", "page_of", "version_of", "versions_of"]
