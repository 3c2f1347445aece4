"""Two-factor sign-in in a real browser: app, recovery codes, and passkeys by a virtual device."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import CDPSession

from portico.accounts.second_factor.app_codes import code_at, step_at
from portico.config.demo import PASSWORD
from tests.journeys.conftest import Visit, Visitor

pytestmark = pytest.mark.browser

EMAIL = "strong@acme.example.com"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


Check = Callable[[Visitor], None]


def test_somebody_turns_it_on_and_signs_in_by_app_recovery_code_and_passkey(
    visit: Visit, find_nothing: Check
) -> None:
    ada = visit()
    device = with_device(ada)
    give_password(ada)
    ada.page.wait_for_url("**/console/")

    seed, recovery = add_an_app(ada, find_nothing)
    add_a_passkey(ada, find_nothing)
    sign_in_by_app(ada, code(seed, steps=1), find_nothing)
    sign_in_by_passkey(ada, find_nothing)
    remove_the_app(ada, find_nothing)
    there = visit(at="stage-1" if ada.slug != "stage-1" else "stage-2")
    sign_in_elsewhere(there, recovery[0], find_nothing)
    fail_to_be_recognized(ada, device, find_nothing)


def add_an_app(ada: Visitor, check: Check) -> tuple[str, list[str]]:
    """Scan, give a wrong code, then the right one; returns the secret and the recovery codes."""
    ada.go("/settings/account/two-factor/")
    check(ada)
    ada.page.get_by_role("link", name="Add an app").click()
    button = ada.page.get_by_role("button", name="Copy the secret")
    seed = str(button.get_attribute("data-copy"))
    check(ada)
    ada.page.get_by_label("Code from the app").fill("000000")
    ada.page.get_by_role("button", name="Add the app").click()
    ada.page.get_by_text("the clock of your phone").first.wait_for()
    check(ada)
    ada.page.get_by_label("Code from the app").fill(code(seed, steps=-1))
    ada.page.get_by_role("button", name="Add the app").click()
    ada.page.wait_for_url("**/codes/")
    check(ada)
    recovery = ada.page.locator(".codes code").all_inner_texts()
    assert len(recovery) == 10
    with ada.page.expect_download() as downloading:
        ada.page.get_by_role("link", name="Download").click()
    assert recovery[3] in downloading.value.path().read_text()
    return seed, recovery


def add_a_passkey(ada: Visitor, check: Check) -> None:
    """Have the browser's device make one; a second time the browser itself knows better."""
    ada.go("/settings/account/two-factor/passkeys/new/")
    check(ada)
    ada.page.get_by_label("Name").fill("Work laptop")
    ada.page.get_by_role("button", name="Make the passkey").click()
    ada.page.get_by_text("Your passkey is added.").wait_for()
    assert ada.page.get_by_text("Work laptop", exact=True).is_visible()
    check(ada)
    ada.go("/settings/account/two-factor/passkeys/new/")
    ada.page.get_by_role("button", name="Make the passkey").click()
    ada.page.get_by_text("This device holds a passkey of your account already.").wait_for()


def sign_in_by_app(ada: Visitor, right: str, check: Check) -> None:
    """Password and app, after a wrong code."""
    sign_out(ada)
    give_password(ada)
    ada.page.get_by_role("heading", name="Second step").wait_for()
    check(ada)
    ada.page.get_by_label("Code", exact=True).fill("000000")
    ada.page.get_by_role("button", name="Sign in", exact=True).click()
    ada.page.get_by_text("This code does not work.").first.wait_for()
    check(ada)
    ada.page.get_by_label("Code", exact=True).fill(right)
    ada.page.get_by_role("button", name="Sign in", exact=True).click()
    ada.page.wait_for_url("**/console/")


def sign_in_by_passkey(ada: Visitor, check: Check) -> None:
    """After the password; then alone; then to confirm."""
    sign_out(ada)
    give_password(ada)
    ada.page.get_by_role("button", name="Use a passkey").click()
    ada.page.wait_for_url("**/console/")
    sign_out(ada)
    ada.go("/sign-in/")
    ada.page.get_by_role("button", name="Sign in with a passkey").click()
    ada.page.wait_for_url("**/console/")
    ada.go("/settings/account/reauthenticate/")
    check(ada)
    ada.page.get_by_role("button", name="Use a passkey").click()
    ada.page.wait_for_url("**/two-factor/")


def remove_the_app(ada: Visitor, check: Check) -> None:
    ada.go("/settings/account/two-factor/app/remove/")
    check(ada)
    ada.page.get_by_role("button", name="Remove the app").click()
    ada.page.wait_for_url("**/two-factor/")


def sign_in_elsewhere(there: Visitor, recovery: str, check: Check) -> None:
    """At another host the passkey is no use, and the page says so."""
    give_password(there)
    there.page.get_by_text(f"Your passkeys do not work at {there.slug}.localhost").wait_for()
    check(there)
    there.page.get_by_label("Code", exact=True).fill(recovery.upper())
    there.page.get_by_role("button", name="Sign in", exact=True).click()
    there.page.wait_for_url("**/console/")
    there.go("/settings/account/two-factor/")
    assert there.page.get_by_text("Not at this host").is_visible()
    assert there.page.get_by_text("9 codes left").is_visible()
    check(there)


def fail_to_be_recognized(ada: Visitor, device: CDPSession, check: Check) -> None:
    """The device is asked for a finger that it does not know: another way is offered."""
    sign_out(ada)
    device.send("WebAuthn.disable")
    device.send("WebAuthn.enable")
    stranger = {**DEVICE, "isUserVerified": False}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": stranger})
    ada.go("/sign-in/")
    ada.page.get_by_role("button", name="Sign in with a passkey").click()
    ada.page.get_by_text("No passkey was used.").wait_for()
    check(ada)


def test_without_scripts_a_code_signs_in_and_no_passkey_is_offered(visit: Visit) -> None:
    ada = visit(scripts=False)

    ada.go("/sign-in/")

    assert not ada.page.get_by_role("button", name="Sign in with a passkey").is_visible()


def with_device(ada: Visitor) -> CDPSession:
    """Give a visitor's browser a device that makes and shows passkeys."""
    device = ada.page.context.new_cdp_session(ada.page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return device


def give_password(ada: Visitor) -> None:
    ada.go("/sign-in/")
    ada.page.get_by_label("Email address").fill(EMAIL)
    ada.page.get_by_label("Password", exact=True).fill(PASSWORD)
    ada.page.get_by_role("button", name="Sign in", exact=True).first.click()


def sign_out(ada: Visitor) -> None:
    ada.page.context.clear_cookies()


def code(seed: str, *, steps: int) -> str:
    """What the app shows now, or some steps from now."""
    return code_at(seed, step_at(datetime.now(UTC)) + steps)
