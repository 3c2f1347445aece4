"""`portico release`: what it sends, what it prints, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from portico.miniprograms.uploading.tests.answering import Server
from portico.releases.client.tests.conftest import TOKEN, Run, a_release

ID = a_release()["id"]
DONE = (200, a_release())


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (["apply", ID], {"event": "apply", "supersede": False, "message": ""}),
        (["go-live", ID], {"event": "go_live"}),
        (["go-live", ID, "--percentage", "1"], {"event": "go_live", "percentage": 1.0}),
        (["scale", ID, "0.125"], {"event": "scale", "percentage": 0.125}),
        (
            ["scale", ID, "100", "--override", "fire", "--revision", "7"],
            {"event": "scale", "percentage": 100.0, "override": "fire", "revision": 7},
        ),
        (["pause", ID, "--reason", "odd"], {"event": "pause", "reason": "odd"}),
        (["resume", ID], {"event": "resume"}),
        (["cancel", ID, "--reason", "bad"], {"event": "cancel", "reason": "bad"}),
        (["rollback", ID, "--reason", "bad"], {"event": "roll_back", "reason": "bad"}),
    ],
    ids=lambda found: found[0] if isinstance(found, list) else "",
)
def test_a_command_is_an_event_under_a_key_of_its_own(
    server: Server, run: Run, arguments: list[str], sent: dict[str, Any]
) -> None:
    server.answers = [DONE]

    result = run(*arguments, url=server.url)

    assert result.exit_code == 0, result.output
    asked, headers, body = server.asked[0]
    assert asked == f"POST /api/v1/releases/{ID}/events"
    assert json.loads(body) == sent
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["User-Agent"] == "portico release"
    assert len(headers["Idempotency-Key"]) == 36
    assert result.output.splitlines() == [
        "com.example.tips 1.0.3 (3) on pay/production: Grayscale Release at 5.0 %",
        f"{server.url}/console/releases/{ID}/",
        ID,
    ]


def test_a_release_is_created_and_applied_for_in_one_request(server: Server, run: Run) -> None:
    server.answers = [(201, a_release(status="under_review"))]

    result = run(
        *("create", "com.example.tips", "--version", 3, "--to", "pay/production"),
        *("--apply", "--supersede", "--message", "Please", "--key", "job-77"),
        url=server.url,
    )

    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1] == ID
    _asked, headers, body = server.asked[0]
    assert headers["Idempotency-Key"] == "job-77"
    assert json.loads(body) == {
        "app_id": "com.example.tips",
        "version": 3,
        "app": "pay",
        "environment": "production",
        "release": True,
        "supersede": True,
        "message": "Please",
    }


def test_a_lost_answer_is_asked_for_again_under_the_same_key(server: Server, run: Run) -> None:
    server.answers = [None, (503, {}), DONE]

    result = run("scale", ID, 5, url=server.url)

    assert result.exit_code == 0, result.output
    assert len({headers["Idempotency-Key"] for _asked, headers, _body in server.asked}) == 1
    assert result.output.count("Trying again") == 2


def test_who_gets_no_answer_is_told_how_to_try_again_without_harm(server: Server, run: Run) -> None:
    server.answers = [None] * 3

    result = run("scale", ID, 5, "--key", "job-77", url=server.url)

    assert result.exit_code == 3
    assert "add --key job-77" in result.output


def test_a_refusal_is_printed_with_its_fields_and_what_happened_meanwhile(
    server: Server, run: Run
) -> None:
    event = {"event": "pause", "by": "Ada\x1b[2J", "after": "grayscale_release", "at": "now"}
    problem = {
        "code": "stale_release",
        "detail": "Meanwhile it was paused.",
        "errors": [{"field": "percentage", "code": "not_a_share", "detail": "No share."}],
        "meanwhile": [event],
    }
    server.answers = [(412, problem), (412, problem)]

    text = run("scale", ID, 5, "--revision", 6, url=server.url)
    whole = run("scale", ID, 5, "--revision", 6, "--json", url=server.url)

    assert (text.exit_code, whole.exit_code) == (1, 1)
    assert text.output.splitlines() == [
        "portico: Meanwhile it was paused.",
        "portico:   percentage: not_a_share: No share.",
        "portico:   now pause by Ada�[2J: Grayscale Release",
    ]
    assert json.loads(whole.output)["error"]["meanwhile"] == [event]


def test_status_says_what_is_possible_and_json_says_it_all(server: Server, run: Run) -> None:
    possible = [
        {"event": "pause", "allowed": True, "why_not": None},
        {"event": "scale", "allowed": False, "why_not": "It is paused."},
    ]
    server.answers = [(200, a_release(possible=possible, paused_at="now"))] * 2

    text = run("status", ID, url=server.url)
    whole = run("status", ID, "--json", url=server.url)

    assert "Grayscale Release at 5.0 %, paused" in text.output
    assert text.output.splitlines()[-2:] == ["  pause: yes", "  scale: no: It is paused."]
    assert json.loads(whole.output)["release"]["possible"] == possible
    assert json.loads(whole.output)["exit"] == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["scale", "seven", "5"], "not a valid UUID"),
        (["scale", ID, "0"], "0.0 is not in the range"),
        (["scale", ID, "100.5"], "100.5 is not in the range"),
        (["cancel", ID], "Missing option '--reason'"),
        (["create", "a.b", "--version", "1", "--to", "pay"], "as in pay/production"),
        (["create", "a.b", "--version", "1", "--to", "a/sandbox", "--supersede"], "with --apply"),
        (["pause", ID, "--key", "two words"], "visible ASCII"),
        (["wait", ID, "--until", "done"], "is not one of 'approved'"),
    ],
    ids=["id", "none", "too many", "reason", "target", "supersede", "key", "goal"],
)
def test_what_is_not_understood_ends_with_2_and_is_not_sent(
    server: Server, run: Run, arguments: list[str], says: str
) -> None:
    result = run(*arguments, url=server.url)

    assert result.exit_code == 2
    assert says in " ".join(result.output.split())
    assert server.asked == []


@pytest.mark.parametrize("token", ["", "two words", "line\nfeed"])
def test_a_token_that_is_none_is_not_sent(server: Server, run: Run, token: str) -> None:
    result = run("resume", ID, url=server.url, token=token)

    assert result.exit_code == 2
    assert server.asked == []


def test_the_command_loads_neither_django_nor_a_database() -> None:
    program = (
        "import sys; import portico.config.commands.release; "
        "print([name for name in ('django', 'psycopg', 'boto3') if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
