"""`portico release wait`: until a release gets as far, or cannot any more, or the time is over."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from portico.miniprograms.uploading.client.places import place_of
from portico.miniprograms.uploading.client.sending import Portico
from portico.miniprograms.uploading.tests.answering import Server
from portico.releases.client import waiting
from portico.releases.client.asking import Releases
from portico.releases.client.tests.conftest import Run, a_release, events
from portico.releases.client.waiting import Outcome, Waited, is_reached, wait_for

ID = a_release()["id"]
CREATED = ("create", "", "new_version_created")
APPLIED = ("apply", "new_version_created", "under_review")
APPROVED = ("approve", "under_review", "release_preparation")
REJECTED = ("reject", "under_review", "new_version_created")
LIVE = ("go_live", "release_preparation", "grayscale_release")
CANCELED = ("cancel", "grayscale_release", "canceled")
FULL = ("scale", "grayscale_release", "full_release")


def test_it_asks_for_what_is_new_and_says_each_event_once(server: Server, run: Run) -> None:
    server.answers = [
        events(CREATED, APPLIED),
        events(),
        events(APPROVED, LIVE, after=2),
        events(FULL, after=4),
    ]

    result = run("wait", ID, url=server.url)

    assert result.exit_code == 0, result.output
    assert [asked.rpartition("=")[2] for asked, _headers, _body in server.asked] == list("0224")
    assert result.output.splitlines() == [
        "Waiting for Full Release …",
        "2026-11-22T08:00:00Z create by Ada: New Version Created",
        "2026-11-22T08:00:00Z apply by Ada: Under Review",
        "2026-11-22T08:00:00Z approve by Ada: Release Preparation",
        "2026-11-22T08:00:00Z go_live by Ada: Grayscale Release",
        "2026-11-22T08:00:00Z scale by Ada: Full Release",
    ]


@pytest.mark.parametrize(
    ("answer", "until", "exit_code", "outcome"),
    [
        (events(CREATED, APPLIED, APPROVED), "approved", 0, "reached"),
        (events(CREATED, APPLIED, APPROVED, LIVE, FULL), "release_preparation", 0, "reached"),
        (events(CREATED, APPLIED, REJECTED, APPLIED, APPROVED), "approved", 0, "reached"),
        (events(CREATED, APPLIED, APPROVED, LIVE, CANCELED), "canceled", 0, "reached"),
        (events(CREATED, APPLIED, REJECTED, reason="eval"), "approved", 5, "sent_back"),
        (events(CREATED, APPLIED, APPROVED, LIVE, CANCELED), "full_release", 5, "ended"),
    ],
    ids=["approved", "passed", "again", "as wanted", "rejected", "canceled"],
)
def test_how_it_ends_is_told_by_the_exit_code(
    server: Server, run: Run, answer: Any, until: str, exit_code: int, outcome: str
) -> None:
    server.answers = [answer]

    result = run("wait", ID, "--until", until, "--json", url=server.url)

    whole = json.loads(result.output)
    assert (result.exit_code, whole["exit"], whole["outcome"]) == (exit_code, exit_code, outcome)
    assert ("error" in whole) is (exit_code != 0)


def test_a_rejection_is_told_with_its_reason(server: Server, run: Run) -> None:
    server.answers = [events(CREATED, APPLIED, REJECTED, reason="It calls eval.")]

    result = run("wait", ID, url=server.url)

    assert "sent back to New Version Created" in result.output
    assert "Reason: It calls eval." in result.output


def test_who_may_not_see_it_is_refused(server: Server, run: Run) -> None:
    server.answers = [(404, {"code": "not_found", "detail": "There is nothing here."})]

    result = run("wait", ID, url=server.url)

    assert (result.exit_code, "There is nothing here." in result.output) == (1, True)


class Clock:
    """A clock that goes on as somebody waits."""

    def __init__(self) -> None:
        self.at, self.pauses = 0.0, list[float]()

    def __call__(self) -> float:
        return self.at

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.at += seconds


def waited(server: Server, clock: Clock, *, seconds: float, told: list[str]) -> Any:
    portico = Portico(place_of(server.url), "pco_token", pause=clock.pause, told=told.append)
    return wait_for(
        Releases(portico),
        UUID(ID),
        "full_release",
        seconds=seconds,
        told=lambda event: told.append(str(event["event"])),
        clock=clock,
    )


def test_it_asks_ever_less_often_until_something_happens(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "SOONEST", 1.0)
    server.answers = [events(CREATED), *[events()] * 7, events(APPLIED), *[events()] * 3]
    clock = Clock()

    found = waited(server, clock, seconds=44, told=[])

    assert found == Waited(Outcome.TIMED_OUT, "under_review")
    growing = [1.0, 1.5, 2.25, 3.375, 5.0625, 7.59375, 10.0, 10.0]
    assert clock.pauses == [*growing, 1.0, 1.5, 0.71875]
    assert sum(clock.pauses) == 44


def test_a_server_that_restarts_is_waited_for(server: Server) -> None:
    server.answers = [events(CREATED, APPLIED), None, (502, {}), (503, b"starting"), events(FULL)]
    told: list[str] = []

    found = waited(server, Clock(), seconds=60, told=told)

    assert found == Waited(Outcome.REACHED, "full_release")
    assert [text for text in told if "Still waiting" not in text] == ["create", "apply", "scale"]
    assert len(told) == 6


def test_a_server_that_stays_away_is_told_from_one_where_nothing_happens(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "SOONEST", 2.0)
    server.answers = [events(CREATED), *[None] * 4]

    found = waited(server, Clock(), seconds=10, told=[])

    assert (found.outcome, found.status) == (Outcome.AWAY, "new_version_created")
    assert "the connection was lost" in found.why


@pytest.mark.parametrize(
    ("status", "goal", "reached"),
    [
        ("pilot_testing", "release_preparation", False),
        ("grayscale_release", "release_preparation", True),
        ("archived", "full_release", True),
        ("canceled", "new_version_created", False),
        ("under_review", "approved", False),
    ],
)
def test_further_is_as_good(status: str, goal: str, reached: bool) -> None:
    assert is_reached(status, goal) is reached
