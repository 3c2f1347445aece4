"""Events over HTTP: what each takes, what comes of it, and how it is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from conftest import Cast, make_cast
from portico.kernel.permissions import Permission
from portico.miniprograms.models import MiniProgram
from portico.releases.event_schemas import AnyEventGiven
from portico.releases.models import Release, ReleaseEvent
from portico.releases.rules.pipeline import Event, Status
from portico.releases.tests.api.conftest import Call, fire, post, told
from portico.targets.models import ReleaseTarget
from tests.make import make_policy, make_program, make_release, make_token, make_version

# Made otherwise: by POST /releases, at the mini program's target, or by the platform alone.
ELSEWHERE = {Event.CREATE, Event.TAKE_OFFLINE, Event.FORCE_REMOVE, Event.REPLACE}


def test_every_event_that_somebody_fires_can_be_given() -> None:
    document = AnyEventGiven.model_json_schema()

    assert set(document["discriminator"]["mapping"]) == {
        event.value for event in set(Event) - ELSEWHERE
    }


ALL_THE_WAY: list[tuple[str, dict[str, Any]]] = [
    ("configure", {"server_domains": ["api.example.com"], "variables": {"TIER": "gold"}}),
    ("apply", {"message": "First"}),
    ("withdraw", {"reason": "Not yet"}),
    ("apply", {"message": "Second"}),
    ("reject", {"reason": "It needs a note."}),
    ("apply", {"message": "Third"}),
    ("approve", {"reason": "Fine"}),
    ("start_pilot", {"user_ids": ["u-1", "u-2"]}),
    ("update_pilot", {"user_ids": ["u-3"], "revision": 9}),
    ("set_rules", {"rules": {"regions": ["sg"], "app_version": {"from": "8.2"}}}),
    ("complete_pilot", {}),
    ("scale", {"percentage": 0.125}),
    ("start_ramp", {"ramp": [{"percentage": 1, "minutes": 60}, {"percentage": 5, "minutes": 0}]}),
    ("stop_ramp", {}),
    ("pause", {"reason": "Odd"}),
    ("resume", {}),
    ("scale", {"percentage": 10}),
    ("cancel", {"reason": "Enough"}),
]


def test_a_release_goes_all_the_way_by_the_api(
    program: MiniProgram, production: ReleaseTarget, developer: Client, reviewer: Client
) -> None:
    make_release(program, production, status=Status.FULL)
    release = make_release(program, production, make_version(program))

    answers = [
        fire(reviewer if event in {"approve", "reject"} else developer, release.id, event, **given)
        for event, given in ALL_THE_WAY
    ]

    refused = [answer.content for answer in answers if answer.status_code != 200]
    assert refused == []
    after = [answer.json() for answer in answers]
    assert [one["revision"] for one in after] == list(range(2, len(ALL_THE_WAY) + 2))
    assert after[0]["server_domains"] == ["api.example.com"]
    assert (after[6]["status"], after[8]["testers"]) == ("pilot_testing", ["u-3"])
    assert (after[11]["percentage"], after[11]["rules"]["regions"]) == (0.125, ["sg"])
    assert (after[16]["percentage"], after[17]["status"]) == (10.0, "canceled")
    told = developer.get(f"/api/v1/releases/{release.id}/events").json()
    assert [one["event"] for one in told["items"]] == ["create", *(e for e, _ in ALL_THE_WAY)]
    assert (told["status"], told["revision"]) == ("canceled", after[17]["revision"])
    assert (told["items"][7]["who"], told["items"][7]["by"]) == ("reviewer", "Workspace Reviewer")
    assert [told["items"][place]["percentage"] for place in (12, 17)] == [0.125, 10]


def test_a_roll_back_answers_the_new_release(
    program: MiniProgram, production: ReleaseTarget, developer: Client
) -> None:
    old = make_release(program, production, status=Status.ARCHIVED)
    make_release(program, production, status=Status.FULL)

    answer = fire(developer, old.id, "roll_back", reason="It crashes")

    body = answer.json()
    assert (answer.status_code, body["status"]) == (200, "full_release"), body
    assert body["rolled_back_to"] == str(old.id) != body["id"]


def test_go_live_takes_a_first_share(
    program: MiniProgram, production: ReleaseTarget, developer: Client
) -> None:
    policy = make_policy(pilot_testing=False)
    release = make_release(program, production, status=Status.PREPARATION, policy=policy)

    answer = fire(developer, release.id, "go_live", percentage=1)

    assert (answer.json()["status"], answer.json()["percentage"]) == ("grayscale_release", 1.0)


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"event": "fly"}, "event", "wrong_value"),
        ({}, "event", "wrong_value"),
        ({"event": "cancel"}, "reason", "wrong_value"),
        ({"event": "scale", "percentage": 0.0001}, "percentage", "not_a_share"),
        ({"event": "scale", "percentage": 101}, "percentage", "not_a_share"),
        ({"event": "scale", "percentage": "5"}, "percentage", "wrong_value"),
        ({"event": "scale", "percentage": True}, "percentage", "wrong_value"),
        ({"event": "pause", "reason": "a\0b"}, "reason", "not_text"),
        ({"event": "pause", "share": 5}, "share", "wrong_value"),
        (
            {"event": "start_ramp", "ramp": [{"percentage": 200, "minutes": 1}]},
            "ramp.0.percentage",
            "not_a_share",
        ),
    ],
    ids=["unknown", "none", "reason", "small", "large", "text", "bool", "NUL", "extra", "ramp"],
)
def test_what_was_given_wrong_is_named_by_its_field(
    program: MiniProgram,
    production: ReleaseTarget,
    developer: Client,
    given: dict[str, object],
    field: str,
    code: str,
) -> None:
    release = make_release(program, production, status=Status.GRAYSCALE, share=5_000)

    answer = post(developer, f"/releases/{release.id}/events", given)

    assert told(answer) == (422, "invalid_fields")
    errors = [(one["field"], one["code"]) for one in answer.json()["errors"]]
    assert errors == [(field, code)]
    assert Release.objects.get().revision == 1


@pytest.mark.parametrize(
    ("event", "given", "code"),
    [
        ("go_live", {}, "not_in_this_status"),
        ("scale", {"percentage": 5}, "share_not_greater"),
        ("resume", {}, "release_not_paused"),
        ("roll_back", {"reason": "No"}, "not_in_this_status"),
        ("start_pilot", {"user_ids": ["u-1"]}, "not_in_this_status"),
    ],
)
def test_what_cannot_happen_now_is_a_conflict_with_a_code(
    program: MiniProgram,
    production: ReleaseTarget,
    cast: Cast,
    call: Call,
    event: str,
    given: dict[str, Any],
    code: str,
) -> None:
    release = make_release(program, production, status=Status.GRAYSCALE, share=5_000)

    answer = fire(call(cast.acme, cast.admin), release.id, event, **given)

    assert told(answer) == (409, code)
    assert ReleaseEvent.objects.count() == 1


def test_testers_of_what_was_never_applied_for_are_not_what_is_wrong(
    program: MiniProgram, production: ReleaseTarget, developer: Client
) -> None:
    release = make_release(program, production)

    answer = fire(developer, release.id, "start_pilot", user_ids=["u-1"])

    assert told(answer) == (409, "not_in_this_status")


def test_who_acts_on_what_is_no_more_is_told_what_happened(
    program: MiniProgram, production: ReleaseTarget, cast: Cast, call: Call, developer: Client
) -> None:
    release = make_release(program, production, status=Status.GRAYSCALE, share=5_000)
    fire(call(cast.acme, cast.admin), release.id, "pause", reason="Errors rise")

    answer = fire(developer, release.id, "scale", percentage=10, revision=1)

    assert told(answer) == (412, "stale_release")
    assert [
        (one["event"], one["by"], one["reason"], one["number"])
        for one in answer.json()["meanwhile"]
    ] == [("pause", "Workspace Admin", "Errors rise", 2)]


def test_the_same_key_has_an_event_happen_once(
    program: MiniProgram, production: ReleaseTarget, developer: Client
) -> None:
    release = make_release(program, production, status=Status.GRAYSCALE, share=5_000)

    first = fire(developer, release.id, "scale", percentage=10, key="job-7")
    again = fire(developer, release.id, "scale", percentage=10, key="job-7")
    other = fire(developer, release.id, "scale", percentage=11, key="job-7")

    assert first.json() == again.json()
    assert told(other) == (422, "idempotency_key_reused")
    assert ReleaseEvent.objects.filter(event="scale").count() == 1


def test_a_token_needs_the_permission_of_the_event(
    program: MiniProgram, production: ReleaseTarget, cast: Cast
) -> None:
    release = make_release(program, production, status=Status.UNDER_REVIEW)
    read, act, decide = (
        Permission.RELEASES_READ,
        Permission.RELEASES_ACT,
        Permission.REQUESTS_DECIDE,
    )

    def ask(event: str, *permissions: Permission) -> tuple[int, str]:
        bearer = f"Bearer {make_token(cast.admin, *permissions)[1]}"
        client = Client(headers={"host": "acme.localhost:8000", "authorization": bearer})
        answer = fire(client, release.id, event)
        return answer.status_code, answer.json().get("code", "")

    assert ask("withdraw", act) == (403, "token_lacks_permission")
    assert ask("withdraw", read, decide) == (403, "token_lacks_permission")
    assert ask("approve", read, act) == (403, "token_lacks_permission")
    assert ask("approve", read, decide) == (200, "")


def test_who_may_not_is_refused_whatever_the_token(
    program: MiniProgram, production: ReleaseTarget, cast: Cast, call: Call
) -> None:
    release = make_release(program, production, status=Status.GRAYSCALE, share=5_000)

    answers = {
        who: fire(call(cast.acme, member), release.id, "pause")
        for who, member in cast.members().items()
        if who not in {"admin", "developer"}
    }
    outside = fire(call(cast.zenith, cast.outsider), release.id, "pause")

    assert {who: answer.status_code for who, answer in answers.items()} == {
        "reviewer": 403,
        "operator": 403,
        "inspector": 403,
    }
    assert outside.status_code == 404
    assert not ReleaseEvent.objects.filter(event="pause").exists()


def test_events_are_read_on_from_a_number(
    program: MiniProgram, production: ReleaseTarget, cast: Cast, call: Call, developer: Client
) -> None:
    release = make_release(program, production, status=Status.GRAYSCALE, share=5_000)
    for event in ("pause", "resume", "pause"):
        fire(developer, release.id, event)
    path = f"/api/v1/releases/{release.id}/events"

    first = developer.get(path, {"limit": 2}).json()
    rest = developer.get(path, {"after": first["next"], "limit": 2}).json()
    outside = call(cast.zenith, cast.outsider).get(path)

    assert [one["event"] for one in first["items"]] == ["create", "pause"]
    assert [one["event"] for one in rest["items"]] == ["resume", "pause"]
    assert (first["next"], rest["next"], outside.status_code) == (2, None, 404)


def test_a_decision_comes_too_late_or_without_a_request(
    program: MiniProgram, production: ReleaseTarget, reviewer: Client
) -> None:
    new = make_release(program, production)
    decided = make_release(program, production, status=Status.GRAYSCALE)

    answers = [fire(reviewer, release.id, "approve") for release in (new, decided)]

    assert [told(answer) for answer in answers] == [
        (409, "never_applied_for"),
        (412, "request_is_approved"),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_key_are_given_the_same_answer() -> None:
    cast = make_cast()
    program = make_program(cast.acme, admin=cast.developer)
    release = make_release(program, status=Status.GRAYSCALE, share=5_000)
    secret = make_token(cast.developer)[1]
    together = Barrier(2)

    def ask(_number: int) -> Any:
        headers = {"host": "acme.localhost:8000", "authorization": f"Bearer {secret}"}
        client = Client(headers=headers)
        together.wait()
        try:
            return fire(client, release.id, "scale", percentage=10, key="job-7")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(ask, range(2))

    assert (first.status_code, second.status_code) == (200, 200), first.content
    assert first.json() == second.json()
    assert ReleaseEvent.objects.filter(event="scale").count() == 1
