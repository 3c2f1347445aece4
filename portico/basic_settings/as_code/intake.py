"""The files that come along: each is checked and made harmless as an upload is, and kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from portico.basic_settings.as_code.document import GivenSection
from portico.basic_settings.as_code.faults import FileMissing, Problem
from portico.basic_settings.as_code.packing import Bundle
from portico.basic_settings.as_code.places import NamedFile, named_files
from portico.basic_settings.as_code.plans import TakenFile
from portico.files.models import StoredFile
from portico.files.purposes import taker_for
from portico.files.services import files_of
from portico.kernel.errors import Invalid
from portico.workspaces.models import Workspace


@dataclass(frozen=True)
class Intake:
    """What became of the files. What is stored may differ from what came along, and so does its
    hash: `stored` has it by the hash in the file and the purpose."""

    stored: Mapping[tuple[str, str], str]
    files: tuple[TakenFile, ...]
    errors: Mapping[tuple[str, str], Invalid]

    def name_here(self, named: NamedFile) -> str:
        """The hash under which this workspace has the file."""
        return self.stored.get((named.sha256, named.purpose), named.sha256)

    def problems(self, given: GivenSection) -> Iterator[Problem]:
        """Which files of a section cannot be had."""
        for named in named_files(given.section, given.values):
            error = self.errors.get((named.sha256, named.purpose))
            if error is not None:
                place = f"{given.section.name}.{named.place}"
                yield Problem(place, error, given.line(named.place))


def take_in_files(workspace: Workspace, bundle: Bundle, *, at: datetime) -> Intake:
    """Take in every file that the workspace lacks, or has for another purpose alone."""
    wanted = {
        (named.sha256, named.purpose): None
        for given in bundle.document.sections
        for named in named_files(given.section, given.values)
    }
    there = files_of(workspace, {sha256 for sha256, _purpose in wanted})
    stored, files, errors = dict[tuple[str, str], str](), [], dict[tuple[str, str], Invalid]()
    for sha256, purpose in wanted:
        known = there.get(sha256)
        if known is not None and purpose in known.purposes:
            continue
        try:
            taken = _take_in(workspace, bundle, sha256, purpose, is_known=known is not None, at=at)
        except Invalid as error:
            errors[sha256, purpose] = error
            continue
        if taken is not None:
            made, removed = taken
            stored[sha256, purpose] = made.sha256
            files.append(TakenFile(made.sha256, made.name, made.size, removed))
    return Intake(stored, tuple(files), errors)


def _take_in(
    workspace: Workspace,
    bundle: Bundle,
    sha256: str,
    purpose: str,
    *,
    is_known: bool,
    at: datetime,
) -> tuple[StoredFile, tuple[str, ...]] | None:
    """The stored file; None where the one that is there has to do, for the section to judge."""
    content = bundle.files.get(sha256)
    if content is not None:
        name = bundle.document.names.get(sha256, "")
        return taker_for(purpose)(workspace, content, name=name, at=at)
    if not is_known:
        raise FileMissing(sha256=sha256)
    return None
