"""Rules about what a manifest says, beyond what it must say to be taken at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from portico.automated_checks.rules.findings import Finding, Rule, Severity
from portico.automated_checks.rules.subjects import Subject
from portico.kernel.errors import gettext_noop

FILE: Final = "manifest.json"
MOST_OF_NAME: Final = 30
MOST_WITHOUT_SHORT_NAME: Final = 12
LEAST_OF_DESCRIPTION: Final = 20
# The W3C's text on manifests of MiniApps, and `default_language`, which the runtime reads.
MEMBERS: Final = frozenset(
    "app_id color_scheme default_language description device_type dir icons lang name pages "
    "platform_version req_permissions short_name version widgets window".split()
)
SIZES: Final = re.compile(r"[1-9]\d{0,4}[xX][1-9]\d{0,4}")
LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")

NO_DESCRIPTION = Rule(
    "manifest-no-description",
    Severity.WARNING,
    gettext_noop("The manifest has no description."),
    gettext_noop("Say in “description” what the mini program does, in a sentence or two."),
)
SHORT_DESCRIPTION = Rule(
    "manifest-short-description",
    Severity.INFO,
    gettext_noop("The description has %(length)s characters; few will know what it is from that."),
    gettext_noop("Say in a sentence what the mini program does."),
)
NO_LANGUAGE = Rule(
    "manifest-no-language",
    Severity.WARNING,
    gettext_noop("The manifest does not say which language it is in."),
    gettext_noop("Add “lang”, for example “en” or “zh-Hans”."),
)
ODD_LANGUAGE = Rule(
    "manifest-odd-language",
    Severity.WARNING,
    gettext_noop("“%(language)s” is no language tag."),
    gettext_noop("Write it as BCP 47 does, for example “en”, “de-AT” or “zh-Hans”."),
)
NO_SHORT_NAME = Rule(
    "manifest-no-short-name",
    Severity.INFO,
    gettext_noop("The name is longer than fits below an icon, and there is no short name."),
    gettext_noop("Add “short_name” with at most 12 characters."),
)
LONG_NAME = Rule(
    "manifest-long-name",
    Severity.WARNING,
    gettext_noop("The name has %(length)s characters; lists cut it off after about 30."),
    gettext_noop("Shorten “name”; what it does belongs into “description”."),
)
UNKNOWN_MEMBER = Rule(
    "manifest-unknown-member",
    Severity.WARNING,
    gettext_noop("The manifest has a member “%(member)s” that nothing reads."),
    gettext_noop("Check its spelling, or take it out."),
)
NO_ICON_SIZES = Rule(
    "manifest-icon-no-sizes",
    Severity.WARNING,
    gettext_noop("The icon “%(icon)s” does not say how large it is."),
    gettext_noop("Add “sizes” to it, for example “192x192”."),
)
ODD_ICON_SIZES = Rule(
    "manifest-icon-odd-sizes",
    Severity.WARNING,
    gettext_noop("“%(sizes)s” is no size of an icon."),
    gettext_noop("Write width and height in pixels, for example “192x192”, or “any” for an SVG."),
)
NOT_ENCRYPTED_ENTRY = Rule(
    "entry-not-encrypted",
    Severity.ERROR,
    gettext_noop("The entry address begins with http://; anybody on the way could change it."),
    gettext_noop("Serve the program by https and upload a version with that address."),
)

RULES = (
    NO_DESCRIPTION,
    SHORT_DESCRIPTION,
    NO_LANGUAGE,
    ODD_LANGUAGE,
    NO_SHORT_NAME,
    LONG_NAME,
    UNKNOWN_MEMBER,
    NO_ICON_SIZES,
    ODD_ICON_SIZES,
    NOT_ENCRYPTED_ENTRY,
)


def check_manifest(subject: Subject) -> Iterator[Finding]:
    """What the manifest could say better."""
    yield from _description(subject.said("description"))
    yield from _language(subject)
    yield from _name(subject)
    for member in sorted(subject.manifest.keys() - MEMBERS):
        yield UNKNOWN_MEMBER.found(FILE, member=member)
    for icon in subject.list_of("icons"):
        if isinstance(icon, dict):
            yield from _sizes(icon)
    if subject.entry_url.lower().startswith("http://"):
        yield NOT_ENCRYPTED_ENTRY.found()


def _description(text: str) -> Iterator[Finding]:
    if not text:
        yield NO_DESCRIPTION.found(FILE)
    elif len(text) < LEAST_OF_DESCRIPTION:
        yield SHORT_DESCRIPTION.found(FILE, length=len(text))


def _language(subject: Subject) -> Iterator[Finding]:
    given = [text for text in map(subject.said, ("lang", "default_language")) if text]
    if not given:
        yield NO_LANGUAGE.found(FILE)
    for language in dict.fromkeys(given):
        if not LANGUAGE.fullmatch(language):
            yield ODD_LANGUAGE.found(FILE, language=language)


def _name(subject: Subject) -> Iterator[Finding]:
    length = len(subject.said("name"))
    if length > MOST_OF_NAME:
        yield LONG_NAME.found(FILE, length=length)
    if length > MOST_WITHOUT_SHORT_NAME and not subject.said("short_name"):
        yield NO_SHORT_NAME.found(FILE)


def _sizes(icon: Mapping[str, object]) -> Iterator[Finding]:
    sizes = icon.get("sizes")
    if not isinstance(sizes, str) or not sizes.strip():
        yield NO_ICON_SIZES.found(FILE, icon=icon.get("src", ""))
        return
    for size in sizes.split():
        if size.lower() != "any" and not SIZES.fullmatch(size):
            yield ODD_ICON_SIZES.found(FILE, sizes=size)
