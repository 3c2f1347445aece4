"""Mini programs: their set-up, testers, members, versions and checks."""

from __future__ import annotations

from typing import Any

from portico.automated_checks.models import CheckRun, RunState
from portico.miniprograms.models import MiniProgram
from portico.miniprograms.services import put_live
from portico.targets.models import Environment
from portico.workspaces.permissions import Role
from tests.access.features.apps import a_web_app, an_app
from tests.access.rows import (
    CHANGERS,
    CHANGERS_SENT,
    EVERYBODY,
    MEMBERS,
    MEMBERS_CALL,
    NOT_THIS,
    NOT_THIS_FOR_CHANGERS,
    NOT_THIS_FOR_MEMBERS,
    Operation,
    Page,
)
from tests.access.scene import Scene
from tests.make import (
    AT,
    make_member,
    make_program,
    make_version,
)

PROGRAM: dict[str, Any] = {"name": "Train Tickets", "category": "travel"}
NEW_PROGRAM: dict[str, Any] = {**PROGRAM, "app_id": "com.example.rail", "kind": "package"}


def a_program(scene: Scene) -> MiniProgram:
    """A mini program of acme: the developer is Admin of it, the operator assigned to it."""
    cast = scene.cast
    return make_program(cast.acme, admin=cast.developer, developer=cast.operator)


def a_program_place(scene: Scene) -> dict[str, Any]:
    """A mini program of acme, and the Sandbox of an app."""
    return {
        "app_id": a_program(scene).app_id,
        "code": an_app(scene).code,
        "environment": "sandbox",
    }


def a_tester(scene: Scene) -> dict[str, Any]:
    """Somebody who tries a mini program of acme in the Sandbox of an app."""
    program, app = a_program(scene), an_app(scene)
    target = app.targets.get(environment=Environment.SANDBOX)
    tester = program.testers.create(target=target, user_id="u-1")
    return {
        "app_id": program.app_id,
        "code": app.code,
        "environment": "sandbox",
        "tester_id": tester.id,
    }


def a_program_member(scene: Scene) -> dict[str, Any]:
    """The operator, who is assigned to a mini program of acme as Developer."""
    program = a_program(scene)
    member = program.members.get(membership=scene.cast.operator)
    return {"app_id": program.app_id, "member_id": member.id}


def a_newcomer(scene: Scene) -> dict[str, Any]:
    """A developer of acme, who is to work on a mini program."""
    member = make_member(scene.cast.acme, Role.DEVELOPER)
    return {"email": member.person.email, "role": "developer"}


def a_version(scene: Scene) -> dict[str, Any]:
    """A version of a mini program of acme."""
    version = make_version(a_program(scene))
    return {"app_id": version.program.app_id, "code": version.code}


def a_program_on_the_web(scene: Scene) -> dict[str, Any]:
    """A mini program of acme that is live on the web."""
    version = make_version(a_program(scene))
    put_live(
        version.program, a_web_app(scene).targets.get(environment="production"), version, at=AT
    )
    return {"app_id": version.program.app_id}


def a_checked_version(scene: Scene) -> dict[str, Any]:
    """A version of a mini program of acme whose checks have ended."""
    version = make_version(a_program(scene))
    CheckRun.objects.create(
        workspace=scene.cast.acme, version=version, state=RunState.DONE, finished_at=AT
    )
    return {"app_id": version.program.app_id, "code": version.code}


PAGES: dict[str, Page] = {
    "program_landing": Page(EVERYBODY, NOT_THIS, args=a_program_on_the_web),
    "programs": Page(MEMBERS, NOT_THIS_FOR_MEMBERS),
    "new_program": Page(CHANGERS, CHANGERS_SENT, sent=lambda _: NEW_PROGRAM),
    "program": Page(
        MEMBERS, NOT_THIS_FOR_MEMBERS, args=lambda scene: {"app_id": a_program(scene).app_id}
    ),
    "edit_program": Page(
        CHANGERS,
        CHANGERS_SENT,
        args=lambda scene: {"app_id": a_program(scene).app_id},
        sent=lambda _: {**PROGRAM, "based_on": 1},
    ),
    "archive_program": Page(
        NOT_THIS_FOR_CHANGERS, CHANGERS_SENT, args=lambda scene: {"app_id": a_program(scene).app_id}
    ),
    "restore_program": Page(
        NOT_THIS_FOR_CHANGERS, CHANGERS_SENT, args=lambda scene: {"app_id": a_program(scene).app_id}
    ),
    "program_set_up": Page(
        MEMBERS, NOT_THIS_FOR_MEMBERS, args=lambda scene: {"app_id": a_program(scene).app_id}
    ),
    "edit_set_up": Page(
        CHANGERS,
        CHANGERS_SENT,
        args=a_program_place,
        sent=lambda _: {"server_domains": "api.example.com", "based_on": 0},
    ),
    "program_testers": Page(
        MEMBERS, NOT_THIS_FOR_MEMBERS, args=lambda scene: {"app_id": a_program(scene).app_id}
    ),
    "target_testers": Page(
        MEMBERS,
        CHANGERS_SENT,
        args=a_program_place,
        sent=lambda _: {"testers": "u-1"},
    ),
    "clear_testers": Page(NOT_THIS_FOR_CHANGERS, CHANGERS_SENT, args=a_program_place),
    "remove_tester": Page(NOT_THIS_FOR_CHANGERS, CHANGERS_SENT, args=a_tester),
    "program_members": Page(
        MEMBERS,
        CHANGERS_SENT,
        args=lambda scene: {"app_id": a_program(scene).app_id},
        sent=a_newcomer,
    ),
    "change_program_member": Page(
        NOT_THIS_FOR_CHANGERS,
        CHANGERS_SENT,
        args=a_program_member,
        sent=lambda _: {"role": "developer"},
    ),
    "remove_program_member": Page(NOT_THIS_FOR_CHANGERS, CHANGERS_SENT, args=a_program_member),
    "program_versions": Page(
        MEMBERS, NOT_THIS_FOR_MEMBERS, args=lambda scene: {"app_id": a_program(scene).app_id}
    ),
    "program_version": Page(MEMBERS, NOT_THIS_FOR_MEMBERS, args=a_version),
    # No file comes along.
    "upload_version": Page(
        CHANGERS,
        "422 403 422 403 403 404 302",
        args=lambda scene: {"app_id": a_program(scene).app_id},
    ),
    "version_package": Page(CHANGERS, NOT_THIS_FOR_CHANGERS, args=a_version),
    "version_checks": Page(MEMBERS, NOT_THIS_FOR_MEMBERS, args=a_version),
    "run_checks": Page(NOT_THIS_FOR_CHANGERS, CHANGERS_SENT, args=a_checked_version),
}


def _programs() -> dict[str, Operation]:
    """The operations of mini programs, with one of acme's: see CHANGERS."""

    def one(scene: Scene) -> dict[str, Any]:
        return {"app_id": a_program(scene).app_id}

    def archived(scene: Scene) -> dict[str, Any]:
        program = a_program(scene)
        MiniProgram.objects.filter(id=program.id).update(archived_at=AT)
        return {"app_id": program.app_id}

    def place(scene: Scene) -> dict[str, Any]:
        found = a_program_place(scene)
        return {**found, "app": found["code"]}

    def tester(scene: Scene) -> dict[str, Any]:
        found = a_tester(scene)
        return {**found, "app": found["code"]}

    at, target = "/mini-programs/{app_id}", "/mini-programs/{app_id}/targets/{app}/{environment}"
    changers = "200 403 200 403 403 401 401"
    changers_delete = "204 403 204 403 403 401 401"
    set_up: dict[str, object] = {"server_domains": ["api.example.com"], "variables": {}}
    return {
        "GET /mini-programs": Operation(MEMBERS_CALL),
        "POST /mini-programs": Operation("201 403 201 403 403 401 401", body=NEW_PROGRAM),
        f"GET {at}": Operation(MEMBERS_CALL, path=one),
        f"PUT {at}": Operation(changers, path=one, body=PROGRAM, etag='"1"'),
        f"POST {at}/archive": Operation(changers, path=one),
        f"POST {at}/restore": Operation(changers, path=archived),
        f"GET {at}/targets": Operation(MEMBERS_CALL, path=one),
        f"GET {target}": Operation(MEMBERS_CALL, path=place),
        f"PUT {target}": Operation(changers, path=place, body=set_up, etag='"0"'),
        f"GET {target}/testers": Operation(MEMBERS_CALL, path=place),
        f"POST {target}/testers": Operation(
            changers, path=place, body={"testers": [{"user_id": "u-1"}]}
        ),
        f"DELETE {target}/testers/{{tester_id}}": Operation(changers_delete, path=tester),
        f"GET {at}/members": Operation(MEMBERS_CALL, path=one),
        # Nobody has that address.
        f"POST {at}/members": Operation(
            "422 403 422 403 403 401 401",
            path=one,
            body={"email": "nobody@example.com", "role": "developer"},
        ),
        # That is what they are.
        f"PATCH {at}/members/{{member_id}}": Operation(
            "409 403 409 403 403 401 401",
            path=a_program_member,
            body={"role": "developer"},
        ),
        f"DELETE {at}/members/{{member_id}}": Operation(changers_delete, path=a_program_member),
        # Neither a package nor a hosted version comes along.
        f"PUT {at}/versions": Operation("422 403 422 403 403 401 401", path=one),
        f"GET {at}/versions": Operation(MEMBERS_CALL, path=one),
        f"GET {at}/versions/{{code}}": Operation(MEMBERS_CALL, path=a_version),
        f"GET {at}/versions/{{code}}/package": Operation(changers, path=a_version),
        f"GET {at}/versions/{{code}}/checks": Operation(MEMBERS_CALL, path=a_version),
        f"POST {at}/versions/{{code}}/checks": Operation(
            "202 403 202 403 403 401 401", path=a_checked_version
        ),
    }


OPERATIONS = _programs()
