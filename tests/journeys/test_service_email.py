"""An admin gives the workspace a mail server of its own, and invites people through it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Locator, expect

from tests.journeys.conftest import Visit, Visitor
from tests.journeys.pictures import logo_png

pytestmark = pytest.mark.browser
Check = Callable[[Visitor], None]

DEMO_PASSWORD = "demo-mail-2026"
NEW_PASSWORD = "a long enough passphrase"
ACCEPTED = re.compile("The server accepted the mail")


def section(admin: Visitor) -> Locator:
    """The card or the form of Service Email Preference."""
    return admin.page.locator("#service-email")


def use_demo_server(admin: Visitor) -> Locator:
    """Fill in the demo's server: Edit and one button."""
    admin.edit("service-email")
    form = section(admin)
    form.get_by_role("button", name="Use demo server").click()
    expect(form.get_by_label("SMTP host")).to_have_value("mail.localhost")
    return form


def save_and_see_it_in_use(admin: Visitor) -> None:
    section(admin).get_by_role("button", name="Save", exact=True).last.click()
    expect(admin.page.get_by_text("Service Email Preference is saved.")).to_be_visible()
    expect(section(admin).get_by_text("In use", exact=True)).to_be_visible()


def test_a_server_is_set_broken_mended_tested_and_used(visit: Visit, find_nothing: Check) -> None:
    admin = visit().sign_in("admin")
    form = use_demo_server(admin)
    form.get_by_label("Nickname").fill("Stage Post")
    form.get_by_text("Email logo and contact URL", exact=True).click()
    form.get_by_label("Contact URL").fill("https://help.example.com/")
    form.get_by_label("Email logo").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": logo_png()}
    )
    break_the_mode(form)
    expect(form.get_by_text("What to do").first).to_be_visible()
    failed = form.locator("[data-state=failed]").first
    expect(failed).to_contain_text("Protect the connection")
    find_nothing(admin)

    # The correction changes what the password was typed for, so it must be typed again.
    form.locator("#test-run").get_by_role("button", name=re.compile("STARTTLS")).first.click()
    expect(form.get_by_label("Password", exact=True)).to_have_value("")
    expect(form.locator("input[name=logo_id]")).not_to_have_value("")
    form.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
    try_what_is_typed(form)
    assert DEMO_PASSWORD not in form.locator("#test-run").inner_html()
    find_nothing(admin)
    save_and_see_it_in_use(admin)
    find_nothing(admin)

    see_the_mail_arrived(admin)
    find_nothing(admin)


def test_what_the_demo_s_button_filled_in_is_not_lost_by_a_slip(visit: Visit) -> None:
    admin = visit().sign_in("admin")
    form = use_demo_server(admin)
    expect(form.get_by_label("Email account")).to_be_focused()
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    admin.page.once("dialog", stay)
    form.get_by_role("link", name="Cancel").click()
    expect(form.get_by_label("SMTP host")).to_have_value("mail.localhost")
    assert "not saved" in asked[0]

    admin.page.once("dialog", lambda dialog: dialog.accept())
    form.get_by_role("link", name="Cancel").click()
    expect(form.get_by_role("link", name="Edit Service Email Preference")).to_be_visible()


def break_the_mode(form: Locator) -> None:
    """Test with TLS from the first byte at a port that speaks STARTTLS."""
    form.get_by_text("Advanced", exact=True).click()
    form.get_by_text("SSL/TLS", exact=True).click()
    form.get_by_role("button", name="Send test email").click()


def try_what_is_typed(form: Locator) -> None:
    """Send a test mail through the unsaved values; the server accepts it."""
    form.get_by_role("button", name="Send test email").click()
    expect(form.get_by_text(ACCEPTED)).to_be_visible()


def see_the_mail_arrived(admin: Visitor) -> None:
    """The demo's inbox shows the test mail with nickname, logo and contact URL."""
    admin.go("/console/mail/demo-inbox/")
    admin.page.get_by_role("link", name=re.compile("test", re.IGNORECASE)).first.click()
    expect(admin.page.get_by_text("Stage Post").first).to_be_visible()
    letter = admin.page.frame_locator("iframe").first
    # The uploaded logo is much wider than high; the monogram in its place would be square.
    width, height = letter.locator("img").first.evaluate(
        "image => [image.naturalWidth, image.naturalHeight]"
    )
    assert width > 3 * height > 0
    expect(letter.locator("a[href='https://help.example.com/']").first).to_be_visible()


def test_people_are_invited_and_one_accepts_in_another_browser(
    visit: Visit, find_nothing: Check
) -> None:
    admin = visit().sign_in("admin")
    try_what_is_typed(use_demo_server(admin))
    save_and_see_it_in_use(admin)
    first, second = (f"{name}@{admin.slug}.example.com" for name in ("ines", "jan"))
    invite(admin, first, second)
    find_nothing(admin)

    link = accept_link(admin, first)
    guest = visit()
    guest.page.goto(link)
    expect(guest.page.get_by_text("Welcome to the stage.")).to_be_visible()
    find_nothing(guest)
    join(guest)

    admin.go("/console/members/?q=ines")
    expect(admin.page.get_by_text("Ines Guest").first).to_be_visible()
    admin.go("/console/mail/")
    rows = admin.page.locator("tbody tr")
    for address in (first, second):
        expect(rows.filter(has_text=address).filter(has_text="Sent").first).to_be_visible()
    rows.filter(has_text=first).first.get_by_role("link").first.click()
    expect(admin.page.get_by_role("heading", name="Attempts")).to_be_visible()
    assert link not in admin.page.content()
    find_nothing(admin)


def invite(admin: Visitor, *addresses: str) -> None:
    """Invite these people; the page answers for each."""
    admin.go("/console/members/invite/")
    admin.page.get_by_label("Email addresses").fill(", ".join(addresses))
    admin.page.get_by_label("Message").fill("Welcome to the stage.")
    admin.page.get_by_role("button", name=re.compile("Invite|Send")).last.click()
    for address in addresses:
        expect(admin.page.get_by_text(address).first).to_be_visible()


def join(guest: Visitor) -> None:
    """Make an account from the invitation."""
    guest.page.get_by_label("Your name").fill("Ines Guest")
    guest.page.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
    guest.page.get_by_role("button", name="Make the account and join").click()
    guest.page.wait_for_url("**/console/**")


def test_a_test_that_waits_for_a_silent_server_is_canceled(visit: Visit) -> None:
    admin = visit().sign_in("admin")
    form = use_demo_server(admin)
    port = int(form.get_by_label("Port", exact=True).input_value())
    form.get_by_label("Port", exact=True).fill(str(port + 6))
    form.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
    form.get_by_role("button", name="Send test email").click()
    form.locator("#cancel-test").click()
    expect(form.get_by_text(re.compile("canceled", re.IGNORECASE)).first).to_be_visible()


def accept_link(admin: Visitor, address: str) -> str:
    """The link of the invitation to this address, from the demo's inbox."""
    for _attempt in range(60):
        admin.go("/console/mail/demo-inbox/")
        row = admin.page.locator("tbody tr").filter(has_text=address)
        if row.count():
            row.first.get_by_role("link").first.click()
            link = admin.page.locator("a[href*='/invitations/']").first
            return link.get_attribute("href") or ""
        admin.page.wait_for_timeout(500)
    raise AssertionError(f"No invitation to {address} arrived.")
