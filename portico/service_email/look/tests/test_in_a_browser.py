"""Every kind of mail in headless Chromium, on narrow and wide screens, light and dark."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request, sync_playwright

from portico.service_email.look.content import Action, Content, all_templates
from portico.service_email.look.letterheads import Letterhead
from portico.service_email.look.rendering import render
from portico.service_email.look.tests.letters import drawn_logo, make_letterhead, make_template
from tests.chromium import executable

pytestmark = pytest.mark.browser

Scheme = Literal["light", "dark"]
LONG = "https://acme.example.com/" + "very-long-" * 30
LONGEST = Content(
    subject="x",
    heading="Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 2,
    paragraphs=(LONG, "这是一段没有空格的很长的文字" * 20),
    facts=(("Rindfleischetikettierungsüberwachungsaufgabe", LONG), ("端口", "465")),
    quote=LONG,
    action=Action("A button whose label does not fit into one line of a telephone", LONG),
    notes=(LONG,),
)
EVERYTHING = Content(
    subject="Subject",
    heading="Heading",
    paragraphs=("A paragraph.", "Another one."),
    facts=(("Port", "587 → 465"), ("Password", "Changed")),
    quote="A quote of two\nlines.",
    action=Action("Open it", "https://acme.example.com/open"),
    notes=("A note.", "Another note."),
)
SCREENS = [(width, scheme) for width in (320, 640) for scheme in ("light", "dark")]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def show(page: Page, html: str, letterhead: Letterhead, width: int, scheme: Scheme) -> None:
    """Show a mail as a program on such a screen does; fails if it asks for anything."""
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    if letterhead.logo is not None:
        picture = base64.b64encode(letterhead.logo.content).decode()
        html = html.replace(f"cid:{letterhead.logo.cid}", f"data:image/png;base64,{picture}")
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.on("request", note)
    page.set_content(html, wait_until="load")
    page.remove_listener("request", note)
    assert [url for url in asked if not url.startswith("data:")] == []


def is_wider_than_its_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_axe_finds_nothing_in_a_mail_that_has_everything(
    page: Page, width: int, scheme: Scheme
) -> None:
    letterhead = make_letterhead(logo=drawn_logo())
    mail = render(make_template(EVERYTHING), {}, letterhead, language="en")

    show(page, mail.html, letterhead, width, scheme)
    found = [
        f"{violation['id']}: {[node['html'][:100] for node in violation['nodes']]}"
        for violation in Axe().run(page).response["violations"]
        # Mails have no landmarks: programs put them into a page of their own.
        if violation["id"] not in {"region", "landmark-one-main"}
    ]

    assert found == []


@pytest.mark.parametrize("width", [320, 640])
def test_nothing_sticks_out_of_any_mail(page: Page, width: int) -> None:
    letterhead = make_letterhead(logo=drawn_logo())
    wide: list[str] = []

    for template in all_templates():
        mail = render(template, template.sample, letterhead, language="en", hide_links=True)
        show(page, mail.html, letterhead, width, "light")
        if is_wider_than_its_window(page):
            wide.append(template.name)

    assert wide == []


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_the_longest_words_stay_on_the_screen(page: Page, width: int, scheme: Scheme) -> None:
    letterhead = make_letterhead(nickname="Acme" * 25, notice="© 2026 " + "Acme" * 40, logo=None)
    mail = render(make_template(LONGEST), {}, letterhead, language="en")

    show(page, mail.html, letterhead, width, scheme)

    assert not is_wider_than_its_window(page)


@pytest.mark.parametrize("width", [320, 640])
def test_the_button_is_large_enough_for_a_thumb(page: Page, width: int) -> None:
    letterhead = make_letterhead()
    content = Content(subject="x", heading="x", action=Action("Open", "https://example.com/"))
    mail = render(make_template(content), {}, letterhead, language="en")

    show(page, mail.html, letterhead, width, "light")
    box = page.get_by_role("link", name="Open", exact=True).bounding_box()

    assert box is not None
    assert box["height"] == 44


def test_dark_screens_get_a_dark_mail_and_light_ones_a_light_one(page: Page) -> None:
    letterhead = make_letterhead()
    mail = render(make_template(), {}, letterhead, language="en")

    def grounds(scheme: Scheme) -> list[str]:
        show(page, mail.html, letterhead, 640, scheme)
        read = "e => getComputedStyle(e).backgroundColor"
        return [page.locator(part).evaluate(read) for part in ("body", ".card", ".bar")]

    assert grounds("light") == ["rgb(243, 244, 246)", "rgb(255, 255, 255)", "rgb(122, 31, 162)"]
    assert grounds("dark")[:2] == ["rgb(21, 23, 28)", "rgb(31, 34, 41)"]
    assert grounds("dark")[2] != "rgb(122, 31, 162)"


def test_without_pictures_the_name_is_read_where_the_logo_would_be(page: Page) -> None:
    letterhead = make_letterhead(nickname="Acme Pay")
    mail = render(make_template(), {}, letterhead, language="en")

    show(page, mail.html.replace("cid:", "data:,"), letterhead, 640, "light")
    box = page.get_by_role("img", name="Acme Pay").bounding_box()

    assert box is not None
    assert box["height"] >= 24
