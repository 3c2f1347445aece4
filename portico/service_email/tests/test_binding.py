"""A stored password is sent to the server it was given for, and to no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.basic_settings import services
from portico.basic_settings.models import SettingsDraft
from portico.kernel.errors import InvalidFields
from portico.secrets.models import Secret
from portico.service_email.rules.together import PasswordMustBeTypedAgain
from portico.service_email.section import section
from portico.service_email.servers import saved_server, server_from
from portico.service_email.tests.values import (
    EDIT,
    PASSWORD,
    VALUES,
    number_of,
    post,
    put,
    save,
    save_tested,
    send,
)
from tests.make import AT, actor

OTHER_SERVERS: dict[str, dict[str, Any]] = {
    "another host": {"host": "smtp.example.org"},
    "another port": {"port": 2525},
    "another user name": {"username": "other"},
    "the account in place of the user name": {"username": ""},
    "no protection": {"security": "none"},
    "a correction of both": {"port": 465, "security": "ssl"},
}
SAME_SERVER: dict[str, dict[str, Any]] = {
    "more protection": {"security": "ssl"},
    "another account": {"account": "other@acme.example.com"},
    "another nickname": {"nickname": "Other"},
    "another reply-to address": {"reply_to": "help@acme.example.com"},
    "the same host in capitals": {"host": "SMTP.Example.com."},
}
each_other = pytest.mark.parametrize("changed", OTHER_SERVERS.values(), ids=OTHER_SERVERS)
each_same = pytest.mark.parametrize("changed", SAME_SERVER.values(), ids=SAME_SERVER)

Browse = Callable[..., Client]


def kept() -> list[Secret]:
    """The secrets that are not forgotten."""
    return list(Secret.objects.filter(forgotten_at__isnull=True))


@each_other
def test_with_another_server_a_save_needs_the_password(cast: Cast, changed: dict[str, Any]) -> None:
    save(cast.admin)

    with pytest.raises(InvalidFields) as refusal:
        save(cast.admin, password=None, based_on=1, **changed)

    assert isinstance(refusal.value.errors["password"], PasswordMustBeTypedAgain)
    assert number_of(cast.acme) == 1
    assert len(kept()) == 1
    save(cast.admin, password="another", based_on=1, **changed)
    server = saved_server(cast.acme)
    assert server is not None
    assert server.password == "another"


@each_same
def test_with_the_same_server_it_stays(cast: Cast, changed: dict[str, Any]) -> None:
    save(cast.admin)

    save(cast.admin, password=None, based_on=1, **changed)

    server = saved_server(cast.acme)
    assert server is not None
    assert server.password == PASSWORD


def test_protection_that_grew_may_not_shrink_below_what_the_password_was_given_for(
    cast: Cast,
) -> None:
    save(cast.admin)
    save(cast.admin, password=None, based_on=1, security="ssl")

    back = save(cast.admin, password=None, based_on=2)

    assert back.number == 3
    with pytest.raises(InvalidFields):
        save(cast.admin, password=None, based_on=3, security="none")


@each_other
def test_the_page_refuses_beside_the_field_and_the_api_by_name(
    cast: Cast, browse: Browse, call: Browse, changed: dict[str, Any]
) -> None:
    save(cast.admin)
    in_form = {
        **{name: value for name, value in changed.items() if name != "security"},
        **({"ssl": None} if changed.get("security") == "none" else {}),
    }

    page = send(browse(cast.acme, cast.admin), based_on=1, **in_form)
    api = put(call(cast.acme, cast.admin), {**VALUES, **changed}, etag=1)

    assert page.status_code == 422
    assert "Type the password again." in page.text
    assert api.status_code == 422
    assert [(error["field"], error["code"]) for error in api.json()["errors"]] == [
        ("password", "password_must_be_typed_again")
    ]
    assert number_of(cast.acme) == 1


@each_other
def test_a_draft_with_another_server_needs_the_password(
    cast: Cast, browse: Browse, call: Browse, changed: dict[str, Any]
) -> None:
    save(cast.admin)
    api = call(cast.acme, cast.admin)

    refused = put(api, {**VALUES, **changed}, etag=0, path="/draft")
    taken = put(api, {**VALUES, **changed, "password": "another"}, etag=0, path="/draft")
    again = put(api, {**VALUES, **changed}, etag=1, path="/draft")

    assert [answer.status_code for answer in (refused, taken, again)] == [422, 200, 200]
    assert again.json()["password"]["set"] is True
    published = api.post(
        "/api/v1/settings/service-email/draft/publish?based_on=1", headers={"if-match": '"2"'}
    )
    server = saved_server(cast.acme)
    assert published.status_code == 200
    assert server is not None
    assert server.password == "another"


def test_a_form_opened_on_the_draft_keeps_the_drafts_password_and_one_on_the_live_values_theirs(
    cast: Cast, browse: Browse
) -> None:
    save(cast.admin)
    admin = browse(cast.acme, cast.admin)
    send(admin, action="draft", based_on=1, host="smtp.example.org", password="another")
    page = admin.get(f"{EDIT}?draft").text

    from_live = send(admin, based_on=1, host="smtp.example.org", opened_on="live")
    from_draft = send(admin, based_on=1, host="smtp.example.org", opened_on="draft")

    assert 'name="opened_on" value="draft"' in page
    assert (from_live.status_code, from_draft.status_code) == (422, 302)
    server = saved_server(cast.acme)
    assert server is not None
    assert (server.host, server.password) == ("smtp.example.org", "another")


def test_a_draft_whose_password_was_taken_away_is_not_published(cast: Cast, browse: Browse) -> None:
    save(cast.admin)
    by = actor(cast.admin)
    draft = services.save_draft(
        cast.acme,
        section,
        {**VALUES, "host": "smtp.example.org", "password": "another"},
        based_on=1,
        version=0,
        by=by,
        at=AT,
    )
    Secret.objects.filter(id=draft.payload["password"]).update(ciphertext="", forgotten_at=AT)

    answer = browse(cast.acme, cast.admin).post(
        "/settings/tenant/service-email/draft/publish/", {"version": 1, "based_on": 1}
    )

    assert answer.status_code == 422
    assert "Type the password again." in answer.text
    assert f'href="{EDIT}?draft"' in answer.text
    assert number_of(cast.acme) == 1


def test_a_restore_to_another_server_is_refused_with_a_way_forward(
    cast: Cast, browse: Browse
) -> None:
    save_tested(cast.admin)
    save_tested(cast.admin, based_on=1, host="smtp.example.org", password="another")
    admin = browse(cast.acme, cast.admin)

    answer = admin.post("/settings/tenant/service-email/history/1/restore/", {"based_on": 2})
    form = admin.get(f"{EDIT}?revision=1").text

    assert answer.status_code == 422
    assert "Type the password again." in answer.text
    assert f'href="{EDIT}?revision=1"' in answer.text
    assert number_of(cast.acme) == 2
    assert 'value="smtp.example.com"' in form
    assert 'name="opened_on" value="1"' in form
    assert send(admin, based_on=2, opened_on="1").status_code == 422
    assert send(admin, based_on=2, opened_on="1", password=PASSWORD).status_code == 302


def test_a_restore_to_the_server_still_in_use_is_allowed(cast: Cast) -> None:
    save_tested(cast.admin)
    save(cast.admin, based_on=1, host="smtp.example.org", password="another")

    restored = services.restore(
        cast.acme, section, 1, based_on=2, by=actor(cast.admin), at=AT + timedelta(days=1)
    )

    server = saved_server(cast.acme)
    assert restored.number == 3
    assert server is not None
    assert (server.host, server.password) == ("smtp.example.com", PASSWORD)


def test_the_api_refuses_such_a_restore_too(cast: Cast, call: Browse) -> None:
    save(cast.admin)
    save(cast.admin, based_on=1, host="smtp.example.org", password="another")

    answer = post(call(cast.acme, cast.admin), "/restore", {"revision": 1}, etag=2)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "password_must_be_typed_again"


@each_other
def test_a_test_of_unsaved_values_with_another_server_needs_the_password(
    cast: Cast, changed: dict[str, Any]
) -> None:
    save(cast.admin)

    with pytest.raises(InvalidFields) as refusal:
        server_from(cast.acme, {**VALUES, **changed}, at=AT)
    server = server_from(cast.acme, {**VALUES, **changed, "password": "another"}, at=AT)

    assert isinstance(refusal.value.errors["password"], PasswordMustBeTypedAgain)
    assert server is not None
    assert server.password == "another"
    assert len(kept()) == 1


def test_a_test_of_unsaved_values_obeys_the_rules_of_a_save_and_keeps_nothing(cast: Cast) -> None:
    save(cast.admin)

    same = server_from(cast.acme, VALUES, at=AT)
    without = server_from(cast.acme, {**VALUES, "username": "", "password": ""}, at=AT)

    assert same == saved_server(cast.acme)
    assert without is not None
    assert (without.username, without.password) == ("", "")
    assert server_from(cast.acme, {"nickname": "Acme"}, at=AT) is None
    for wrong in ({"port": 22}, {"host": "10.0.0.1"}, {"host": ""}, {"account": "x"}):
        with pytest.raises(InvalidFields):
            server_from(cast.acme, {**VALUES, "password": "another", **wrong}, at=AT)
    assert len(kept()) == 1


def test_another_workspaces_password_is_never_used(cast: Cast) -> None:
    save(cast.admin)
    mine = kept()[0]
    revision = save(cast.outsider, password="of zenith")
    SettingsDraft.objects.create(
        workspace=cast.zenith,
        section=section.name,
        payload={**revision.payload, "password": str(mine.id)},
        based_on=1,
    )

    with pytest.raises(InvalidFields) as refusal:
        services.publish_draft(
            cast.zenith, section, version=1, based_on=1, by=actor(cast.outsider), at=AT
        )

    assert isinstance(refusal.value.errors["password"], PasswordMustBeTypedAgain)
    server = saved_server(cast.zenith)
    assert server is not None
    assert server.password == "of zenith"


def test_a_secrets_id_given_as_password_is_a_password_and_names_nothing(cast: Cast) -> None:
    save(cast.admin)
    secret_id = str(kept()[0].id)

    save(cast.admin, based_on=1, host="smtp.example.org", password=secret_id)

    server = saved_server(cast.acme)
    assert server is not None
    assert server.password == secret_id


def test_what_is_superseded_is_forgotten_but_for_live_draft_and_in_use(cast: Cast) -> None:
    by = actor(cast.admin)
    in_use = save_tested(cast.admin).payload["password"]
    superseded = save(cast.admin, based_on=1, password="b", host="b.example.com")
    draft = services.save_draft(
        cast.acme,
        section,
        {**VALUES, "host": "c.example.com", "password": "c"},
        based_on=2,
        version=0,
        by=by,
        at=AT,
    ).payload["password"]
    live = save(cast.admin, based_on=2, password="d", host="d.example.com").payload["password"]

    assert {str(secret.id) for secret in kept()} == {in_use, draft, live}
    services.discard_draft(cast.acme, section, version=1, by=by, at=AT)
    assert {str(secret.id) for secret in kept()} == {in_use, live}
    services.reset(cast.acme, section, based_on=3, by=by, at=AT)
    assert kept() == []
    assert Secret.objects.filter(id=superseded.payload["password"]).exists()


def test_without_a_host_the_password_is_dropped_and_one_that_is_typed_refused(cast: Cast) -> None:
    save(cast.admin)
    empty: dict[str, Any] = {"host": "", "account": "", "username": ""}

    with pytest.raises(InvalidFields) as refusal:
        save(cast.admin, based_on=1, **empty)
    dropped = save(cast.admin, based_on=1, password=None, **empty)

    assert refusal.value.errors["password"].code == "password_has_no_use"
    assert dropped.payload["password"] is None
    assert kept() == []


def test_an_empty_text_removes_the_password(cast: Cast, browse: Browse) -> None:
    save(cast.admin, username="")
    admin = browse(cast.acme, cast.admin)

    removed = send(admin, based_on=1, username="", remove_password="on")

    assert removed.status_code == 302
    server = saved_server(cast.acme)
    assert server is not None
    assert (server.username, server.password) == ("", "")
    assert kept() == []
