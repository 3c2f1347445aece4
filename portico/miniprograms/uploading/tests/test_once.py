"""`Idempotency-Key` on an upload: its fingerprint is the hash of the package."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from portico.kernel.clock import now
from portico.miniprograms.models import MiniProgram, Version
from portico.workspaces.models import KeptAnswer
from tests.packages import APP_ID, make_package

API = f"/api/v1/mini-programs/{APP_ID}/versions"
pytestmark = pytest.mark.usefixtures("program")


def put(client: Client, package: bytes, key: str = "key-1") -> Any:
    headers = {"Idempotency-Key": key}
    return client.put(API, package, content_type="application/zip", headers=headers)


def test_an_upload_that_is_sent_again_is_given_its_first_answer(
    program: MiniProgram, developer: Client
) -> None:
    first = put(developer, make_package())

    second = put(developer, make_package())

    assert second.headers["Idempotent-Replayed"] == "true"
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["Location"] == first.headers["Location"]


def test_a_key_is_not_taken_for_another_package(developer: Client) -> None:
    put(developer, make_package())

    answer = put(developer, make_package(code=2))

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Version.objects.count() == 1


def test_a_refusal_is_not_kept(program: MiniProgram, developer: Client) -> None:
    refused = put(developer, make_package("com.example.other"))

    taken = put(developer, make_package())

    assert (refused.status_code, taken.status_code) == (422, 201)
    assert KeptAnswer.objects.count() == 1


def test_an_answer_is_kept_though_the_program_was_archived_since(
    program: MiniProgram, developer: Client
) -> None:
    """What is archived takes nothing new; that is said before anything is read."""
    put(developer, make_package())
    program.refresh_from_db()
    program.archived_at = now()
    program.save()

    answer = put(developer, make_package())

    assert (answer.status_code, answer.json()["code"]) == (409, "program_archived")
