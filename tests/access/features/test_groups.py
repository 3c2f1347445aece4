"""Groups of testers: the workspace's, and those of a mini program."""

from __future__ import annotations

from typing import Any

from portico.miniprograms.models import MiniProgram
from portico.releases.models import TestGroup
from tests.access.features.programs import a_program
from tests.access.rows import (
    ADMINS_DELETE,
    ADMINS_SENT,
    CHANGERS,
    CHANGERS_SENT,
    MEMBERS,
    MEMBERS_CALL,
    NOT_THIS_FOR_MEMBERS,
    Operation,
    Page,
)
from tests.access.scene import Scene

GROUP: dict[str, Any] = {"name": "Branch staff", "note": "", "user_ids": "u-1\nu-2"}
GROUP_GIVEN: dict[str, Any] = {"name": "Branch staff", "user_ids": ["u-1", "u-2"]}
# Admins change the workspace's groups. A developer's right is for those of their mini programs; who
# has none is turned away before it is asked whose group it is.
ADMINS_FORM = "200 403 403 403 403 404 302"
NOT_THIS_FOR_DEVELOPERS = "405 403 405 403 403 404 302"


def make_group(scene: Scene, program: MiniProgram | None = None) -> TestGroup:
    """A group of acme, or of a mini program of it."""
    return TestGroup.objects.create(
        workspace=scene.cast.acme, program=program, name="Ours", user_ids=["u-1"]
    )


def a_group(scene: Scene) -> dict[str, Any]:
    """A group of acme."""
    return {"group_id": make_group(scene).id}


def a_program_with_groups(scene: Scene) -> dict[str, Any]:
    """A mini program that the developer is Admin of."""
    return {"app_id": a_program(scene).app_id}


def a_program_group(scene: Scene) -> dict[str, Any]:
    """A group of a mini program that the developer is Admin of."""
    program = a_program(scene)
    return {"app_id": program.app_id, "group_id": make_group(scene, program).id}


def _pages() -> dict[str, Page]:
    read, post = (MEMBERS, NOT_THIS_FOR_MEMBERS), NOT_THIS_FOR_DEVELOPERS
    based = {**GROUP, "based_on": 1}
    return {
        "test_groups": Page(*read),
        "new_test_group": Page(ADMINS_FORM, ADMINS_SENT, sent=lambda _: GROUP),
        "test_group": Page(*read, args=a_group),
        "edit_test_group": Page(ADMINS_FORM, ADMINS_SENT, args=a_group, sent=lambda _: based),
        "remove_test_group": Page(post, ADMINS_SENT, args=a_group),
        "program_test_groups": Page(*read, args=a_program_with_groups),
        "new_program_test_group": Page(
            CHANGERS, CHANGERS_SENT, args=a_program_with_groups, sent=lambda _: GROUP
        ),
        "program_test_group": Page(*read, args=a_program_group),
        "edit_program_test_group": Page(
            CHANGERS, CHANGERS_SENT, args=a_program_group, sent=lambda _: based
        ),
        "remove_program_test_group": Page(post, CHANGERS_SENT, args=a_program_group),
    }


def _operations() -> dict[str, Operation]:
    one = "/test-groups/{group_id}"
    all_of, one_of = ("/mini-programs/{app_id}" + path for path in ("/test-groups", one))
    made, changed, removed = (
        f"{status} 403 {status} 403 403 401 401" for status in ("201", "200", "204")
    )
    given, etag = GROUP_GIVEN, '"1"'
    return {
        "GET /test-groups": Operation(MEMBERS_CALL),
        "POST /test-groups": Operation("201 403 403 403 403 401 401", body=given),
        f"GET {one}": Operation(MEMBERS_CALL, path=a_group),
        f"PUT {one}": Operation("200 403 403 403 403 401 401", path=a_group, body=given, etag=etag),
        f"DELETE {one}": Operation(ADMINS_DELETE, path=a_group),
        f"GET {all_of}": Operation(MEMBERS_CALL, path=a_program_with_groups),
        f"POST {all_of}": Operation(made, path=a_program_with_groups, body=given),
        f"GET {one_of}": Operation(MEMBERS_CALL, path=a_program_group),
        f"PUT {one_of}": Operation(changed, path=a_program_group, body=given, etag=etag),
        f"DELETE {one_of}": Operation(removed, path=a_program_group),
    }


PAGES = _pages()
OPERATIONS = _operations()
