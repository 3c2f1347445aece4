"""What holds for every operation of the API: problems, codes, tags, pages, and its contract."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory
from ninja import Schema

from conftest import Cast
from portico.config.contract import document
from portico.config.handlers import server_error
from portico.kernel.ids import new_id
from portico.kernel.permissions import Permission
from tests.make import make_token

Call = Callable[..., Client]
ABOUT = "/api/v1/settings/about-us"
# Who asks proves it otherwise: with a signature, or not at all.
FOR_EVERYBODY = {"settings_schema", "get_reviewed_package", "answer_review"}
COMMITTED = Path(__file__).parents[1] / "docs" / "openapi.json"


def put(client: Client, body: str | bytes, *, etag: str = "", path: str = ABOUT) -> Any:
    """A PUT with a JSON body."""
    headers = {"if-match": etag} if etag else {}
    return client.put(path, body, content_type="application/json", headers=headers)


def url(number: int) -> str:
    return json.dumps({"url": f"https://example.com/{number}"})


CASES: dict[str, tuple[Callable[[Client], Any], int, str]] = {
    "no JSON": (lambda api: put(api, "{", etag='"0"'), 400, "bad_request"),
    "an unknown address": (lambda api: api.get("/api/v1/nowhere"), 404, "not_found"),
    "the root": (lambda api: api.get("/api/v1/"), 404, "not_found"),
    "an unknown token": (lambda api: api.delete(f"/api/v1/tokens/{new_id()}"), 404, "not_found"),
    "an unknown file": (lambda api: api.get(f"/api/v1/files/{'0' * 64}"), 404, "not_found"),
    "a wrong method": (lambda api: api.post("/api/v1/me"), 405, "method_not_allowed"),
    "an old tag": (lambda api: put(api, url(1), etag='"7"'), 412, "stale_revision"),
    "no number as tag": (lambda api: put(api, url(1), etag="*"), 412, "unknown_etag"),
    "a large body": (lambda api: put(api, f'"{"a" * 2**21}"'), 413, "request_too_large"),
    "no JSON by its type": (
        lambda api: api.put(ABOUT, url(1), content_type="text/plain", headers={"if-match": '"0"'}),
        415,
        "unsupported_media_type",
    ),
    "a form": (
        lambda api: api.post(f"{ABOUT}/restore", {"revision": 1}, headers={"if-match": '"0"'}),
        415,
        "unsupported_media_type",
    ),
    "no multipart": (
        lambda api: api.post("/api/v1/files", "x", content_type="multipart/form-data"),
        400,
        "bad_request",
    ),
    "a body that is no text": (
        lambda api: put(api, b'{"url": "\xff"}', etag='"0"'),
        400,
        "bad_request",
    ),
    "a body of brackets": (lambda api: put(api, "[" * 10**5, etag='"0"'), 400, "bad_request"),
    "a wrong value": (
        lambda api: put(api, '{"url": "ftp://x"}', etag='"0"'),
        422,
        "invalid_fields",
    ),
    "a list": (lambda api: put(api, "[]", etag='"0"'), 422, "invalid_fields"),
    "no id": (lambda api: api.delete("/api/v1/tokens/seven"), 422, "invalid_fields"),
    "no tag": (lambda api: put(api, url(1)), 428, "if_match_required"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_goes_wrong_is_a_problem_with_a_code(name: str, cast: Cast, call: Call) -> None:
    ask, status, code = CASES[name]

    answer = ask(call(cast.acme, cast.admin))

    body = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert set(body) - {"errors"} == {"type", "title", "status", "code", "detail"}
    assert body["detail"].endswith(".")


def test_the_code_is_the_same_in_every_language_and_the_detail_is_not(
    cast: Cast, call: Call
) -> None:
    api = call(cast.acme)

    english = api.get("/api/v1/me", headers={"accept-language": "en"}).json()
    chinese = api.get("/api/v1/me", headers={"accept-language": "zh-hans"}).json()

    assert english["code"] == chinese["code"] == "not_signed_in"
    assert english["detail"] != chinese["detail"]


def test_the_contract_says_which_writes_need_the_tag_that_was_read() -> None:
    paths = document()["paths"]
    needing = {
        operation["operationId"]
        for path in paths.values()
        for operation in path.values()
        if any(one["name"] == "If-Match" for one in operation.get("parameters", ()))
    }

    assert {
        "save_about_us",
        "reset_to_the_default_about_us",
        "publish_the_draft_about_us",
    } <= needing
    for path in paths.values():
        for operation in path.values():
            is_conditional = operation["operationId"] in needing
            assert ("428" in operation["responses"]) is is_conditional


def test_a_wrong_method_is_told_the_right_ones(cast: Cast, call: Call) -> None:
    answer = call(cast.acme, cast.admin).post(ABOUT)

    assert answer.headers["Allow"] == "GET, PUT"
    assert "GET, PUT" in answer.json()["detail"]


def test_each_wrong_field_is_named(cast: Cast, call: Call) -> None:
    body = json.dumps({"url": "ftp://example.com/", "color": "red"})

    errors = put(call(cast.acme, cast.admin), body, etag='"0"').json()["errors"]

    assert {error["field"] for error in errors} == {"url", "color"}
    assert all(error["code"] and error["detail"] for error in errors)


def test_a_wrong_query_is_named_as_a_wrong_field_is(cast: Cast, call: Call) -> None:
    answer = call(cast.acme, cast.admin).get(f"{ABOUT}/history", {"limit": 201})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["limit"]


@pytest.mark.parametrize("since", ["yesterday", "2026-11-22T08:00:00", "2026-13-01T00:00:00Z"])
def test_a_time_in_a_query_is_a_time_with_its_zone(cast: Cast, call: Call, since: str) -> None:
    api = call(cast.acme, cast.admin)

    assert api.get("/api/v1/audit", {"since": since}).status_code == 422
    assert api.get("/api/v1/audit", {"since": "2026-11-22T08:00:00Z"}).status_code == 200


def test_our_own_failure_is_a_problem_that_tells_nothing() -> None:
    request = RequestFactory().get(ABOUT)

    answer = server_error(request)

    assert answer.status_code == 500
    assert json.loads(answer.content)["code"] == "server_error"


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer pco_made-up", "Basic YTpi", "Bearer pco_a b", "pco_x", "é"],
)
def test_without_a_token_of_here_nobody_is_let_in(
    cast: Cast, call: Call, authorization: str
) -> None:
    answer = call(cast.acme).get("/api/v1/me", headers={"authorization": authorization})

    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Portico"'
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_scheme_may_be_written_in_any_case(cast: Cast, call: Call) -> None:
    secret = make_token(cast.developer)[1]

    answer = call(cast.acme).get("/api/v1/me", headers={"authorization": f"bEARER {secret}"})

    assert answer.status_code == 200
    assert answer.json()["email"] == "developer@acme.example.com"


def test_a_token_without_the_permission_is_told_which_it_lacks(cast: Cast, call: Call) -> None:
    secret = make_token(cast.admin, Permission.ACCOUNT)[1]

    answer = call(cast.acme).get(ABOUT, headers={"authorization": f"Bearer {secret}"})

    assert answer.status_code == 403
    assert answer.json()["code"] == "token_lacks_permission"
    assert "settings:read" in answer.json()["detail"]


def test_a_session_alone_opens_no_operation(cast: Cast, browse: Callable[..., Client]) -> None:
    signed_in = browse(cast.acme, cast.admin)
    assert signed_in.get("/console/").status_code == 200

    assert signed_in.get("/api/v1/me").status_code == 401
    assert put(signed_in, url(1), etag='"0"').status_code == 401


def test_a_token_counts_and_not_the_session_beside_it(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    admins_browser = browse(cast.acme, cast.admin)
    secret = make_token(cast.developer)[1]

    answer = admins_browser.get(ABOUT, headers={"authorization": f"Bearer {secret}"})

    assert answer.status_code == 403


def test_a_script_needs_no_form_token_of_ours(cast: Cast) -> None:
    secret = make_token(cast.admin)[1]
    strict = Client(
        enforce_csrf_checks=True,
        headers={"host": "acme.localhost:8000", "authorization": f"Bearer {secret}"},
    )

    assert put(strict, url(1), etag='"0"').status_code == 200


def test_each_write_names_the_state_that_it_was_based_on(cast: Cast, call: Call) -> None:
    api = call(cast.acme, cast.admin)

    first = api.get(ABOUT)
    saved = put(api, url(1), etag=first.headers["ETag"])
    late = put(api, url(2), etag=first.headers["ETag"])
    again = put(api, url(2), etag=saved.headers["ETag"])

    assert (first.headers["ETag"], saved.headers["ETag"]) == ('"0"', '"1"')
    assert late.status_code == 412
    assert late.headers["Content-Type"] == "application/problem+json"
    assert again.headers["ETag"] == '"2"'
    assert api.get(ABOUT).json()["url"] == "https://example.com/2"


def test_a_history_is_read_page_by_page(cast: Cast, call: Call) -> None:
    api = call(cast.acme, cast.admin)
    for number in range(5):
        put(api, url(number), etag=f'"{number}"')

    pages = []
    before: int | None = None
    while True:
        page = api.get(f"{ABOUT}/history", {"limit": 2} | ({"before": before} if before else {}))
        pages.append([item["revision"] for item in page.json()["items"]])
        before = page.json()["next"]
        if before is None:
            break

    assert pages == [[5, 4], [3, 2], [1]]


def test_answers_are_json_and_not_kept_by_anybody(cast: Cast, call: Call) -> None:
    api = call(cast.acme, cast.admin)

    for path in ("/api/v1/me", "/api/v1/tokens", "/api/v1/audit", ABOUT):
        answer = api.get(path)
        assert answer.headers["Content-Type"].startswith("application/json"), path
        assert answer.headers["Cache-Control"] in {"private, no-store", "private, no-cache"}, path


def test_the_committed_contract_is_what_the_program_answers(cast: Cast, call: Call) -> None:
    committed = json.loads(COMMITTED.read_text(encoding="utf-8"))

    served = call(cast.acme).get("/api/v1/openapi.json").json()

    assert document() == committed, "`make openapi` writes docs/openapi.json anew."
    assert served == committed


def test_every_schema_has_a_name_of_its_own() -> None:
    def below(kind: type[Schema]) -> Iterator[type[Schema]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    ours = {one for one in below(Schema) if one.__module__.startswith("portico.")}
    named = Counter(one.__name__ for one in ours)

    assert {name for name, times in named.items() if times > 1} == set()


def test_the_contract_names_door_and_problem_of_every_operation() -> None:
    paths = document()["paths"]

    operations = [operation for path in paths.values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]

    assert len(names) == len(set(names)) > 20
    for operation in operations:
        if operation["operationId"] not in FOR_EVERYBODY:
            assert operation["security"] == [{"BearerToken": []}]
            assert operation["responses"]["401"] == {"$ref": "#/components/responses/Problem"}
        assert operation["responses"]["422"] == {"$ref": "#/components/responses/Problem"}
        assert operation["summary"]
