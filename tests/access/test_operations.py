"""Every operation of the API, called by everybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.test import Client

from conftest import Cast
from tests.access.rows import WHO, statuses
from tests.access.scene import Scene
from tests.access.tables import OPERATIONS
from tests.access.walking import for_each, send


def test_an_operation_answers_those_whom_the_table_names(
    scene: Cast, call: Callable[..., Client]
) -> None:
    clients = {
        who: call(scene.acme, None if who == "nobody" else Scene(scene, who).member) for who in WHO
    }

    def ask(name: str, who: str, path_values: dict[str, Any]) -> int:
        response = send(clients[who], name, OPERATIONS[name], path_values)
        if response.streaming:
            response.getvalue()  # the file behind it is closed at its end
        return int(response.status_code)

    seen = {
        name: {who: ask(name, who, values) for who, _once, values in for_each(row.path, scene)}
        for name, row in OPERATIONS.items()
    }

    wrong = {
        name: answers
        for name, answers in seen.items()
        if answers != statuses(OPERATIONS[name].answers)
    }
    assert wrong == {}


def test_a_write_that_names_no_revision_is_refused(
    scene: Cast, call: Callable[..., Client]
) -> None:
    admin = call(scene.acme, scene.admin)
    writes = {name: row for name, row in OPERATIONS.items() if row.etag}

    codes = {
        name: send(admin, name, replace(row, etag=""), row.path(Scene(scene, "admin"))).json()
        for name, row in writes.items()
    }

    assert len(writes) > 10
    assert {problem["code"] for problem in codes.values()} == {"if_match_required"}
    assert {problem["status"] for problem in codes.values()} == {428}
