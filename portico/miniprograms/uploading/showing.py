"""Versions as their pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from pydantic_core import to_json

from portico.miniprograms.models import Version
from portico.miniprograms.packages import Entry, PackageRefused
from portico.ui.texts import tell
from portico.ui.values import Address, Fact, Value

MOST_INDENTED = 512 * 1024
MOST_SHOWN = 20  # of a list in the manifest; all of it is below, as JSON

# Members of a manifest that are shown in words, in this order.
TITLES = {
    "name": gettext_lazy("Name"),
    "short_name": gettext_lazy("Short name"),
    "description": gettext_lazy("Description"),
    "lang": gettext_lazy("Language"),
    "pages": gettext_lazy("Pages"),
    "icons": gettext_lazy("Icons"),
    "widgets": gettext_lazy("Widgets"),
    "req_permissions": gettext_lazy("Permissions it asks for"),
    "platform_version": gettext_lazy("Versions of the platform"),
}


@dataclass(frozen=True)
class Refusal:
    """One problem of a package: which entry (empty: the package), by which rule, what to do."""

    entry: str
    rule: str
    advice: str


@dataclass(frozen=True)
class File:
    """A file of a package."""

    name: str
    size: str
    packed: str


def refusals_of(error: PackageRefused) -> list[Refusal]:
    """All that is wrong with a package, in the current language."""
    return [Refusal(one.entry, str(one.rule), tell(one.sentence)) for one in error.problems]


def particulars_of(version: Version) -> list[Fact]:
    """What a version is."""
    person = version.created_by
    who = (person.name or person.email) if person else ""
    facts = [Fact(_("Code"), str(version.code)), Fact(_("Name"), version.name)]
    if version.package:
        facts += [
            Fact(_("Size"), size(version.packed)),
            Fact(_("Unpacked"), size(version.unpacked)),
            Fact(_("Files"), str(version.entries)),
        ]
    else:
        facts.append(Fact(_("Entry URL"), Address(version.entry_url)))
    return [
        *facts,
        Fact(_("Uploaded by"), who or _("An erased person" if version.created_by_id else "Nobody")),
        Fact(_("Uploaded at"), version.created_at),
    ]


def manifest_facts(manifest: Mapping[str, object]) -> list[Fact]:
    """What the manifest says, member by member, as far as we know its members."""
    return [
        Fact(str(title), _in_words(manifest[member]))
        for member, title in TITLES.items()
        if manifest.get(member) not in (None, "", [], {})
    ]


def manifest_text(manifest: Mapping[str, object]) -> str:
    """All of the manifest, as JSON that people can read; where indenting would blow it up to
    megabytes, without."""
    indented = to_json(manifest, indent=2).decode()
    return indented if len(indented) <= MOST_INDENTED else to_json(manifest).decode()


def files_of(index: Mapping[str, Entry], search: str) -> list[File]:
    """The files of a package whose path holds this text, in whatever case."""
    wanted = search.casefold()
    return [
        File(name, size(entry.size), size(entry.packed))
        for name, entry in sorted(index.items())
        if wanted in name.casefold()
    ]


def size(count: int) -> str:
    """So many bytes, in words."""
    return str(filesizeformat(count))


def _in_words(value: object) -> Value:
    if isinstance(value, list):
        shown = [_one(item) for item in value[:MOST_SHOWN]]
        more = len(value) - MOST_SHOWN
        return tuple(
            [*shown, ngettext("and %(count)s more", "and %(count)s more", more) % {"count": more}]
            if more > 0
            else shown
        )
    return _one(value)


def _one(value: object) -> str:
    """A member of an object by what it is called there; anything else as it stands."""
    if isinstance(value, Mapping):
        named = value.get("src") or value.get("path")
        if isinstance(named, str):
            return named
        return ", ".join(f"{name}: {text}" for name, text in value.items())
    return str(value)
