"""An admin makes a workspace legally and technically the tenant's own; everybody meets it."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from portico.config.demo import PASSWORD
from tests.journeys.conftest import Visit, Visitor
from tests.journeys.instance import email_of
from tests.pdfs import make_pdf

pytestmark = pytest.mark.browser
Check = Callable[[Visitor], None]
KINDS = {
    "terms-of-service": "Terms of Service",
    "privacy-policy": "Privacy Policy",
    "cookie-notice": "Cookie Notice",
}


def choose_domain_and_address(admin: Visitor) -> None:
    """A domain that is still to be proven, and an address that calls leave from, verified."""
    admin.edit("domain-preference")
    card = admin.page.locator("#domain-preference")
    card.get_by_label("Alternative domain name").fill("https://pay.stage-bank.com/")
    card.get_by_label("127.0.0.11").check()
    card.get_by_role("button", name="Save", exact=True).click()
    expect(card.get_by_text("pay.stage-bank.com").first).to_be_visible()
    card.get_by_label("Alternative domain name").fill("pay.stage-bank.com")
    card.get_by_role("button", name="Save", exact=True).click()
    expect(card.get_by_text("Pending").first).to_be_visible()
    card.get_by_role("button", name="Verify").click()
    expect(admin.page.locator("#domain-preference")).to_contain_text("127.0.0.11")


def publish(admin: Visitor, kind: str, text: str, *, change: str = "") -> None:
    """Upload a document, look at it, publish it."""
    admin.go(f"/settings/tenant/terms-of-service/documents/{kind}/publish/")
    form = admin.page.locator("#publish")
    form.get_by_label("English").first.set_input_files(
        {
            "name": f"{kind}.pdf",
            "mimeType": "application/pdf",
            "buffer": make_pdf(KINDS[kind], text=text),
        }
    )
    if change:
        form.get_by_role("radio", name=re.compile(change)).check()
    form.get_by_role("button", name="Review").click()
    form.get_by_role("button", name="Publish", exact=True).click()
    admin.page.wait_for_url(re.compile(f"/documents/{kind}/$|/legal/accept/"))


def accept(visitor: Visitor) -> None:
    """Tick each document, and go on."""
    for box in visitor.page.get_by_role("checkbox").all():
        box.check()
    visitor.page.get_by_role("button", name=re.compile("Accept")).first.click()


def make_token(visitor: Visitor) -> str:
    """A token for the API, from the Account tab."""
    visitor.go("/settings/account/tokens/")
    visitor.page.get_by_label("Name", exact=True).fill("Story")
    visitor.page.get_by_label("Read my account").check()
    visitor.page.get_by_role("button", name=re.compile("Make|Create")).click()
    return visitor.page.locator("code", has_text="pco_").first.inner_text()


def call_api(visitor: Visitor, token: str) -> tuple[int, dict[str, object]]:
    """What the API answers to somebody's token."""
    host = visitor.instance.address(visitor.slug).removeprefix("http://").rstrip("/")
    address = f"http://127.0.0.1:{visitor.instance.port}/api/v1/tokens"
    request = urllib.request.Request(
        address, headers={"Host": host, "Authorization": f"Bearer {token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=15) as answer:
            return answer.status, {}
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def set_it_all(admin: Visitor, find_nothing: Check) -> None:
    """Domain, outbound address, and the three documents, which their author accepts, too."""
    choose_domain_and_address(admin)
    find_nothing(admin)
    publish(admin, "cookie-notice", "We keep what the site needs.")
    publish(admin, "privacy-policy", "We keep little.")
    accept(admin)
    publish(admin, "terms-of-service", "Be kind.")
    accept(admin)
    admin.go("/settings/tenant/")
    expect(admin.page.locator("#terms-of-service").get_by_text("In force")).to_have_count(3)
    find_nothing(admin)


def see_links_and_cookie_notice(visitor: Visitor, find_nothing: Check) -> None:
    """Signed out, on the portal."""
    visitor.go("/")
    footer = visitor.page.get_by_role("contentinfo")
    for title in KINDS.values():
        expect(footer.get_by_role("link", name=title)).to_be_visible()
    find_nothing(visitor)
    visitor.page.get_by_role("button", name="Necessary only").click()
    expect(visitor.page.get_by_role("button", name="Necessary only")).to_have_count(0)
    footer.get_by_role("link", name="Terms of Service").click()
    expect(visitor.page.get_by_role("heading", name="Terms of Service").first).to_be_visible()
    find_nothing(visitor)


def enter_once_accepted(developer: Visitor, find_nothing: Check) -> None:
    """Sign in, and find the documents in the place of the console until they are accepted."""
    developer.go("/sign-in/")
    developer.page.get_by_label("Email address").fill(email_of("developer"))
    developer.page.get_by_label("Password", exact=True).fill(PASSWORD)
    developer.page.get_by_role("button", name="Sign in", exact=True).first.click()
    developer.page.wait_for_url("**/legal/accept/**")
    find_nothing(developer)
    developer.page.get_by_role("button", name=re.compile("Accept")).first.click()
    expect(developer.page.get_by_role("checkbox").first).to_be_visible()  # nothing was ticked
    accept(developer)
    developer.page.wait_for_url("**/console/**")


def test_an_admin_sets_it_all_and_everybody_meets_it(visit: Visit, find_nothing: Check) -> None:
    admin, developer = visit().sign_in("admin"), visit()
    set_it_all(admin, find_nothing)
    see_links_and_cookie_notice(visit(), find_nothing)
    enter_once_accepted(developer, find_nothing)
    token = make_token(developer)
    assert call_api(developer, token)[0] == 200

    publish(admin, "terms-of-service", "Be kind, and quick.", change="Material change")

    status, problem = call_api(developer, token)
    assert (status, problem["code"]) == (403, "terms_acceptance_required")
    developer.go("/console/")
    developer.page.wait_for_url("**/legal/accept/**")
    accept(developer)
    developer.page.wait_for_url("**/console/**")
    assert call_api(developer, token)[0] == 200
