"""People sign in, are turned away, look after their account, and go from workspace to workspace."""

from __future__ import annotations

import email
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit, Visitor

pytestmark = pytest.mark.browser
Check = Callable[[Visitor], None]


def api(visitor: Visitor, path: str, token: str) -> int:
    """The status of an API call with this token."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{visitor.instance.port}/api/v1{path}",
        headers={
            "Authorization": f"Bearer {token}",
            "Host": f"{visitor.slug}.localhost:{visitor.instance.port}",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_the_demo_signs_in_with_one_click(visit: Visit, find_nothing: Check) -> None:
    newcomer = visit(at="acme")
    newcomer.go("/")
    newcomer.page.get_by_role("link", name="Sign in").first.click()
    find_nothing(newcomer)
    newcomer.page.get_by_role("button", name=re.compile("admin@acme")).click()
    newcomer.page.wait_for_url("**/console/")
    newcomer.page.get_by_role("link", name="Settings").first.click()
    expect(newcomer.page.get_by_role("heading", name="Logo & Favicon")).to_be_visible()


def test_a_developer_finds_account_behind_the_gear_and_nothing_of_the_tenant(
    visit: Visit, find_nothing: Check
) -> None:
    developer = visit().sign_in("developer")
    developer.page.get_by_role("link", name="Settings").first.click()
    developer.page.wait_for_url("**/settings/account/")
    expect(developer.page.get_by_role("link", name="Tenant")).to_have_count(0)
    assert developer.go("/settings/tenant/") == 403
    find_nothing(developer)


def test_an_outsider_gets_404_everywhere_inside(visit: Visit, find_nothing: Check) -> None:
    outsider = visit()
    outsider.go("/sign-in/")
    outsider.page.get_by_label("Email address").fill("admin@zenith.example.com")
    outsider.page.get_by_label("Password", exact=True).fill("portico-demo-2026")
    outsider.page.get_by_role("button", name="Sign in", exact=True).first.click()
    outsider.page.wait_for_url("**/")
    for path in ("/console/", "/settings/", "/settings/tenant/", "/settings/account/"):
        assert outsider.go(path) == 404
    find_nothing(outsider)


def test_a_token_is_shown_once_works_and_is_revoked(visit: Visit, find_nothing: Check) -> None:
    admin = visit().sign_in("admin")
    admin.go("/settings/account/tokens/")
    admin.page.get_by_label("Name", exact=True).fill("Pipeline")
    admin.page.get_by_label("Read settings").check()
    admin.page.get_by_role("button", name=re.compile("Make|Create")).click()
    token = admin.page.locator("code", has_text="pco_").first.inner_text()
    find_nothing(admin)

    assert api(admin, "/settings/branding", token) == 200
    assert api(admin, "/audit", token) == 403
    admin.go("/settings/account/tokens/")
    assert token not in admin.page.content()
    admin.page.get_by_role("button", name="Revoke").first.click()
    admin.page.get_by_role("dialog").get_by_role("button", name=re.compile("Revoke")).click()
    expect(admin.page.get_by_text("no longer works")).to_be_visible()
    assert api(admin, "/settings/branding", token) == 401


def test_the_switcher_carries_a_sign_in_to_another_host(visit: Visit, find_nothing: Check) -> None:
    person = visit().sign_in("operator")
    person.page.get_by_role("button", name=re.compile("Stage|Switch")).first.click()
    person.page.get_by_role("button", name="Acme Pay").first.click()
    person.page.wait_for_url(re.compile(r"//acme\.localhost.*/handoff/"))
    used = person.page.url
    person.page.get_by_role("button", name=re.compile("Continue")).click()
    person.page.wait_for_url("**/console/")
    assert "//acme.localhost" in person.page.url

    thief = visit(at="acme")
    thief.page.goto(used)
    find_nothing(thief)
    expect(thief.page.get_by_text("was used or is older than 30 seconds")).to_be_visible()


def test_a_forgotten_password_is_reset_by_a_mail_from_the_platform(
    visit: Visit, find_nothing: Check
) -> None:
    person = visit()
    person.go("/password/reset/")
    find_nothing(person)
    person.page.get_by_label(re.compile("Email")).fill("reviewer@acme.example.com")
    person.page.get_by_role("button", name=re.compile("link|reset", re.IGNORECASE)).first.click()
    person.page.wait_for_url("**/password/reset/sent/")
    person.page.goto(link_in_newest_mail(person.instance.folder / "mail"))
    for field in person.page.locator("input[type=password]").all():
        field.fill("another quiet harbour")
    find_nothing(person)
    person.page.locator("main form button[type=submit], main form button:not([type])").first.click()
    person.page.wait_for_url("**/password/reset/done/")
    person.sign_in("reviewer", password="another quiet harbour")


def link_in_newest_mail(folder: Path) -> str:
    """The link in the mail that was captured last; the worker sends it, within seconds."""
    for _attempt in range(100):
        if folder.exists() and any(folder.iterdir()):
            break
        time.sleep(0.1)
    newest = max(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    text = email.message_from_bytes(newest.read_bytes()).as_string().replace("=\n", "")
    found = re.search(r"http://\S+/password/reset/key/\S+", text.replace("=3D", "="))
    assert found, text
    return found[0]


def test_a_session_elsewhere_is_ended(visit: Visit, find_nothing: Check) -> None:
    here, elsewhere = visit().sign_in("inspector"), visit().sign_in("inspector")
    here.go("/settings/account/sessions/")
    find_nothing(here)
    here.page.get_by_role("button", name=re.compile("everywhere else")).click()
    here.page.get_by_role("dialog").get_by_role("button", name=re.compile("Sign out")).click()
    expect(here.page.get_by_text("signed out everywhere else")).to_be_visible()

    elsewhere.go("/console/")
    assert "/sign-in/" in elsewhere.page.url
    assert here.go("/console/") == 200


def test_the_audit_log_tells_who_did_what_and_is_exported(
    visit: Visit, find_nothing: Check
) -> None:
    admin = visit().sign_in("admin")
    admin.edit("copyright-notice")
    admin.page.get_by_role("textbox", name="Notice").fill("© {year} Audited Company")
    admin.save("copyright-notice")

    admin.page.get_by_role("link", name="Audit").first.click()
    row = admin.page.get_by_role("row", name=re.compile("Saved settings")).first
    expect(row).to_contain_text("Ada Admin")
    find_nothing(admin)
    with admin.page.expect_download() as download:
        admin.page.get_by_role("link", name=re.compile("CSV|Export")).first.click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "settings.save" in text
    assert "admin@acme.example.com" in text
