"""The public list of a workspace's addresses: what it holds, when it changes, who may read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.egress.outbound.listing import listing_of
from portico.egress.tests.choosing import DAY, ELEVEN, THIRTEEN, TWELVE, chosen, offer
from portico.kernel.clock import now
from portico.workspaces.models import Workspace
from tests.make import AT, actor

JSON, TEXT = "/.well-known/egress-ips.json", "/.well-known/egress-ips.txt"


@pytest.fixture(autouse=True)
def _offered(settings: Any) -> None:
    offer(settings)


def listed(workspace: Workspace, *, days: float = 0) -> dict[str, Any]:
    """The list as programs read it, so many days after `AT`."""
    found: dict[str, Any] = json.loads(listing_of(workspace, at=AT + days * DAY).as_json())
    return found


def test_without_a_choice_the_list_is_empty_and_says_that_calls_are_not_bound(
    acme: Workspace,
) -> None:
    assert listed(acme) == {
        "version": 0,
        "bound": False,
        "changes_at": None,
        "bound_then": None,
        "addresses": [],
    }
    assert "any address" in listing_of(acme, at=AT).as_text()


def test_it_lists_what_is_chosen_since_it_is_in_use_without_a_break(cast: Cast) -> None:
    chosen(cast.acme, cast.admin, ELEVEN)
    chosen(cast.acme, cast.admin, ELEVEN, TWELVE, days=3)

    assert listed(cast.acme, days=4) == {
        "version": 2,
        "bound": True,
        "changes_at": None,
        "bound_then": None,
        "addresses": [
            {"address": ELEVEN, "valid_from": "2026-11-22T08:00:00Z", "valid_until": None},
            {"address": TWELVE, "valid_from": "2026-11-25T08:00:00Z", "valid_until": None},
        ],
    }
    assert listed(cast.zenith, days=4)["addresses"] == []


def test_a_break_begins_anew(cast: Cast) -> None:
    chosen(cast.acme, cast.admin, ELEVEN)
    chosen(cast.acme, cast.admin, TWELVE, days=1)
    chosen(cast.acme, cast.admin, ELEVEN, days=2)

    (entry,) = listed(cast.acme, days=3)["addresses"]
    assert entry["valid_from"] == "2026-11-24T08:00:00Z"


def test_an_announced_change_lists_what_comes_and_until_when_the_rest_stays(cast: Cast) -> None:
    chosen(cast.acme, cast.admin, ELEVEN, TWELVE)
    chosen(cast.acme, cast.admin, TWELVE, THIRTEEN, days=1, notice=7)

    before, after = listed(cast.acme, days=2), listed(cast.acme, days=8)

    assert (before["changes_at"], before["bound_then"]) == ("2026-11-30T08:00:00Z", True)
    assert before["addresses"] == [
        {
            "address": ELEVEN,
            "valid_from": "2026-11-22T08:00:00Z",
            "valid_until": "2026-11-30T08:00:00Z",
        },
        {"address": TWELVE, "valid_from": "2026-11-22T08:00:00Z", "valid_until": None},
        {"address": THIRTEEN, "valid_from": "2026-11-30T08:00:00Z", "valid_until": None},
    ]
    assert [entry["address"] for entry in after["addresses"]] == [TWELVE, THIRTEEN]
    assert after["changes_at"] is None


def test_the_text_says_the_same(cast: Cast) -> None:
    chosen(cast.acme, cast.admin, ELEVEN, TWELVE)
    chosen(cast.acme, cast.admin, TWELVE, THIRTEEN, notice=7)

    assert listing_of(cast.acme, at=AT + DAY).as_text().splitlines() == [
        "# version 2",
        "# changes at 2026-11-29T08:00:00Z",
        f"{ELEVEN} # until 2026-11-29T08:00:00Z",
        TWELVE,
        f"{THIRTEEN} # from 2026-11-29T08:00:00Z",
    ]


def test_giving_all_up_is_announced_as_such(cast: Cast) -> None:
    chosen(cast.acme, cast.admin, ELEVEN)
    chosen(cast.acme, cast.admin, notice=7)

    found = listed(cast.acme)

    assert (found["bound"], found["bound_then"]) == (True, False)
    assert "then calls may leave from any address" in listing_of(cast.acme, at=AT).as_text()


def test_the_version_rises_with_each_choice_and_when_an_announced_one_takes_effect(
    cast: Cast,
) -> None:
    seen = [listed(cast.acme)["version"]]
    chosen(cast.acme, cast.admin, ELEVEN)
    seen.append(listed(cast.acme)["version"])
    chosen(cast.acme, cast.admin, TWELVE, days=1, notice=7)
    seen += [listed(cast.acme, days=days)["version"] for days in (1, 7.9, 8)]
    chosen(cast.acme, cast.admin, ELEVEN, days=9, notice=1)
    chosen(cast.acme, cast.admin, TWELVE, days=9.5)  # taken back
    seen += [listed(cast.acme, days=days)["version"] for days in (9.5, 20)]

    assert seen == [0, 1, 2, 2, 3, 5, 5]


def test_what_the_operator_has_taken_out_is_not_listed(cast: Cast, settings: Any) -> None:
    chosen(cast.acme, cast.admin, ELEVEN, TWELVE)

    offer(settings, f"{TWELVE}=127.0.0.12")

    found = listed(cast.acme)
    assert [entry["address"] for entry in found["addresses"]] == [TWELVE]
    assert found["bound"] is True


@pytest.mark.parametrize(("path", "kind"), [(JSON, "application/json"), (TEXT, "text/plain")])
def test_anybody_may_read_it_and_who_has_it_is_told_so(
    path: str, kind: str, cast: Cast, browse: Callable[..., Client]
) -> None:
    chosen(cast.acme, cast.admin, ELEVEN)
    visitor = browse(cast.acme)

    first = visitor.get(path)
    again = visitor.get(path, headers={"if-none-match": first["ETag"]})
    from portico.egress.services import choose

    choose(cast.acme, [TWELVE], by=actor(cast.admin), at=now())
    changed = visitor.get(path, headers={"if-none-match": first["ETag"]})

    assert first.status_code == 200
    assert first["Content-Type"].startswith(kind)
    assert (first["Cache-Control"], first["Access-Control-Allow-Origin"]) == ("no-cache", "*")
    assert ELEVEN in first.text
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert changed.status_code == 200
    assert TWELVE in changed.text
    assert ELEVEN not in browse(cast.zenith).get(path).text


def test_the_list_costs_four_queries_at_the_most(
    cast: Cast, browse: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        chosen(cast.acme, cast.admin, *([ELEVEN] if number % 2 else [TWELVE]), days=number)
    visitor = browse(cast.acme)

    with django_assert_max_num_queries(4):
        assert visitor.get(JSON).status_code == 200
