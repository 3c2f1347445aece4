"""Where a workspace's mail leaves from, and what its log keeps of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.egress.configuration import outbound_in
from portico.egress.services import choose
from portico.service_email.models import Attempt, Mail, MailQueue, MailState
from portico.service_email.pipeline.carriers import platforms_carrier
from portico.service_email.pipeline.tests.conftest import Clock, drained, send_note, use_server
from tests.make import AT, actor
from tests.peers.smtp import MailServer

PUBLIC, OTHER = "198.51.100.11", "198.51.100.12"


@pytest.fixture(autouse=True)
def _offered(settings: Any) -> None:
    outbound = outbound_in(f"{PUBLIC}=127.0.0.11,{OTHER}=127.0.0.12")
    settings.PORTICO_EGRESS = replace(settings.PORTICO_EGRESS, outbound=outbound)


def take_all_away(settings: Any) -> None:
    """Have the operator offer no address any longer."""
    settings.PORTICO_EGRESS = replace(settings.PORTICO_EGRESS, outbound=())


def test_mail_leaves_from_the_chosen_address_and_each_attempt_keeps_it(
    cast: Cast, through: MailServer, clock: Clock, call: Callable[..., Client]
) -> None:
    choose(cast.acme, [PUBLIC], by=actor(cast.admin), at=AT)
    for number in range(2):
        send_note(cast.acme, number=number)

    drained(cast.acme, clock)

    assert through.peers == ["127.0.0.11"]
    assert set(Attempt.objects.values_list("source", "outcome")) == {(PUBLIC, "accepted")}
    mail = Mail.objects.first()
    assert mail is not None
    told = json.loads(call(cast.acme, cast.admin).get(f"/api/v1/mails/{mail.id}").content)
    assert [one["source"] for one in told["tries"]] == [PUBLIC]


def test_the_page_of_a_mail_shows_the_source(
    cast: Cast, through: MailServer, clock: Clock, browse: Callable[..., Client]
) -> None:
    choose(cast.acme, [PUBLIC], by=actor(cast.admin), at=AT)
    mail = send_note(cast.acme)
    drained(cast.acme, clock)

    page = browse(cast.acme, cast.admin).get(f"/console/mail/{mail.id}/")

    assert f"from {PUBLIC}" in page.text


def test_another_workspaces_choice_binds_nobody_else(
    cast: Cast, server: MailServer, clock: Clock
) -> None:
    choose(cast.zenith, [OTHER], by=actor(cast.outsider), at=AT)
    use_server(cast.acme, server.port)
    use_server(cast.zenith, server.port)
    send_note(cast.acme)
    send_note(cast.zenith)

    drained(cast.acme, clock)
    drained(cast.zenith, clock)

    assert server.peers == ["127.0.0.1", "127.0.0.12"]
    sources = Attempt.objects.order_by("id").values_list("source", flat=True)
    assert list(sources) == ["", OTHER]


def test_where_all_chosen_are_gone_mail_waits_with_an_explanation_and_goes_once_that_is_mended(
    cast: Cast, through: MailServer, clock: Clock, settings: Any
) -> None:
    choose(cast.acme, [PUBLIC], by=actor(cast.admin), at=AT)
    mail = send_note(cast.acme)
    offered = settings.PORTICO_EGRESS
    take_all_away(settings)

    drained(cast.acme, clock)

    mail.refresh_from_db()
    assert (mail.state, through.connections) == (MailState.QUEUED, 0)
    queue = MailQueue.objects.get(workspace=cast.acme)
    assert queue.failing_since == AT
    assert "no_source_left" in json.dumps(queue.trouble)

    settings.PORTICO_EGRESS = offered
    clock.pass_(hours=6)
    drained(cast.acme, clock)

    mail.refresh_from_db()
    assert mail.state == MailState.SENT


def test_a_refused_mail_keeps_its_source_too(cast: Cast, through: MailServer, clock: Clock) -> None:
    choose(cast.acme, [PUBLIC], by=actor(cast.admin), at=AT)
    through.refuse_recipients["ada@example.com"] = "550 5.1.1 Nobody"
    send_note(cast.acme)

    drained(cast.acme, clock)

    assert Attempt.objects.get().source == PUBLIC


def test_the_platforms_own_mailer_is_not_bound(cast: Cast, settings: Any) -> None:
    choose(cast.acme, [PUBLIC], by=actor(cast.admin), at=AT)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "smtp.example.com"

    carrier = platforms_carrier()

    assert carrier is not None
    assert carrier.egress.sources is None
