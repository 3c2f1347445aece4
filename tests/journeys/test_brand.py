"""A workspace admin sets the brand, and every surface wears it."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, expect

from tests.journeys.conftest import Visit, Visitor
from tests.journeys.pictures import favicon_png, logo_png

pytestmark = pytest.mark.browser


def upload(admin: Visitor, field: str, name: str, content: bytes) -> None:
    file: FilePayload = {"name": name, "mimeType": "image/png", "buffer": content}
    admin.page.locator(f"input[type=file][name={field}]").set_input_files(file)


def logo_of(visitor: Visitor) -> str:
    return visitor.page.locator(".portal-head img, .rail img").first.get_attribute("src") or ""


def favicon_of(visitor: Visitor) -> bytes:
    """The bytes of /favicon.ico, as this visitor's browser gets them."""
    numbers = visitor.page.evaluate(
        "fetch('/favicon.ico').then(r => r.arrayBuffer()).then(b => [...new Uint8Array(b)])"
    )
    return bytes(numbers)


def test_a_saved_logo_is_worn_by_every_surface_at_once(
    visit: Visit, find_nothing: Callable[[Visitor], None]
) -> None:
    stranger = visit()
    stranger.go("/")
    logo_before, favicon_before = logo_of(stranger), favicon_of(stranger)
    admin = visit().sign_in("admin")

    admin.page.get_by_role("link", name="Settings").first.click()
    expect(admin.page.get_by_role("heading", name="Logo & Favicon")).to_be_visible()
    admin.edit("branding")
    upload(admin, "logo", "logo.png", logo_png())
    upload(admin, "favicon", "favicon.png", favicon_png())
    preview = admin.page.locator("#branding aside img").first
    expect(preview).to_have_attribute("src", re.compile("^blob:"))
    find_nothing(admin)
    admin.save("branding")

    stranger.page.reload()
    assert logo_of(stranger) != logo_before
    assert stranger.page.locator(".portal-head img").first.evaluate("i => i.naturalWidth > 0")
    assert favicon_of(stranger) != favicon_before
    with Image.open(BytesIO(favicon_of(stranger)), formats=["ICO"]) as icon:
        assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    logo = logo_of(stranger)
    for path in ("/sign-in/", "/nothing-here/"):
        stranger.go(path)
        assert logo_of(stranger) == logo
    admin.go("/console/")
    assert logo_of(admin) == logo
    find_nothing(stranger)


def test_a_bad_file_is_refused_in_words_and_nothing_typed_is_lost(
    visit: Visit, find_nothing: Callable[[Visitor], None]
) -> None:
    admin = visit().sign_in("admin")
    admin.go("/")
    before = logo_of(admin)

    admin.edit("branding")
    admin.page.get_by_label("Brand color").last.fill("#0b6e4f")
    upload(admin, "logo", "logo.png", b"<html>not a picture</html>")
    upload(admin, "favicon", "favicon.png", favicon_png())
    admin.page.locator("#branding").get_by_role("button", name="Save", exact=True).click()

    card = admin.page.locator("#branding")
    expect(card.get_by_role("alert").first).to_be_visible()
    assert admin.page.locator("input[name=brand_color]").input_value() == "#0b6e4f"
    expect(card.get_by_text("favicon.png").first).to_be_visible()
    find_nothing(admin)
    stranger = visit()
    stranger.go("/")
    assert logo_of(stranger) == before

    upload(admin, "logo", "logo.png", logo_png())
    admin.save("branding")
    stranger.page.reload()
    assert logo_of(stranger) != before


def test_a_draft_is_seen_by_its_session_alone_until_it_is_published(visit: Visit) -> None:
    admin, stranger = visit().sign_in("admin"), visit()
    stranger.go("/")
    before = logo_of(stranger)

    admin.edit("branding")
    upload(admin, "logo", "logo.png", logo_png("#8a1c7c"))
    admin.page.locator("#branding").get_by_role("button", name="More").click()
    admin.page.get_by_role("button", name="Save as draft and preview").click()
    expect(admin.page.get_by_role("button", name="End preview")).to_be_visible()
    drafted = logo_of(admin)
    stranger.page.reload()

    assert drafted != before
    assert logo_of(stranger) == before
    admin.page.get_by_role("button", name="End preview").click()
    admin.go("/")
    assert logo_of(admin) == before

    admin.go("/settings/tenant/")
    admin.page.locator("#branding").get_by_role("button", name="Publish").first.click()
    admin.page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(admin.page.get_by_text("The draft of Logo & Favicon is live")).to_be_visible()
    stranger.page.reload()
    assert logo_of(stranger) == drafted
