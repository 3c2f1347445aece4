"""After signing out, the browser has nothing left to show."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit

pytestmark = pytest.mark.browser


def test_going_back_after_signing_out_shows_nothing(visit: Visit) -> None:
    person = visit(at="acme").sign_in("operator")
    person.go("/settings/account/")
    expect(person.page.get_by_text("Omar Operator").first).to_be_attached()
    person.go("/sign-out/")
    person.page.get_by_role("button", name="Sign out", exact=True).click()
    person.page.wait_for_url("http://acme.localhost:*/")

    person.page.goto("about:blank")
    for _step in range(3):
        person.page.go_back()

    assert re.search("/(sign-in|sign-out)/|localhost:[0-9]+/$", person.page.url)
    expect(person.page.get_by_label("Name", exact=True)).to_have_count(0)
    expect(person.page.get_by_text("Omar Operator")).to_have_count(0)
