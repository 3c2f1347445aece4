"""The gallery in headless Chromium: nothing for axe to find, and what scripts add works."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Dialog, Page, sync_playwright

from conftest import Cast
from portico.ui.views import FRAMES
from tests.chromium import executable

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PATHS = ["/ui/", "/ui/settings/?wrong", "/ui/console/?empty", "/ui/entrance/?wrong&signed_out"] + [
    f"/ui/{name}/?preview" for name in FRAMES if name != "forward"
]
Open = Callable[..., Any]


@pytest.fixture
def opened(cast: Cast, live_server: Any) -> Open:
    """`with opened(path, width=…, scheme=…, scripts=…) as page`; fails on a script error."""
    assert cast.acme.slug == "acme"

    @contextmanager
    def open_page(
        path: str, *, width: int = 1440, scheme: Any = "light", scripts: bool = True
    ) -> Iterator[Page]:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=executable(), args=["--no-sandbox"]
            )
            page = browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,
                java_script_enabled=scripts,
            ).new_page()
            complaints: list[str] = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on(
                "console",
                lambda message: (
                    complaints.append(message.text) if message.type == "error" else None
                ),
            )
            page.goto(live_server.url + path)
            yield page
            browser.close()
            assert [text for text in complaints if "status of 404" not in text] == []

    return open_page


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1440, "light"),
        (390, "dark"),
        pytest.param(1440, "dark", marks=pytest.mark.soak),
        pytest.param(390, "light", marks=pytest.mark.soak),
    ],
)
def test_axe_finds_nothing_and_nothing_sticks_out(opened: Open, width: int, scheme: str) -> None:
    found: dict[str, list[str]] = {}
    wide: list[str] = []

    with opened("/ui/", width=width, scheme=scheme) as page:
        root = page.url.removesuffix("/ui/")
        for path in PATHS:
            page.goto(root + path)
            for violation in Axe().run(page).response["violations"]:
                found.setdefault(path, []).append(f"{violation['id']}: {violation['nodes']}")
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(path)

    assert found == {}
    assert wide == []


@pytest.mark.parametrize("scripts", [True, False])
def test_menus_and_confirmations_open_with_and_without_scripts(opened: Open, scripts: bool) -> None:
    with opened("/ui/", scripts=scripts) as page:
        page.get_by_role("button", name="More").first.click()
        menu = page.locator("#menu-sample").is_visible()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Discard draft").first.click()
        dialog = page.get_by_role("dialog", name="Discard the draft of Logo & Favicon?")
        asked = dialog.is_visible()
        dialog.get_by_role("button", name="Cancel").click()
        closed = not dialog.is_visible()

    assert (menu, asked, closed) == (True, True, True)


def test_without_scripts_nothing_is_offered_that_needs_them(opened: Open) -> None:
    with opened("/ui/", scripts=False) as page:
        offered = page.locator("[data-needs-js]:visible").count()

    assert offered == 0


def test_a_preview_follows_what_is_typed_and_chosen(opened: Open, tmp_path: Path) -> None:
    picture = tmp_path / "new.svg"
    picture.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>')

    with opened("/ui/settings/") as page:
        page.fill("[name=notice]", "© {year} New & Co")
        notice = page.locator("[data-preview-of=notice]").inner_text()
        count = page.locator("[data-counter-of=notice]").inner_text()
        logo = page.locator("img[data-preview-of=logo]").first
        page.set_input_files("[name=logo]", picture)
        chosen = logo.get_attribute("src")
        page.check("[name=logo-clear]")
        removed = (logo.is_visible(), page.input_value("[name=logo]"))

    assert (notice, count) == ("© 2026 New & Co", "17")
    assert chosen.startswith("blob:")
    assert removed == (False, "")


def test_a_color_s_text_and_its_picker_follow_each_other(opened: Open) -> None:
    pick = "e => { e.value = '#00ff88'; e.dispatchEvent(new Event('input', {bubbles: true})) }"
    read = "e => getComputedStyle(e).getPropertyValue('--brand')"

    with opened("/ui/settings/") as page:
        page.fill("[name=brand_color]", "#fa0")
        picker = page.input_value("[data-color-picker]")
        page.locator("[data-color-picker]").evaluate(pick)
        text = page.input_value("[name=brand_color]")
        brand = page.locator("aside").evaluate(read)

    assert (picker, text, brand) == ("#ffaa00", "#00ff88", "#00ff88")


def test_a_password_is_shown_on_request(opened: Open) -> None:
    with opened("/ui/entrance/?signed_out") as page:
        field = page.locator("[name=password]")
        before = field.get_attribute("type")
        page.get_by_role("button", name="Show the password").click()
        after = field.get_attribute("type")

    assert (before, after) == ("password", "text")


@pytest.mark.parametrize(("typed", "asked"), [("", []), ("changed", ["beforeunload"])])
def test_leaving_asks_only_when_something_would_be_lost(
    opened: Open, typed: str, asked: list[str]
) -> None:
    dialogs: list[str] = []

    def accept(dialog: Dialog) -> None:
        dialogs.append(dialog.type)
        dialog.accept()

    with opened("/ui/settings/") as page:
        page.on("dialog", accept)
        if typed:
            page.fill("[name=notice]", typed)
        page.goto(page.url.replace("settings", "console"))

    assert dialogs == asked


def test_the_keyboard_reaches_the_content_first(opened: Open) -> None:
    with opened("/ui/console/") as page:
        page.keyboard.press("Tab")
        link = page.evaluate("document.activeElement.textContent")
        page.keyboard.press("Enter")
        focused = page.evaluate("document.activeElement.id")

    assert (link, focused) == ("Skip to the content", "content")
