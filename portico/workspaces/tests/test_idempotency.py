"""Requests of the API that are sent again."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from conftest import Cast, make_cast
from portico.members.models import Invitation
from portico.webhooks.models import Endpoint
from portico.workspaces.idempotency import forget_answers
from portico.workspaces.models import KeptAnswer
from tests.make import LONG_AGO, make_token

Call = Callable[..., Client]
WEBHOOK = {"url": "https://hooks.example.com/in", "events": ["settings.changed"]}


def post(api: Client, key: str, body: object = WEBHOOK, path: str = "/api/v1/webhooks") -> Any:
    return api.post(
        path, json.dumps(body), content_type="application/json", headers={"Idempotency-Key": key}
    )


def test_the_same_request_again_is_given_the_first_answer(cast: Cast, call: Call) -> None:
    api = call(cast.acme, cast.admin)

    first, again = post(api, "a-1"), post(api, "a-1")

    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.json()["secret"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    for name in ("Content-Type", "ETag", "Cache-Control"):
        assert again.headers.get(name) == first.headers.get(name)
    assert Endpoint.objects.count() == 1


def test_other_keys_make_other_things(cast: Cast, call: Call) -> None:
    api = call(cast.acme, cast.admin)

    first, second = post(api, "a-1"), post(api, "a-2")

    assert first.json()["id"] != second.json()["id"]


def test_a_key_is_for_one_request(cast: Cast, call: Call) -> None:
    api = call(cast.acme, cast.admin)
    post(api, "a-1")

    other_body = post(api, "a-1", {**WEBHOOK, "description": "other"})
    other_place = post(
        api, "a-1", {"emails": ["x@example.com"], "role": "developer"}, "/api/v1/invitations"
    )

    for refused in (other_body, other_place):
        assert refused.status_code == 422
        assert refused.json()["code"] == "idempotency_key_reused"
    assert Endpoint.objects.count() == 1
    assert not Invitation.objects.exists()


def test_a_refusal_is_not_kept(cast: Cast, call: Call) -> None:
    api = call(cast.acme, cast.admin)

    refused = post(api, "a-1", {**WEBHOOK, "events": []})
    made = post(api, "a-1")

    assert refused.status_code == 422
    assert made.status_code == 201
    assert "Idempotent-Replayed" not in made.headers


@pytest.mark.parametrize("key", ["", "two words", "x" * 256, "é"])
def test_a_key_that_cannot_be_one_is_refused(cast: Cast, call: Call, key: str) -> None:
    refused = post(call(cast.acme, cast.admin), key)

    assert refused.status_code == 422
    assert refused.json()["code"] == "unusable_idempotency_key"
    assert not Endpoint.objects.exists()


def test_keys_of_others_are_others(cast: Cast, call: Call) -> None:
    first = post(call(cast.acme, cast.admin), "a-1")

    same_person_other_token = post(call(cast.acme, cast.admin), "a-1")
    elsewhere = post(call(cast.zenith, cast.outsider), "a-1")

    ids = {first.json()["id"], same_person_other_token.json()["id"], elsewhere.json()["id"]}
    assert len(ids) == 3


def test_who_may_not_do_it_is_told_nothing(cast: Cast, call: Call) -> None:
    refused = post(call(cast.acme, cast.developer), "a-1")

    assert refused.status_code == 403
    assert not KeptAnswer.objects.exists()


def test_what_is_kept_holds_no_secret_that_anybody_else_could_read(cast: Cast, call: Call) -> None:
    made = post(call(cast.acme, cast.admin), "a-1")

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(k)::text FROM workspaces_keptanswer k")
        (row,) = cursor.fetchone()
    assert made.json()["secret"] not in row
    assert "hooks.example.com" not in row
    assert "a-1" not in row


def test_answers_are_kept_for_a_day(cast: Cast, call: Call) -> None:
    api = call(cast.acme, cast.admin)
    post(api, "a-1")
    post(api, "a-2")
    KeptAnswer.objects.update(created_at=LONG_AGO)

    assert forget_answers(at=LONG_AGO + timedelta(hours=24)) == 0
    again = post(api, "a-1")
    assert "Idempotent-Replayed" not in again.headers
    assert forget_answers(at=LONG_AGO + timedelta(hours=24, seconds=1)) == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one() -> None:
    cast = make_cast()
    secret = make_token(cast.admin)[1]

    def send(_number: int) -> Any:
        api = Client(headers={"host": "acme.localhost:8000", "authorization": f"Bearer {secret}"})
        try:
            return post(api, "a-1")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 7
    assert Endpoint.objects.count() == 1
