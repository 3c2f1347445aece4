"""Every page and operation says who may open it, and has a row in the tables."""

from __future__ import annotations

from portico.kernel.access import access_of
from portico.workspaces.api_door import BearerToken
from tests.access.tables import OPERATIONS, PAGES
from tests.access.walking import operations, pages, patterns


def test_every_page_says_who_may_open_it() -> None:
    silent = [name for name, pattern in patterns() if access_of(pattern.callback) is None]

    assert len(list(patterns())) > 40
    assert silent == []


def test_every_operation_of_the_api_says_who_may_call_it() -> None:
    found = operations()

    for name, operation in found.items():
        mark = access_of(operation.view_func)
        assert mark is not None, name
        doors = [door for door in operation.auth_callbacks if isinstance(door, BearerToken)]
        assert [door.permission for door in doors] == [
            permission for permission in [mark.permission] if permission is not None
        ], name
    assert len(found) > 20


def test_every_page_and_operation_has_a_row_in_the_table() -> None:
    assert pages() == set(PAGES)
    assert set(operations()) == set(OPERATIONS)
