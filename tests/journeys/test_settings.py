"""Settings are changed, contested, restored; by mouse, by keyboard, and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit, Visitor

pytestmark = pytest.mark.browser
Check = Callable[[Visitor], None]


def test_of_two_admins_who_save_at_once_one_is_refused_and_loses_nothing(
    visit: Visit, find_nothing: Check
) -> None:
    ada, sam = visit().sign_in("admin"), visit().sign_in("second")
    ada.edit("copyright-notice")
    sam.edit("copyright-notice")

    ada.page.get_by_role("textbox", name="Notice").fill("© {year} Ada's Company")
    ada.save("copyright-notice")
    sam.page.get_by_role("textbox", name="Notice").fill("© {year} Sam's Company")
    card = sam.page.locator("#copyright-notice")
    card.get_by_role("button", name="Save", exact=True).click()

    expect(card.get_by_text("Ada Admin changed this while you were editing it")).to_be_visible()
    expect(card.get_by_role("table")).to_contain_text("© {year} Ada's Company")
    assert sam.page.get_by_role("textbox", name="Notice").input_value() == "© {year} Sam's Company"
    find_nothing(sam)
    sam.save("copyright-notice")
    stranger = visit()
    stranger.go("/")
    expect(stranger.page.get_by_role("contentinfo")).to_contain_text("Sam's Company")


def test_an_old_revision_is_restored_and_the_section_reset(
    visit: Visit, find_nothing: Check
) -> None:
    admin = visit().sign_in("admin")
    for owner in ("First", "Second"):
        admin.edit("copyright-notice")
        admin.page.get_by_role("textbox", name="Notice").fill(f"© {{year}} {owner}")
        admin.save("copyright-notice")

    admin.page.locator("#copyright-notice").get_by_role("link", name=re.compile("Revision")).click()
    find_nothing(admin)
    admin.page.get_by_role("button", name="Restore").first.click()
    admin.page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    expect(admin.page.get_by_text("is live again, as revision 3")).to_be_visible()
    expect(admin.page.locator("#copyright-notice")).to_contain_text("First")

    admin.go("/settings/tenant/copyright-notice/history/")
    expect(admin.page.get_by_text("Restored from revision 1")).to_be_visible()
    admin.page.get_by_role("button", name="Reset to the platform's default").click()
    admin.page.get_by_role("dialog").get_by_role("button", name="Reset").click()
    expect(admin.page.locator("#copyright-notice")).to_contain_text("Not set")


def test_about_us_leads_to_the_page_in_the_readers_language(
    visit: Visit, find_nothing: Check
) -> None:
    admin = visit().sign_in("admin")
    admin.edit("about-us")
    admin.page.get_by_label("Address").fill("javascript:alert(1)")
    card = admin.page.locator("#about-us")
    card.get_by_role("button", name="Save", exact=True).click()
    expect(card.get_by_role("alert").first).to_be_visible()
    find_nothing(admin)

    admin.page.get_by_label("Address").fill("https://www.example.com/{lang}/about")
    admin.save("about-us")

    stranger = visit()
    for path in ("/", "/sign-in/", "/nothing-here/"):
        stranger.go(path)
        link = stranger.page.get_by_role("contentinfo").get_by_role("link", name="About Us")
        expect(link).to_have_attribute("href", "https://www.example.com/en/about")


def test_a_copyright_notice_without_an_owner_is_refused_and_the_standard_one_inserted(
    visit: Visit,
) -> None:
    admin = visit().sign_in("admin")
    admin.edit("copyright-notice")
    admin.page.get_by_role("textbox", name="Notice").fill("© 2026")
    card = admin.page.locator("#copyright-notice")
    card.get_by_role("button", name="Save", exact=True).click()
    expect(card.get_by_role("alert").first).to_contain_text("owner")

    card.get_by_role("button", name="Insert standard notice").click()
    assert "Stage" in admin.page.get_by_role("textbox", name="Notice").input_value()
    expect(card.locator("aside")).not_to_contain_text("{year}")
    admin.save("copyright-notice")
    expect(admin.page.locator("#copyright-notice")).to_contain_text("Stage")


def test_everything_works_without_javascript(visit: Visit) -> None:
    admin = visit(scripts=False).sign_in("admin")
    admin.go("/settings/tenant/")
    admin.page.locator("#copyright-notice").get_by_role("link", name="Edit").click()
    admin.page.get_by_role("textbox", name="Notice").fill("Copyright 2026")
    admin.page.get_by_role("button", name="Save", exact=True).click()
    expect(admin.page.get_by_role("textbox", name="Notice")).to_have_value("Copyright 2026")
    admin.page.get_by_role("textbox", name="Notice").fill("Copyright {year} Plain Pages")
    admin.page.get_by_role("button", name="Save", exact=True).click()
    expect(admin.page.get_by_text("is saved and live")).to_be_visible()

    stranger = visit(scripts=False)
    stranger.go("/")
    expect(stranger.page.get_by_role("contentinfo")).to_contain_text("Plain Pages")


def test_the_keyboard_reaches_and_saves_a_section(visit: Visit) -> None:
    admin = visit().sign_in("admin")
    admin.go("/settings/tenant/")
    edit = admin.page.locator("#copyright-notice").get_by_role("link", name="Edit")
    for _press in range(60):
        admin.page.keyboard.press("Tab")
        if edit.evaluate("link => link === document.activeElement"):
            break
    outline = edit.evaluate("link => getComputedStyle(link).outlineStyle")
    assert outline != "none"
    admin.page.keyboard.press("Enter")

    notice = admin.page.get_by_role("textbox", name="Notice")
    notice.wait_for()
    for _press in range(60):
        if notice.evaluate("field => field === document.activeElement"):
            break
        admin.page.keyboard.press("Tab")
    admin.page.keyboard.type("© {year} Keyboard Company")
    admin.page.keyboard.press("Enter")
    expect(admin.page.get_by_text("is saved and live")).to_be_visible()


def test_the_workspace_itself_is_renamed(visit: Visit, find_nothing: Check) -> None:
    admin = visit().sign_in("admin")
    admin.go("/settings/tenant/workspace/")
    admin.page.get_by_label("Name", exact=True).fill("Renamed Pay")
    admin.page.get_by_role("button", name="Save").click()
    expect(admin.page.get_by_text("The workspace is saved")).to_be_visible()
    find_nothing(admin)

    stranger = visit()
    stranger.go("/")
    expect(stranger.page).to_have_title(re.compile("Renamed Pay"))
