"""Export: all sections of a workspace as one text, and the files that they name beside it."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import translation

from portico.basic_settings.as_code.document import FORMAT, SECRET, SecretWord
from portico.basic_settings.as_code.places import named_files
from portico.basic_settings.as_code.writing import comment, yaml_of
from portico.basic_settings.payloads import Payload
from portico.basic_settings.registry import AnySection
from portico.basic_settings.services import live_settings
from portico.files.models import StoredFile
from portico.files.services import files_of
from portico.workspaces.models import Workspace

NAME: Final = "settings.yaml"
FOLDER: Final = "files"
ABOUT: Final = """\
The settings of {name}.

This is plain YAML. Change values here, look at what that would do, and do it:

    portico settings plan settings.yaml
    portico settings apply settings.yaml

A section or a field that you leave out stays as it is; an empty one is written as '', null or [].
`revision` says what a section was made from: where somebody changed it since, nothing is applied.
Secrets are not in here: {{secret: kept}} means the one that is stored, {{secret: none}} no one.
Files are named by their SHA-256 and lie beside this one, in the folder files."""


@dataclass(frozen=True)
class Export:
    """Settings in a text, and the stored files that it names."""

    text: str
    files: tuple[StoredFile, ...]


def export(workspace: Workspace, sections: Sequence[AnySection], *, at: datetime) -> Export:
    """These sections of a workspace, as they are live now. Secrets are left out.

    In English whoever asks: the same settings give the same text.
    """
    settings = live_settings(workspace)
    with translation.override("en"):
        parts, hashes = [], dict[str, None]()
        for section in sections:
            live = settings.live(section)
            values = values_of(section, live.payload)
            hashes |= dict.fromkeys(one.sha256 for one in named_files(section, values))
            parts.append(_section(section, live.number, values))
        found = files_of(workspace, hashes)
        files = tuple(found[sha256] for sha256 in hashes if sha256 in found)
        return Export(
            "\n".join([_head(workspace, at=at), *parts, _files(files)]).rstrip() + "\n", files
        )


def values_of(section: AnySection, payload: Payload) -> dict[str, Any]:
    """A section's values as plain ones, secrets as no more than whether there is one."""
    values: dict[str, Any] = payload.model_dump(mode="json")
    for name in section.secrets:
        word = SecretWord.NONE if values[name] is None else SecretWord.KEPT
        values[name] = {SECRET: word.value}
    return values


def file_name(stored: StoredFile) -> str:
    """What a stored file is called in the folder."""
    return f"{stored.sha256}{mimetypes.guess_extension(stored.content_type) or '.bin'}"


def _head(workspace: Workspace, *, at: datetime) -> str:
    return (
        comment([ABOUT.format(name=workspace.name)])
        + yaml_of(
            {
                "portico": FORMAT,
                "workspace": workspace.slug,
                "workspace_id": str(workspace.id),
                "exported_at": at.isoformat(timespec="seconds"),
            }
        )
        + "\nsections:"
    )


def _section(section: AnySection, number: int, values: Mapping[str, Any]) -> str:
    remarks = [f"{section.title}: {section.about}"]
    if section.own_fields:
        remarks.append(f"In a copy to another workspace these stay its own: {_listed(section)}.")
    given = {section.name: {"revision": number, "values": dict(values)}}
    return comment(remarks, indent=2) + yaml_of(given, indent=2)


def _listed(section: AnySection) -> str:
    return ", ".join(name for name in section.schema.model_fields if name in section.own_fields)


def _files(files: Sequence[StoredFile]) -> str:
    if not files:
        return ""
    about = {
        stored.sha256: {"name": stored.name, "type": stored.content_type, "size": stored.size}
        for stored in files
    }
    return comment(["The files that the values above name."]) + yaml_of({"files": about})
