"""The form of the About Us address in a browser: the drawn link comes and goes with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from playwright.sync_api import Page, sync_playwright

from portico.about_us.forms import AboutUsForm
from portico.about_us.payload import AboutUs
from portico.about_us.section import section
from portico.workspaces.models import Workspace
from tests.chromium import executable
from tests.make import AT

pytestmark = pytest.mark.browser


@pytest.fixture
def form() -> Iterator[Page]:
    """The form as it opens where there is no address yet, without a server behind it."""
    workspace = Workspace(name="Acme Pay")
    context = {
        "form": AboutUsForm(workspace=workspace, at=AT),
        **section.extras(workspace, AboutUs(), at=AT),
    }
    parts = [
        render_to_string(part, context)
        for part in (section.fields_template, section.beside_template)
    ]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        page = chromium.new_page()
        page.set_content(f"<form data-preview-scope>{''.join(parts)}</form>")
        for style in section.styles:
            page.add_style_tag(path=str(finders.find(style)))
        live = Path(str(finders.find("ui/js/live.js")))
        page.add_script_tag(content=live.read_text(), type="module")
        yield page
        chromium.close()


def test_the_link_is_drawn_as_long_as_there_is_an_address(form: Page) -> None:
    link, address = form.get_by_text("About Us", exact=True), form.get_by_label("Address")
    assert not link.is_visible()

    address.fill("https://www.example.com/")
    assert link.is_visible()

    address.fill("")
    assert not link.is_visible()


def test_the_preview_shows_where_the_link_leads_in_every_language(form: Page) -> None:
    form.get_by_label("Address").fill("https://www.example.com/{lang}/about")

    assert form.locator("[data-preview-of]").all_inner_texts() == [
        "https://www.example.com/en/about",
        "https://www.example.com/zh-hans/about",
    ]
