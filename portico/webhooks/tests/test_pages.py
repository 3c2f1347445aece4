"""The pages, as an admin uses them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import Cast
from portico.kernel.clock import now
from portico.webhooks import services
from portico.webhooks.models import Delivery, DeliveryState, Endpoint
from portico.webhooks.tests.conftest import URL, Clock, Hook, carried, happen, make_hook
from portico.webhooks.tests.test_queueing import make_deliveries
from tests.make import AT, actor
from tests.peers.receiver import Receiver, Reply

Browse = Callable[..., Client]
LIST = "/console/webhooks/"
GIVEN = {"url": URL, "events": ["settings.changed"], "description": "Ledger"}


@pytest.fixture
def page(cast: Cast, browse: Browse) -> Client:
    """The admin's browser."""
    return browse(cast.acme, cast.admin)


def text_of(client: Client, url: str, **query: str) -> str:
    """A page."""
    response = client.get(url, query)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def test_where_there_is_none_the_list_says_what_to_do(page: Client) -> None:
    text = text_of(page, LIST)

    assert "No webhook yet" in text
    assert f"{LIST}new/" in text


def test_a_new_one_shows_its_secret_once(page: Client) -> None:
    response = page.post(f"{LIST}new/", GIVEN)

    endpoint = Endpoint.objects.get()
    secret = re.search(r"whsec_[A-Za-z0-9+/=]{44}", response.content.decode())
    assert response.status_code == 200
    assert secret is not None
    assert response.headers["Cache-Control"] == "private, no-store"
    shown = text_of(page, f"{LIST}{endpoint.id}/") + text_of(page, LIST)
    assert "whsec_" not in shown
    assert "Ledger" in shown


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(page: Client) -> None:
    response = page.post(f"{LIST}new/", GIVEN | {"url": "http://user@example.com/x"})

    text = response.content.decode()
    assert response.status_code == 422
    assert "http://user@example.com/x" in text
    assert "user name or a password" in text
    assert "Ledger" in text
    assert "checked" in text


def test_the_last_one_that_fits_takes_the_button_away_and_a_form_that_was_open_is_refused(
    cast: Cast, page: Client
) -> None:
    for _number in range(services.MOST_ENDPOINTS):
        make_hook(cast.acme)

    assert f"{LIST}new/" not in text_of(page, LIST)
    response = page.post(f"{LIST}new/", GIVEN)
    assert response.status_code == 409
    assert "at most" in response.content.decode() or "20 webhooks" in response.content.decode()


def test_a_change_is_saved(page: Client, hook: Hook) -> None:
    address = f"{LIST}{hook.endpoint.id}/edit/"
    assert hook.endpoint.url in text_of(page, address)

    response = page.post(address, GIVEN | {"based_on": "1", "description": "Books"})

    assert response.status_code == 302
    assert (hook.now.description, hook.now.url) == ("Books", URL)


def test_a_change_that_somebody_else_overtook_is_refused_with_all_that_was_typed(
    page: Client, hook: Hook
) -> None:
    address = f"{LIST}{hook.endpoint.id}/edit/"
    page.post(address, GIVEN | {"based_on": "1"})

    response = page.post(address, GIVEN | {"based_on": "1", "description": "Mine"})

    assert response.status_code == 409
    assert "changed by somebody else" in response.content.decode()
    assert "Mine" in response.content.decode()


def test_disabling_and_enabling_with_a_choice_about_what_was_held(
    cast: Cast, page: Client, hook: Hook
) -> None:
    address = f"{LIST}{hook.endpoint.id}/"
    page.post(f"{address}disable/")
    happen(cast.acme)
    assert "1 event is held" in text_of(page, address)

    page.post(f"{address}enable/", {"held": "discard"})

    assert hook.now.enabled
    assert Delivery.objects.get().state == DeliveryState.DISCARDED


def test_doing_what_is_done_already_is_said_and_does_no_harm(page: Client, hook: Hook) -> None:
    response = page.post(f"{LIST}{hook.endpoint.id}/enable/", follow=True)

    assert "enabled already" in response.content.decode()


def test_a_new_secret_is_shown_once_with_the_end_of_the_old_one(page: Client, hook: Hook) -> None:
    given = {"overlap": "24", "based_on": "1"}
    response = page.post(f"{LIST}{hook.endpoint.id}/secret/", given)

    assert "whsec_" in response.content.decode()
    assert hook.secret not in response.content.decode()
    assert hook.now.old_secret_until is not None


def test_a_double_click_or_a_reload_does_not_end_the_secret_that_the_receiver_has(
    page: Client, hook: Hook
) -> None:
    assert 'name="based_on" value="1"' in page.get(f"{LIST}{hook.endpoint.id}/").content.decode()
    given = {"overlap": "24", "based_on": "1"}
    page.post(f"{LIST}{hook.endpoint.id}/secret/", given)
    once = hook.now

    again = page.post(f"{LIST}{hook.endpoint.id}/secret/", given, follow=True).content.decode()

    assert "whsec_" not in again
    assert "was changed by somebody else" in again
    assert (hook.now.secret, hook.now.old_secret) == (once.secret, hook.endpoint.secret)


def test_removing_asks_by_name(page: Client, hook: Hook) -> None:
    assert "Remove “Ledger”?" in text_of(page, f"{LIST}{hook.endpoint.id}/")

    page.post(f"{LIST}{hook.endpoint.id}/remove/")

    assert not Endpoint.objects.exists()


def test_a_test_is_watched_until_its_answer_is_there(
    page: Client, hook: Hook, there: Receiver
) -> None:
    response = page.post(f"{LIST}{hook.endpoint.id}/test/")
    address = response.headers["Location"]
    text = text_of(page, address)
    assert "every 500ms" in text
    seen = re.search(r"seen=([a-z0-9-]+)", text)
    assert seen is not None
    again = page.get(address, {"seen": seen[1]}, headers={"HX-Request": "true"})
    assert again.status_code == 204

    carried(hook, Clock(now()))

    after = page.get(address, {"seen": seen[1]}, headers={"HX-Request": "true"})
    assert after.status_code == 200
    assert "<html" not in after.content.decode()
    assert "Delivered" in after.content.decode()
    assert "every 500ms" not in after.content.decode()


def test_what_a_receiver_answers_is_shown_as_text_and_never_as_anything_else(
    cast: Cast, page: Client, hook: Hook, there: Receiver, clock: Clock
) -> None:
    there.answers = [
        Reply(
            500, b"<script>alert(1)</script>", {"Server": "<b>x</b>", "Content-Type": "text/html"}
        )
    ]
    happen(cast.acme)
    carried(hook, clock)

    delivery = Delivery.objects.get()
    text = text_of(page, reverse("webhook_delivery", args=[hook.endpoint.id, delivery.id]))

    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "&lt;b&gt;x" in text
    assert "The receiver answered 500" in text
    assert delivery.message_id in text


def test_what_is_no_text_is_counted(
    cast: Cast, page: Client, hook: Hook, there: Receiver, clock: Clock
) -> None:
    there.answers = [Reply(200, b"\x00\xff\xfe" * 5)]
    happen(cast.acme)
    carried(hook, clock)

    url = reverse("webhook_delivery", args=[hook.endpoint.id, Delivery.objects.get().id])

    assert "15 bytes that are no text" in text_of(page, url)


def test_the_key_in_an_address_is_shown_in_its_form_only(cast: Cast, page: Client) -> None:
    hook = make_hook(cast.acme, f"{URL}?key=k3y")
    address = f"{LIST}{hook.endpoint.id}/"

    shown = text_of(page, LIST) + text_of(page, address) + text_of(page, f"{address}deliveries/")

    assert "k3y" not in shown
    assert "k3y" in text_of(page, f"{address}edit/")


def test_deliveries_are_narrowed_by_state_event_and_days(
    cast: Cast, page: Client, hook: Hook
) -> None:
    happen(cast.acme)
    services.send_test(cast.acme, hook.endpoint.id, by=actor(cast.admin), at=AT)
    address = f"{LIST}{hook.endpoint.id}/deliveries/"
    event, test = Delivery.objects.order_by("test")

    for query, shown in (
        ({}, {event, test}),
        ({"type": "webhook.test"}, {test}),
        ({"state": "waiting"}, {event, test}),
        ({"state": "failed"}, set()),
        ({"since": "2026-11-22"}, {event, test}),
        ({"until": "2026-11-21"}, set()),
    ):
        text = text_of(page, address, **query)
        assert {one for one in (event, test) if one.message_id in text} == shown, query

    assert page.get(address, {"state": "odd"}).status_code == 422
    assert page.get(address, {"before": "odd"}).status_code == 404


def test_a_long_log_is_read_page_by_page(page: Client, hook: Hook) -> None:
    make_deliveries(hook.endpoint, 60, state=DeliveryState.DELIVERED)
    address = f"{LIST}{hook.endpoint.id}/deliveries/"

    first = text_of(page, address)
    older = re.search(r"\?before=([0-9a-f-]+)", first)

    assert first.count('<td data-kind="time">') == 50
    assert older is not None
    assert text_of(page, address, before=older[1]).count('<td data-kind="time">') == 10


def test_lists_cost_the_same_however_long_they_are(cast: Cast, page: Client) -> None:
    first = make_hook(cast.acme).endpoint
    for address in (LIST, f"{LIST}{first.id}/deliveries/"):
        text_of(page, address)  # images of the brand are made for the first visitor
    counts = []
    for _round in range(2):
        for _number in range(5):
            make_deliveries(make_hook(cast.acme).endpoint, 5)
        endpoint = Endpoint.objects.first()
        assert endpoint is not None
        make_deliveries(endpoint, 20)
        with CaptureQueriesContext(connection) as queries:
            text_of(page, LIST)
            text_of(page, f"{LIST}{endpoint.id}/deliveries/")
        counts.append(len(queries))

    assert counts[0] == counts[1]
    webhooks = [one for one in queries if "webhooks_" in one["sql"]]
    assert len(webhooks) == 4


def test_times_are_told(cast: Cast, page: Client, hook: Hook) -> None:
    Endpoint.objects.update(failing_since=now() - timedelta(hours=2), failures=3)

    assert "The last attempts failed" in text_of(page, f"{LIST}{hook.endpoint.id}/")
