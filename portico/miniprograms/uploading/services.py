"""Taking in versions: packages, and the entry URLs of hosted programs.

What is heavy comes first and holds no lock: reading the package, copying its bytes, calling the
entry URL. Then the program's row is locked, its highest code looked at, and the version is written
with its audit entry and its event, in one transaction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from portico.audit.services import Actor, Change, record
from portico.files.services import store_file, use
from portico.miniprograms.models import Kind, MiniProgram, Version
from portico.miniprograms.packages import HostedManifest, check_hosted_manifest, read_package
from portico.miniprograms.services import ProgramArchived, held_in_use
from portico.miniprograms.uploading.entries import check_entry
from portico.miniprograms.uploading.rules import (
    CodeNotAbove,
    CodeUsedOtherwise,
    DigestDiffers,
    NotAHostedProgram,
    NotAPackageProgram,
    OtherAppId,
)
from portico.outbox.services import publish

CHUNK = 64 * 1024
USER_KIND = "version"
MEDIA_TYPE = "application/zip"


@dataclass(frozen=True)
class _Build:
    """What a version is to be, beside its manifest."""

    manifest: HostedManifest
    raw_manifest: bytes
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def code(self) -> int:
        return self.manifest.version.code

    def is_in(self, version: Version) -> bool:
        """Whether a version that is there is this very build."""
        if self.values.get("package"):
            return version.package == self.values["package"]
        same_place = version.entry_url == self.values["entry_url"]
        return same_place and version.manifest == _as_json(self.raw_manifest)


def upload(
    program: MiniProgram, file: BinaryIO, *, sha256: str | None = None, by: Actor, at: datetime
) -> Version:
    """Make a version of the package in this open, seekable file, which stays the caller's.

    `sha256`: what its bytes have to hash to, where whoever sent it has said so. The same package
    again is the version that it made. Raises `DigestDiffers`, `PackageRefused` with all that is
    wrong, `OtherAppId`, and a `Conflict` where the program is archived or hosted, or the code not
    above the highest. Nothing of what is refused is kept. No memory is taken for the package,
    whatever is in it.
    """
    if program.kind != Kind.PACKAGE:
        raise NotAPackageProgram(app_id=program.app_id)
    refuse_archived(program)
    found, size = _hash_of(file)
    if sha256 is not None and sha256 != found:
        raise DigestDiffers(found=found)
    # By far the most common repetition is a request that is sent again. It costs no validation.
    same = Version.objects.filter(program=program, package=found).order_by("-code").first()
    if same is not None:
        return same
    package = read_package(file)
    build = _Build(
        manifest=package.manifest,
        raw_manifest=package.raw_manifest,
        values={
            "package": found,
            "packed": size,
            "unpacked": package.unpacked,
            "entries": len(package.entries),
        },
    )
    _check_app_id(program, build)
    _check_code(program, build)  # before its bytes are stored; once more below, where it counts
    store_file(
        program.workspace,
        file,
        sha256=found,
        size=size,
        content_type=MEDIA_TYPE,
        name=f"{program.app_id}-{build.code}.zip",
        purpose=USER_KIND,
        at=at,
    )
    return _add(program, build, by=by, at=at)


def add_hosted(
    program: MiniProgram, entry_url: str, manifest: bytes, *, by: Actor, at: datetime
) -> Version:
    """Make a version of a hosted program: where it is, and its manifest as JSON text.

    The address is called first, through the guarded client. Raises `EntryRefused` and its like
    with what was seen, `PackageRefused` for the manifest, and a `Conflict` as `upload` does.
    """
    if program.kind != Kind.HOSTED:
        raise NotAHostedProgram(app_id=program.app_id)
    refuse_archived(program)
    build = _Build(
        manifest=check_hosted_manifest(manifest),
        raw_manifest=manifest,
        values={"entry_url": entry_url.strip()},
    )
    _check_app_id(program, build)
    same = _check_code(program, build)
    if same is not None:
        return same
    check_entry(program.workspace, entry_url.strip())
    return _add(program, build, by=by, at=at)


def refuse_archived(program: MiniProgram) -> None:
    """Raises `ProgramArchived` where it is."""
    if program.is_archived:
        raise ProgramArchived(program=program.name)


@transaction.atomic
def _add(program: MiniProgram, build: _Build, *, by: Actor, at: datetime) -> Version:
    locked = held_in_use(program)
    same = _check_code(locked, build)
    if same is not None:
        return same
    version = Version.objects.create(
        workspace_id=locked.workspace_id,
        program=locked,
        code=build.code,
        name=build.manifest.version.name,
        manifest=_as_json(build.raw_manifest),
        created_at=at,
        created_by_id=by.person_id,
        **build.values,
    )
    if version.package:
        use(locked.workspace, [version.package], user_kind=USER_KIND, user_id=version.id)
    locked.highest_code, locked.changed_at = version.code, version.created_at
    locked.save(update_fields=["highest_code", "changed_at"])
    _tell(version, by=by, at=at)
    return version


def _tell(version: Version, *, by: Actor, at: datetime) -> None:
    program = version.program
    what = (
        Change(field="sha256", before="", after=version.package)
        if version.package
        else Change(field="url", before="", after=version.entry_url)
    )
    record(
        "version.uploaded",
        by=by,
        at=at,
        workspace_id=program.workspace_id,
        subject_kind="version",
        subject_id=version.id,
        subject_label=f"{program.app_id} {version}",
        changes=[what],
    )
    publish(
        "version.uploaded",
        workspace_id=program.workspace_id,
        payload={
            "version": str(version.id),
            "app_id": program.app_id,
            "code": version.code,
            "name": version.name,
        },
        at=at,
    )


def _check_app_id(program: MiniProgram, build: _Build) -> None:
    if build.manifest.app_id != program.app_id:
        raise OtherAppId(found=build.manifest.app_id[:128], expected=program.app_id)


def _check_code(program: MiniProgram, build: _Build) -> Version | None:
    """The version that is this very build already; None where its code is above all others."""
    if build.code > program.highest_code:
        return None
    found = Version.objects.filter(program=program, code=build.code).first()
    if found is None:
        raise CodeNotAbove(code=build.code, highest=program.highest_code)
    if not build.is_in(found):
        raise CodeUsedOtherwise(code=build.code, highest=program.highest_code)
    return found


def _hash_of(file: BinaryIO) -> tuple[str, int]:
    """The SHA-256 of all of it, and its length."""
    file.seek(0)
    running, size = hashlib.sha256(), 0
    while piece := file.read(CHUNK):
        running.update(piece)
        size += len(piece)
    return running.hexdigest(), size


def _as_json(raw: bytes) -> object:
    """A manifest as it is kept: as it was written, unknown members and all."""
    return json.loads(raw.decode("utf-8-sig"))
