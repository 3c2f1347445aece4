"""Mini programs as the API shows them, and what it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from portico.miniprograms.models import (
    Kind,
    MiniProgram,
    ProgramOnTarget,
    Tester,
    Version,
)
from portico.miniprograms.queries import Live, OnTarget, live_on, newest_versions
from portico.miniprograms.rules.app_ids import LONGEST, PATTERN
from portico.miniprograms.rules.particulars import CATEGORIES
from portico.miniprograms.rules.testers import MOST_AT_ONCE, Named
from portico.miniprograms.services import Particulars, SetUp
from portico.targets.models import Environment, ReleaseTarget
from portico.targets.queries import targets_of
from portico.workspaces.models import Workspace

TARGET = r"^[^/\x00]{1,60}/(production|sandbox)$"
KNOWN_CATEGORIES = ", ".join(f"`{word}`" for word in CATEGORIES)


class ParticularsGiven(Schema):
    """What can be changed of a mini program."""

    name: str = Field(max_length=4000, description="At most 100 characters.")
    description: str = Field("", max_length=20_000, description="At most 500 characters.")
    category: str = Field("", max_length=100, description=f"One of {KNOWN_CATEGORIES}, or empty.")
    icon: str = Field(
        "",
        max_length=64,
        description="The id of a file that was uploaded to `/files/icons`; empty: none.",
    )

    def particulars(self) -> Particulars:
        """For the verbs."""
        return Particulars(self.name, self.description, self.category, self.icon)


class ProgramGiven(ParticularsGiven):
    """A new mini program. `app_id` and `kind` cannot be changed later."""

    app_id: str = Field(
        max_length=4000,
        description=f"At least two parts between dots, at most {LONGEST} characters: `{PATTERN}`.",
    )
    kind: Kind = Kind.PACKAGE


class VersionNamed(Schema):
    """A version, by its code and name."""

    code: int
    name: str


class LiveAnswer(Schema):
    """That a version is what everybody on a target gets."""

    app: str = Field(description="The app's code.")
    environment: Environment
    version: VersionNamed
    since: datetime


class ProgramAnswer(Schema):
    """A mini program. `revision` is its ETag; `live` is empty where nobody gets it."""

    app_id: str
    kind: Kind
    name: str
    description: str
    category: str
    icon: str
    newest_version: VersionNamed | None
    live: list[LiveAnswer]
    created_at: datetime
    changed_at: datetime
    archived_at: datetime | None
    revision: int


class ProgramsAnswer(Schema):
    """A page of mini programs. Pass `next` as `cursor` to get the one after it; `null`: the last;
    `previous` as `before` for the one before it."""

    items: list[ProgramAnswer]
    next: str | None
    previous: str | None


class ProgramsAsked(Schema):
    """What to look for; what is left out asks for nothing."""

    q: str = Field("", max_length=200, description="Parts of the name or the `app_id`.")
    kind: Kind | None = None
    category: str = Field("", max_length=40)
    state: Literal["active", "archived"] | None = None
    assigned: bool = Field(False, description="Those that the holder of the token works on.")
    live_on: str = Field("", pattern=rf"^$|{TARGET}", description="As in `pay-ios/production`.")
    not_live_on: str = Field("", pattern=rf"^$|{TARGET}")
    sort: Literal["name", "-name", "made", "-made", "changed", "-changed"] = "name"
    cursor: str = Field("", max_length=2000)
    before: str = Field("", max_length=2000)
    limit: int = Field(50, ge=1, le=200)


class SetUpGiven(Schema):
    """What the next release to a target takes along."""

    server_domains: list[str] = Field(
        max_length=200,
        description="Hosts reached over https, such as `api.example.com`, `*.example.com` or "
        "`api.example.com:8443`; at most 20.",
    )
    variables: dict[str, str] = Field(
        max_length=200,
        description="At most 5. Every device that opens the mini program gets them: no secrets.",
    )

    def set_up(self) -> SetUp:
        """For the verb."""
        return SetUp(self.server_domains, list(self.variables.items()))


class SetUpAnswer(Schema):
    """A mini program on a target. `revision` is the ETag of its set-up, 0 where none was saved."""

    app: str
    environment: Environment
    server_domains: list[str]
    variables: dict[str, str]
    revision: int
    live_version: VersionNamed | None
    live_since: datetime | None


class OnTargetAnswer(SetUpAnswer):
    """The same, with how many testers there are."""

    testers: int


class TesterAnswer(Schema):
    """A user of the super app who tries a mini program on one target."""

    id: UUID
    user_id: str
    note: str
    added_at: datetime


class TestersAnswer(Schema):
    """Testers by user id. Pass `next` as `cursor` to get those after; `null`: there are none."""

    items: list[TesterAnswer]
    next: str | None


class TestersAsked(Schema):
    """What to look for; what is left out asks for nothing."""

    q: str = Field("", max_length=200, description="A part of the user id or the note.")
    cursor: str = Field("", max_length=200)
    limit: int = Field(50, ge=1, le=200)


class TesterGiven(Schema):
    """A tester to be."""

    user_id: str = Field(max_length=4000, description="1 to 128 characters, without spaces.")
    note: str = Field("", max_length=4000, description="At most 100 characters.")


class TestersGiven(Schema):
    """Testers to be: all of them are added, or none."""

    testers: list[TesterGiven] = Field(max_length=10 * MOST_AT_ONCE)

    def named(self) -> list[tuple[int, Named]]:
        """For the verb, numbered from 1."""
        return [
            (number, Named(one.user_id, one.note))
            for number, one in enumerate(self.testers, start=1)
        ]


class AddedAnswer(Schema):
    """What came of it: how many are new, were there already, and have another note now."""

    new: int
    known: int
    noted: int


def program_answers(workspace: Workspace, programs: Sequence[MiniProgram]) -> list[ProgramAnswer]:
    """Programs with their newest versions and what is live; three queries for any number."""
    newest, live = newest_versions(programs), live_on(programs, targets_of(workspace))
    return [_program(program, newest, live) for program in programs]


def set_up_answer(target: ReleaseTarget, set_up: ProgramOnTarget) -> SetUpAnswer:
    """A program's set-up on one target."""
    return SetUpAnswer(
        app=target.app.code,
        environment=Environment(target.environment),
        server_domains=set_up.server_domains,
        variables=dict(sorted(set_up.variables.items())),
        revision=set_up.revision,
        live_version=_named(set_up.live_version) if set_up.live_version else None,
        live_since=set_up.live_since,
    )


def on_target_answer(on: OnTarget) -> OnTargetAnswer:
    """A program on one target."""
    return OnTargetAnswer(**set_up_answer(on.target, on.set_up).model_dump(), testers=on.testers)


def tester_answer(tester: Tester) -> TesterAnswer:
    """A tester."""
    return TesterAnswer(
        id=tester.id, user_id=tester.user_id, note=tester.note, added_at=tester.created_at
    )


def _program(
    program: MiniProgram, newest: Mapping[UUID, Version], live: Mapping[UUID, list[Live]]
) -> ProgramAnswer:
    version = newest.get(program.id)
    return ProgramAnswer(
        app_id=program.app_id,
        kind=Kind(program.kind),
        name=program.name,
        description=program.description,
        category=program.category,
        icon=program.icon,
        newest_version=_named(version) if version else None,
        live=[
            LiveAnswer(
                app=one.target.app.code,
                environment=Environment(one.target.environment),
                version=_named(one.version),
                since=one.since,
            )
            for one in live.get(program.id, [])
        ],
        created_at=program.created_at,
        changed_at=program.changed_at,
        archived_at=program.archived_at,
        revision=program.revision,
    )


def _named(version: Version) -> VersionNamed:
    return VersionNamed(code=version.code, name=version.name)
