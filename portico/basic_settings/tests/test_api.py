"""The API of every section: what GET answers can be PUT back, and no change is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.basic_settings.models import SettingsRevision
from portico.basic_settings.registry import AnySection, section_named
from portico.basic_settings.secret_fields import shown_values
from portico.basic_settings.services import draft_of, live, save
from portico.basic_settings.tests.samples import DRAFTED, FIRST, REFUSED, SECOND, SECTIONS
from portico.kernel.permissions import Permission
from tests.make import AT, actor, make_token

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

Call = Callable[..., Client]
each_section = pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)


@pytest.fixture
def api(cast: Cast, call: Call) -> Client:
    """The API as the admin of `acme` has it."""
    return call(cast.acme, cast.admin)


def at(section: str, rest: str = "") -> str:
    return f"/api/v1/settings/{section}{rest}"


def put(
    api: Client, address: str, body: Any, *, etag: str | None = None, method: str = "put"
) -> Answer:
    """Send a body, with `If-Match` where an ETag is given."""
    headers = {} if etag is None else {"if-match": etag}
    answer: Answer = getattr(api, method)(
        address, body, content_type="application/json", headers=headers
    )
    return answer


def problem(answer: Answer, status: int) -> dict[str, Any]:
    """The problem that an answer describes."""
    body: dict[str, Any] = json.loads(answer.content)
    assert answer.status_code == body["status"] == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert body["detail"]
    return body


@each_section
def test_before_anything_was_saved_get_answers_the_default_with_etag_0(
    api: Client, cast: Cast, section: AnySection
) -> None:
    answer = api.get(at(section.name))

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"0"')
    assert answer.headers["Cache-Control"].startswith("private, no-")
    meta = answer.json().pop("meta")
    assert meta == {
        "revision": 0,
        "changed_at": None,
        "changed_by": None,
        "reason": "",
        "effective": section.effective(cast.acme, section.default(cast.acme), at=AT),
        "has_draft": False,
    }
    values = {name: value for name, value in answer.json().items() if name != "meta"}
    assert values == shown_values(cast.acme, section, [section.default(cast.acme)])[0]


@each_section
def test_put_saves_and_what_get_answers_can_be_put_back_as_it_is(
    api: Client, cast: Cast, section: AnySection
) -> None:
    saved = put(api, at(section.name, "?reason=By+API"), FIRST[section.name], etag='"0"')
    got = api.get(at(section.name))
    again = put(api, at(section.name), got.json(), etag=got.headers["ETag"])

    assert (saved.status_code, saved.headers["ETag"]) == (200, '"1"')
    assert saved.json() == got.json()
    assert got.json()["meta"]["reason"] == "By API"
    assert got.json()["meta"]["changed_by"] == "Workspace Admin"
    assert (again.status_code, again.headers["ETag"]) == (200, '"2"')
    assert live(cast.acme, section).payload == section.schema(**FIRST[section.name])
    assert {entry.via for entry in AuditEntry.objects.filter(action="settings.save")} == {"api"}


@each_section
def test_a_write_without_if_match_is_428_and_a_stale_one_412(
    api: Client, cast: Cast, section: AnySection
) -> None:
    values = FIRST[section.name]
    put(api, at(section.name), values, etag='"0"')
    writes: tuple[tuple[str, str, Any], ...] = (
        ("put", "", values),
        ("post", "/restore", {"revision": 1}),
        ("post", "/reset", {}),
        ("put", "/draft", values),
        ("delete", "/draft", {}),
        ("post", "/draft/publish?based_on=1", {}),
    )

    for method, rest, body in writes if section.drafts else writes[:3]:
        missing = put(api, at(section.name, rest), body, method=method)
        assert problem(missing, 428)["code"] == "if_match_required"
        for etag in ("*", "1", 'W/"1"', '"1", "2"', '"x"', '""', '"1234567890"', '"-1"'):
            odd = put(api, at(section.name, rest), body, etag=etag, method=method)
            assert problem(odd, 412)["code"] == "unknown_etag"
    for method, rest, body in writes[:3]:
        stale = put(api, at(section.name, rest), body, etag='"0"', method=method)
        assert problem(stale, 412)["code"] == "stale_revision"
        assert "Workspace Admin changed this" in problem(stale, 412)["detail"]
    assert live(cast.acme, section).number == 1


@each_section
def test_refused_values_are_422_with_a_code_for_each_field(
    api: Client, cast: Cast, section: AnySection
) -> None:
    values = REFUSED[section.name]

    for rest in ("", "/draft") if section.drafts else ("",):
        body = problem(put(api, at(section.name, rest), values, etag='"0"'), 422)
        assert body["code"] == "invalid_fields"
        assert [error["field"] for error in body["errors"]] == list(values)
        assert all(error["code"] not in {"invalid", "wrong_value"} for error in body["errors"])
        assert all(error["detail"].endswith(".") for error in body["errors"])
    assert not SettingsRevision.objects.exists()


@each_section
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"surprise": 1}, "surprise"),
        ({"meta": {"revision": 7}, "surprise": 1}, "surprise"),
        ([], ""),
        ([{"url": ""}], ""),
    ],
)
def test_a_body_of_another_shape_is_422(
    api: Client, section: AnySection, body: Any, field: str
) -> None:
    answer = put(api, at(section.name), body, etag='"0"')

    assert [error["field"] for error in problem(answer, 422)["errors"]] == [field]


def test_a_body_that_is_no_json_is_refused(api: Client) -> None:
    for body in ("{", '{"url": }', "\0", '{"url": "\\ud800"}', '{"url": "a\\u0000b"}'):
        answer = api.put(
            at("about-us"), body, content_type="application/json", headers={"if-match": '"0"'}
        )
        assert answer.status_code in {400, 422}
        assert answer.headers["Content-Type"] == "application/problem+json"

    assert not SettingsRevision.objects.exists()


@each_section
def test_values_of_the_wrong_type_are_422(api: Client, section: AnySection) -> None:
    (field,) = FIRST[section.name]

    for value in (7, True, ["x"], {"x": "y"}):
        body = problem(put(api, at(section.name), {field: value}, etag='"0"'), 422)
        assert [error["field"] for error in body["errors"]] == [field]


@pytest.mark.parametrize("reason", ["x" * 501, "a%00b"])
def test_a_reason_that_cannot_be_kept_is_422(api: Client, reason: str) -> None:
    answer = put(api, at("about-us", f"?reason={reason}"), FIRST["about-us"], etag='"0"')

    assert problem(answer, 422)["code"] in {"reason_too_long", "not_text"}
    assert not SettingsRevision.objects.exists()


@pytest.mark.parametrize("section", DRAFTED, ids=lambda section: section.name)
def test_a_draft_is_written_read_published_and_discarded(
    api: Client, cast: Cast, section: AnySection
) -> None:
    none_yet = api.get(at(section.name, "/draft"))
    made = put(api, at(section.name, "/draft"), FIRST[section.name], etag='"0"')
    changed = put(api, at(section.name, "/draft"), made.json(), etag=made.headers["ETag"])
    stale = put(api, at(section.name, "/draft"), FIRST[section.name], etag='"1"')
    marked = api.get(at(section.name)).json()["meta"]["has_draft"]
    published = put(
        api, at(section.name, "/draft/publish?based_on=0&reason=Now"), {}, etag='"2"', method="post"
    )
    put(api, at(section.name, "/draft"), SECOND[section.name], etag='"0"')
    discarded = put(api, at(section.name, "/draft"), {}, etag='"1"', method="delete")

    assert problem(none_yet, 404)["code"] == "no_draft"
    assert (made.status_code, made.headers["ETag"]) == (200, '"1"')
    assert made.json()["meta"]["based_on"] == 0
    assert changed.headers["ETag"] == '"2"'
    assert problem(stale, 412)["code"] == "stale_draft"
    assert marked is True
    assert (published.status_code, published.headers["ETag"]) == (200, '"1"')
    assert published.json()["meta"]["reason"] == "Now"
    assert (discarded.status_code, discarded.content) == (204, b"")
    assert live(cast.acme, section).payload == section.schema(**FIRST[section.name])
    assert draft_of(cast.acme, section) is None


def test_publishing_names_the_revision_that_it_replaces(api: Client, cast: Cast) -> None:
    put(api, at("about-us", "/draft"), FIRST["about-us"], etag='"0"')
    put(api, at("about-us"), SECOND["about-us"], etag='"0"')

    unsaid = put(api, at("about-us", "/draft/publish"), {}, etag='"1"', method="post")
    stale = put(api, at("about-us", "/draft/publish?based_on=0"), {}, etag='"1"', method="post")

    assert [error["field"] for error in problem(unsaid, 422)["errors"]] == ["based_on"]
    assert problem(stale, 412)["code"] == "stale_revision"
    assert draft_of(cast.acme, section_named("about-us")) is not None


@each_section
def test_restore_and_reset_answer_what_is_live_then(
    api: Client, cast: Cast, section: AnySection
) -> None:
    put(api, at(section.name), FIRST[section.name], etag='"0"')
    put(api, at(section.name), SECOND[section.name], etag='"1"')

    restored = put(
        api,
        at(section.name, "/restore"),
        {"revision": 1, "reason": "Back"},
        etag='"2"',
        method="post",
    )
    unknown = put(api, at(section.name, "/restore"), {"revision": 9}, etag='"3"', method="post")
    reset = put(api, at(section.name, "/reset"), {}, etag='"3"', method="post")

    assert restored.headers["ETag"] == '"3"'
    assert FIRST[section.name].items() <= restored.json().items()
    assert restored.json()["meta"]["reason"] == "Back"
    assert problem(unknown, 404)["code"] == "not_found"
    assert reset.headers["ETag"] == '"4"'
    assert live(cast.acme, section).payload == section.default(cast.acme)


@each_section
def test_restoring_what_would_be_refused_today_is_422_with_the_fields_code(
    api: Client, cast: Cast, section: AnySection
) -> None:
    payload = {**section.default(cast.acme).model_dump(mode="json"), **REFUSED[section.name]}
    SettingsRevision.objects.create(
        workspace=cast.acme, section=section.name, number=1, based_on=0, payload=payload
    )

    answer = put(api, at(section.name, "/restore"), {"revision": 1}, etag='"0"', method="post")

    errors = problem(answer, 422)["errors"]
    assert [error["field"] for error in errors] == list(REFUSED[section.name])


def test_the_history_comes_in_pages_newest_first(api: Client, cast: Cast) -> None:
    section, by = section_named("about-us"), actor(cast.admin)
    for number in range(5):
        values = {"url": f"https://www.example.com/{number}"}
        save(cast.acme, section, values, based_on=number, by=by, at=AT, reason=f"No. {number + 1}")

    whole = api.get(at("about-us", "/history")).json()
    first = api.get(at("about-us", "/history?limit=2")).json()
    second = api.get(at("about-us", f"/history?limit=3&before={first['next']}")).json()

    assert [item["revision"] for item in whole["items"]] == [5, 4, 3, 2, 1]
    assert whole["next"] is None
    assert [item["revision"] for item in first["items"]] == [5, 4]
    assert [item["revision"] for item in second["items"]] == [3, 2, 1]
    assert second["next"] is None
    assert second["items"][0] == {
        "revision": 3,
        "origin": "save",
        "restored_from": None,
        "based_on": 2,
        "changed_at": "2026-11-22T08:00:00Z",
        "changed_by": "Workspace Admin",
        "reason": "No. 3",
        "values": {"url": "https://www.example.com/2"},
    }


def test_a_history_page_of_another_shape_is_422(api: Client) -> None:
    for query in ("limit=0", "limit=201", "limit=x", "before=0", "before=-1"):
        errors = problem(api.get(at("about-us", f"/history?{query}")), 422)["errors"]
        assert [error["field"] for error in errors] == [query.partition("=")[0]]


def test_a_history_page_before_the_first_or_far_beyond_the_last_is_empty_or_whole(
    api: Client, cast: Cast
) -> None:
    put(api, at("about-us"), FIRST["about-us"], etag='"0"')

    assert api.get(at("about-us", "/history?before=1")).json()["items"] == []
    beyond = api.get(at("about-us", f"/history?before={10**12}")).json()["items"]
    assert [item["revision"] for item in beyond] == [1]


def test_a_section_that_is_not_there_is_404(api: Client) -> None:
    assert api.get(at("no-such-section")).status_code == 404


def test_tokens_open_only_what_they_and_their_holder_may(cast: Cast, call: Call) -> None:
    reader = Client(
        headers={
            "host": "acme.localhost:8000",
            "authorization": f"Bearer {make_token(cast.admin, Permission.SETTINGS_READ)[1]}",
        }
    )

    assert reader.get(at("about-us")).status_code == 200
    refused = put(reader, at("about-us"), FIRST["about-us"], etag='"0"')
    assert problem(refused, 403)["code"] == "token_lacks_permission"
    assert problem(call(cast.acme, cast.developer).get(at("about-us")), 403)
    assert problem(call(cast.acme, cast.outsider).get(at("about-us")), 401)
    assert problem(call(cast.acme).get(at("about-us")), 401)
