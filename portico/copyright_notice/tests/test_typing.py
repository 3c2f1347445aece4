"""The form of the copyright notice in a browser: what is typed is seen, and one click starts it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from playwright.sync_api import Page, sync_playwright

from portico.copyright_notice.forms import CopyrightNoticeForm
from portico.copyright_notice.payload import CopyrightNotice
from portico.copyright_notice.section import section
from portico.workspaces.models import Workspace
from tests.chromium import executable
from tests.make import AT

pytestmark = pytest.mark.browser


@pytest.fixture
def form() -> Iterator[Page]:
    """The form as it opens on "© 2019 Acme" in 2026, without a server behind it."""
    workspace = Workspace(name="Acme Pay", created_at=AT)
    payload = CopyrightNotice(text="© 2019 Acme")
    context = {
        "form": CopyrightNoticeForm(initial=payload.model_dump(), workspace=workspace, at=AT),
        **section.extras(workspace, payload, at=AT),
    }
    parts = [
        render_to_string(part, context)
        for part in (section.fields_template, section.beside_template)
    ]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        page = chromium.new_page()
        page.set_content(f"<form data-preview-scope>{''.join(parts)}</form>")
        for script in ("ui/js/live.js", *section.scripts):
            module = Path(str(finders.find(script)))
            page.add_script_tag(content=module.read_text(), type="module")
        yield page
        chromium.close()


def shown(page: Page) -> list[str]:
    """The notice in light and in dark."""
    return page.locator("[data-preview-of]").all_inner_texts()


def test_the_preview_starts_from_the_notice_and_follows_what_is_typed(form: Page) -> None:
    assert shown(form) == ["© 2019 Acme", "© 2019 Acme"]

    form.get_by_label("Notice").fill("© {first_year}–{year} Acme, since {first_year}")

    assert shown(form) == ["© 2026 Acme, since 2026"] * 2


def test_an_emptied_notice_is_shown_as_none(form: Page) -> None:
    form.get_by_label("Notice").fill("")

    assert shown(form) == ["No notice is shown."] * 2


def test_the_standard_notice_takes_the_place_of_what_was_there_and_can_be_undone(
    form: Page,
) -> None:
    notice = form.get_by_label("Notice")

    form.get_by_role("button", name="Insert standard notice").click()

    assert notice.input_value() == "© {year} Acme Pay. All rights reserved."
    assert shown(form) == ["© 2026 Acme Pay. All rights reserved."] * 2
    notice.press("Control+z")
    assert notice.input_value() == "© 2019 Acme"
