"""What card, form and API say of the outbound addresses."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.template.loader import render_to_string

from conftest import Cast
from portico.egress.outbound.fields import IPS, NOTICE, ips_field, notice_field, offer
from portico.egress.outbound.panels import Panel, effective_of, facts_of, panel_of
from portico.egress.tests.choosing import DAY, ELEVEN, THIRTEEN, TWELVE, chosen
from portico.egress.tests.choosing import offer as have_offered
from portico.workspaces.models import Workspace
from tests.make import AT


class OutboundForm(forms.Form):
    """The fields as a section composes them."""

    outbound_ips = ips_field()
    outbound_notice_days = notice_field()


@pytest.fixture(autouse=True)
def _offered(settings: Any) -> None:
    have_offered(settings)
    settings.PORTICO_ECHO_URL = "http://127.0.0.1:1/ip"


def shown(panel: Panel) -> str:
    """The panel's HTML."""
    return render_to_string("egress/section/outbound.html", {"outbound": panel})


def form_of(workspace: Workspace, **given: object) -> OutboundForm:
    """The form, filled in."""
    form = OutboundForm(given or None)
    offer(form, workspace, at=AT)
    return form


def states(panel: Panel) -> dict[str, str]:
    """What each address is said to be."""
    return {row.address: row.state.text for row in panel.rows}


def test_where_nothing_is_offered_it_says_so_and_who_can_change_it(
    acme: Workspace, settings: Any
) -> None:
    have_offered(settings, "")

    page = shown(panel_of(acme, at=AT))

    assert "No outbound addresses are configured" in page
    assert "The operator of this platform can offer addresses with PORTICO_EGRESS_IPS." in page
    assert "<form" not in page
    assert list(form_of(acme).fields) == []


def test_where_nothing_is_chosen_there_is_nothing_to_verify(acme: Workspace) -> None:
    page = shown(panel_of(acme, at=AT))

    assert "<form" not in page
    assert "No outbound addresses are configured" not in page


def test_chosen_addresses_are_in_use_and_can_be_verified(cast: Cast) -> None:
    chosen(cast.acme, cast.admin, ELEVEN, TWELVE)

    panel = panel_of(cast.acme, at=AT)

    assert states(panel) == {ELEVEN: "In use", TWELVE: "In use"}
    page = shown(panel)
    assert "verify-outbound-ip/" in page
    assert "/.well-known/egress-ips.json" in page
    assert panel_of(cast.zenith, at=AT).rows == ()


def test_an_announced_change_is_shown_with_its_day(cast: Cast) -> None:
    chosen(cast.acme, cast.admin, ELEVEN, TWELVE)
    chosen(cast.acme, cast.admin, TWELVE, THIRTEEN, notice=7)

    panel = panel_of(cast.acme, at=AT + DAY)

    assert states(panel) == {
        ELEVEN: "Until Nov. 29, 2026, 8 a.m.",
        TWELVE: "In use",
        THIRTEEN: "From Nov. 29, 2026, 8 a.m. on",
    }
    assert f"calls leave from {TWELVE}, {THIRTEEN}" in panel.announcement


def test_giving_all_up_is_announced_in_words(cast: Cast) -> None:
    chosen(cast.acme, cast.admin, ELEVEN)
    chosen(cast.acme, cast.admin, notice=7)

    assert "any address of this platform" in panel_of(cast.acme, at=AT).announcement


def test_an_address_that_is_gone_says_so_and_where_none_is_left_that_nothing_leaves(
    cast: Cast, settings: Any
) -> None:
    chosen(cast.acme, cast.admin, ELEVEN, TWELVE)

    have_offered(settings, f"{TWELVE}=127.0.0.12")
    one_left = panel_of(cast.acme, at=AT)
    have_offered(settings, "")
    none_left = panel_of(cast.acme, at=AT)

    assert states(one_left)[ELEVEN] == "No longer offered by the operator"
    assert not one_left.none_left
    assert none_left.none_left
    assert "Nothing leaves from this workspace." in shown(none_left)


def test_without_an_echo_it_says_who_can_set_one(cast: Cast, settings: Any) -> None:
    chosen(cast.acme, cast.admin, ELEVEN)
    settings.PORTICO_ECHO_URL = ""

    page = shown(panel_of(cast.acme, at=AT))

    assert "PORTICO_EGRESS_ECHO_URL" in page
    assert "<form" not in page


def test_the_form_offers_what_the_operator_offers(acme: Workspace) -> None:
    form = form_of(acme, outbound_ips=[TWELVE, THIRTEEN], outbound_notice_days="7")

    assert form.is_valid(), form.errors
    assert form.cleaned_data == {IPS: [TWELVE, THIRTEEN], NOTICE: 7}
    assert not form_of(acme, outbound_ips=["198.51.100.99"]).is_valid()
    assert not form_of(acme, outbound_notice_days="31").is_valid()


def test_the_form_keeps_what_is_chosen_though_it_is_gone(cast: Cast, settings: Any) -> None:
    chosen(cast.acme, cast.admin, ELEVEN)
    have_offered(settings, f"{TWELVE}=127.0.0.12")

    form = form_of(cast.acme, outbound_ips=[ELEVEN])

    assert form.is_valid(), form.errors
    assert f"{ELEVEN} (no longer offered by the operator)" in str(form[IPS])


def test_the_card_shows_the_chosen_ones_or_any(acme: Workspace) -> None:
    assert facts_of(acme, (ELEVEN,), at=AT)[IPS].value == (ELEVEN,)
    assert facts_of(acme, (), at=AT)[IPS].value == "Any address of this platform"


def test_the_api_tells_what_is_in_effect(cast: Cast, settings: Any) -> None:
    chosen(cast.acme, cast.admin, ELEVEN)
    chosen(cast.acme, cast.admin, TWELVE, notice=7)

    assert effective_of(cast.acme, at=AT) == {
        "outbound_ips": [ELEVEN],
        "outbound_ips_announced": [TWELVE],
        "outbound_ips_change_at": "2026-11-29T08:00:00+00:00",
        "outbound_ips_refused": False,
    }
    have_offered(settings, f"{TWELVE}=127.0.0.12")
    assert effective_of(cast.acme, at=AT)["outbound_ips_refused"] is True
