"""The manifest of a mini program: W3C MiniApp Manifest, with what is required really required.

W3C's own schema is a draft that never looks at half of the members, and its algorithms drop what
they do not understand. A version is looked at by people before it is released, so what is wrong is
said when it is uploaded; only members that are not known are let through (`unknown`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from portico.kernel.errors import gettext_noop
from portico.kernel.sentences import Fact
from portico.miniprograms.packages.json_texts import Json, read_json
from portico.miniprograms.packages.limits import LIMITS
from portico.miniprograms.packages.members import (
    MOST_PAGES,
    SENTENCES,
    Address,
    AppId,
    Language,
    Line,
    Name,
    NumberOrText,
    PackagePath,
    Pages,
    Text,
    VersionCode,
    VersionName,
    Whole,
    YesOrNo,
)
from portico.miniprograms.packages.problems import Problems, shown
from portico.miniprograms.packages.rules import Rule

MANIFEST: Final = "manifest.json"
Kind = TypeVar("Kind", bound="HostedManifest")
NO_OBJECT: Final = gettext_noop("The manifest must be an object, in { }.")


class Members(BaseModel):
    """Members that are not known stay with the object."""

    model_config: ClassVar = ConfigDict(frozen=True, extra="allow")


class HostedIcon(Members):
    """An icon of a hosted program: an address, from the entry URL."""

    src: Address = Field(description="Where the picture is.")
    sizes: Line | None = Field(None, description="Its sizes, such as 48x48 or any.")
    type: Line | None = Field(None, description="Its media type.")
    label: Line | None = Field(None, description="What it shows, for those who cannot see it.")


class Icon(HostedIcon):
    """An icon in the package."""

    src: PackagePath = Field(description="The file, from the root of the package.")


class PlatformVersion(Members):
    """Which versions of the platform the program is for."""

    min_code: Whole = Field(description="The lowest version that can run it.")
    target_code: NumberOrText | None = Field(None, description="The version it was made for.")
    release_type: Line | None = Field(None, description="The kind of that version, such as Beta1.")


class VersionOf(Members):
    """Which build this is."""

    code: VersionCode = Field(
        description="Counts builds: higher than that of every build uploaded before."
    )
    name: VersionName = Field(description="What people call the build, such as 1.0.1.")


class PermissionWanted(Members):
    """A right the program asks for."""

    name: Line = Field(description="Its name.")
    reason: Text | None = Field(None, description="What it is for.")


class Widget(Members):
    """A part of the program that a super app can show by itself."""

    name: Line = Field(description="Its title.")
    path: PackagePath = Field(description="Where it is in the package, with or without its ending.")
    min_code: NumberOrText | None = Field(None, description="The lowest platform version for it.")


class Window(Members):
    """How the window looks."""

    auto_design_width: YesOrNo | None = None
    background_color: Line | None = None
    background_text_style: Literal["dark", "light"] | None = None
    design_width: Whole | None = None
    enable_pull_down_refresh: YesOrNo | None = None
    fullscreen: YesOrNo | None = None
    navigation_bar_background_color: Line | None = None
    navigation_bar_text_style: Literal["white", "black"] | None = None
    navigation_bar_title_text: Text | None = None
    navigation_style: Literal["default", "custom"] | None = None
    on_reach_bottom_distance: Whole | None = None
    orientation: Literal["portrait", "landscape"] | None = None


class HostedManifest(Members):
    """The manifest of a hosted program: pages are the website's own affair."""

    app_id: AppId = Field(description="The program, as a reversed domain name in lower case.")
    name: Name = Field(description="What people see.")
    short_name: Name | None = Field(None, description="The same where there is little room.")
    description: Text | None = Field(None, description="What the program is for.")
    icons: tuple[HostedIcon, ...] = Field(min_length=1, max_length=50, description="Its pictures.")
    pages: Pages = Field((), description="Its pages.")
    version: VersionOf = Field(description="Which build this is.")
    platform_version: PlatformVersion = Field(description="Which platforms it is for.")
    lang: Language | None = Field(None, description="The language of the texts in the manifest.")
    dir: Literal["ltr", "rtl", "auto"] | None = Field(None, description="Their direction.")
    default_language: Language | None = Field(
        None,
        description="The file in i18n whose texts are taken where a language lacks one. Portico's "
        "own member.",
    )
    color_scheme: Literal["auto", "light", "dark"] | None = Field(
        None, description="Which colors it prefers."
    )
    device_type: tuple[Line, ...] | None = Field(
        None, max_length=50, description="Devices it is made for, such as smartphone or tablet."
    )
    req_permissions: tuple[PermissionWanted, ...] | None = Field(
        None, max_length=100, description="Rights it asks for."
    )
    widgets: tuple[Widget, ...] | None = Field(
        None, max_length=100, description="Parts that a super app can show by themselves."
    )
    window: Window | None = Field(None, description="How its window looks.")

    @property
    def unknown(self) -> tuple[str, ...]:
        """The members that W3C's text does not know, such as `window.shadow`, in their order."""
        return tuple(_unknown(self, ""))


class Manifest(HostedManifest):
    """The manifest of a mini program: `manifest.json` at the root of its package."""

    icons: tuple[Icon, ...] = Field(
        min_length=1, max_length=50, description="Pictures of the program, each in the package."
    )
    pages: Pages = Field(
        min_length=1,
        description="Its pages, from the root of the package, with or without .html; the first one "
        "is where it begins.",
    )


def check_manifest(raw: bytes) -> Manifest:
    """Read the manifest of a package. That its pages and icons exist is for `read_package`.

    Raises `PackageRefused` with everything that is wrong.
    """
    problems = Problems()
    return read_manifest(_not_too_large(raw, problems), problems)


def check_hosted_manifest(raw: bytes) -> HostedManifest:
    """Read the manifest of a hosted program: the same, but it need not name pages, and its icons
    may be addresses.

    Raises `PackageRefused` with everything that is wrong.
    """
    problems = Problems()
    return _validated(HostedManifest, _not_too_large(raw, problems), problems)


def read_manifest(raw: bytes, problems: Problems) -> Manifest:
    """As `check_manifest`, with what was found wrong elsewhere."""
    return _validated(Manifest, raw, problems)


def _not_too_large(raw: bytes, problems: Problems) -> bytes:
    if len(raw) > LIMITS.manifest:
        problems.refuse(Rule.MANIFEST_TOO_LARGE, MANIFEST, bytes=len(raw), most=LIMITS.manifest)
    return raw


def _validated(kind: type[Kind], raw: bytes, problems: Problems) -> Kind:
    said = _cut(kind, read_json(raw, MANIFEST, problems))
    try:
        found = kind.model_validate(said)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        for detail in details:
            if not _follows_from_others(detail, details):
                _add(detail, problems)
        problems.refuse_all()
    return found


def _cut(kind: type[Kind], said: Json) -> Json:
    """Lists that are too long anyway, without what is of no use in saying so: each wrong item would
    take up a kilobyte of memory."""
    if not isinstance(said, dict):
        return said
    return {
        name: value[: MOST_PAGES + 1]
        if isinstance(value, list) and name in kind.model_fields
        else value
        for name, value in said.items()
    }


def _follows_from_others(error: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """Whether a list is called too short only since something in it is wrong."""
    place = error["loc"]
    return error["type"] == "too_short" and any(
        other["loc"][: len(place)] == place and other is not error for other in errors
    )


def _add(error: ErrorDetails, problems: Problems) -> None:
    member = shown(_path_of(error["loc"]))
    rule, sentence = SENTENCES.get(error["type"], (Rule.MANIFEST_VALUE, ""))
    if not member:
        sentence = NO_OBJECT
    facts: dict[str, Fact] = {name: _fact(value) for name, value in error.get("ctx", {}).items()}
    problems.add(rule, MANIFEST, text=sentence, member=member, **facts)


def _fact(value: object) -> Fact:
    if isinstance(value, str):
        # Of pydantic's list of what is expected only the values, which need no translation.
        return value.replace(" or ", ", ").replace("'", "")
    return value if isinstance(value, int | float) else str(value)


def _path_of(places: tuple[int | str, ...]) -> str:
    path = ""
    for place in places:
        if isinstance(place, int):
            path += f"[{place}]"
        else:
            path += f".{place}" if path else place
    return path


def _unknown(members: Members, path: str) -> Iterator[str]:
    for name in members.model_extra or ():
        yield shown(f"{path}{name}")
    for name in type(members).model_fields:
        value: object = getattr(members, name)
        if isinstance(value, Members):
            yield from _unknown(value, f"{path}{name}.")
        elif isinstance(value, tuple):
            for number, one in enumerate(value):
                if isinstance(one, Members):
                    yield from _unknown(one, f"{path}{name}[{number}].")
