"""A mini program on the web: it works, and there is no way out of its frame."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Frame, Page, Route, expect

from tests.journeys.conftest import Visit, Visitor
from tests.journeys.instance import Instance
from tests.journeys.programs import APP_ID, OnTheWeb, put_on_the_web

pytestmark = pytest.mark.browser

PATH = f"/miniapp/{APP_ID}"
SLUG = "stage-24"
REFUSED = {
    "cookie": "SecurityError",
    "local storage": "SecurityError",
    "session storage": "SecurityError",
    "database": "SecurityError",
    "parent": "SecurityError",
    "top address": "SecurityError",
    "top": "SecurityError",
    "popup": "null",
    "eval": "EvalError",
    "function": "EvalError",
    "worker": "SecurityError",
    "service worker": "SecurityError",
    "caches": "SecurityError",
    "api": "TypeError",
    "console": "TypeError",
    "other version": "TypeError",
    "elsewhere": "TypeError",
    "picture of the portal": "blocked",
    "remote script": "blocked",
    "script of another version": "blocked",
    "style of the portal": "blocked",
    "inline script": "blocked",
    "back": "asked",
}
# At top level there is nothing above; what is around it is itself.
AT_TOP = {"parent", "top address", "top", "back"}


@pytest.fixture(scope="module")
def program(instance: Instance) -> OnTheWeb:
    """The program that all of these stories look at, and none changes."""
    return put_on_the_web(instance, SLUG)


def program_of(page: Page) -> Frame:
    """The frame that the program runs in, once it is there."""
    expect(page.frame_locator(".program-frame").locator("body")).to_be_attached()
    return next(frame for frame in page.main_frame.child_frames if ".content." in frame.url)


def results_of(frame: Frame) -> dict[str, str]:
    """What came of all that a hostile script tried."""
    found: dict[str, str] = {}
    for _time in range(100):
        found = frame.evaluate("window.results") or {}
        if found.keys() >= REFUSED.keys() - AT_TOP:
            return found
        frame.page.wait_for_timeout(100)
    return found


def test_a_program_runs_and_goes_from_page_to_page(
    visit: Visit, find_nothing: Callable[[Visitor], None], program: OnTheWeb
) -> None:
    stranger = visit(at=SLUG)
    page = stranger.page

    assert stranger.go(f"{PATH}?table=7") == 200
    inside = page.frame_locator(".program-frame")
    expect(inside.get_by_role("heading")).to_have_text("Hello you")
    expect(inside.locator("#facts")).to_have_text('pages/index/index en {"table":"7"}')
    expect(inside.locator("#events")).to_have_text("launch ready show ")
    expect(page).to_have_title(f"Split a bill · Tips · {_name(stranger)}")
    find_nothing(stranger)
    inside.get_by_role("button", name="Reckon").click()
    expect(inside.locator("#facts")).to_have_text("rate 15")

    inside.get_by_role("button", name="Sum").click()
    expect(inside.locator("#sum")).to_have_text("Sum 12")
    expect(page).to_have_url(
        stranger.instance.address(stranger.slug, f"{PATH}/pages/sum/sum?amount=12")
    )
    page.go_back()
    expect(inside.locator("#events")).to_have_text("ready show ")
    page.go_forward()
    expect(inside.locator("#sum")).to_have_text("Sum 12")
    page.reload()
    expect(inside.locator("#sum")).to_have_text("Sum 12")


def test_a_link_is_opened_by_the_person_who_is_told_where_it_leads(
    visit: Visit, find_nothing: Callable[[Visitor], None], program: OnTheWeb
) -> None:
    stranger = visit(at=SLUG)
    page = stranger.page
    inside = page.frame_locator(".program-frame")

    stranger.go(PATH)
    inside.get_by_role("button", name="Help").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Open help.example.org in a new tab?")
    go = dialog.get_by_role("link", name="Open")
    expect(go).to_have_attribute("href", "https://help.example.org/tips?a=1")
    expect(go).to_have_attribute("rel", "noopener noreferrer nofollow")
    find_nothing(stranger)
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()


def test_what_a_frame_says_is_taken_only_from_it_and_only_if_it_is_right(
    visit: Visit, program: OnTheWeb
) -> None:
    stranger = visit(at=SLUG)
    page = stranger.page
    held: list[Route] = []
    page.route("**/portal/program.js", lambda route: held.append(route))  # noqa: PLW0108
    page.goto(stranger.instance.address(stranger.slug, PATH), wait_until="commit")
    expect(page.frame_locator(".program-frame").locator("#events")).to_have_text(
        "launch ready show "
    )
    held[0].continue_()  # the program was quicker than the page around it
    inside = program_of(page)
    expect(page).to_have_title(f"Split a bill · Tips · {_name(stranger)}")
    expect(page).to_have_url(stranger.instance.address(stranger.slug, f"{PATH}/pages/index/index"))
    before = page.url

    def say(kind: str, **detail: object) -> None:
        inside.evaluate(
            "([kind, detail]) => parent.postMessage({portico: 1, kind, ...detail}, '*')",
            [kind, detail],
        )

    for url in (
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//example.org",
        "https://bank@evil.example/",
        "https://" + "a" * 3000,
        7,
    ):
        say("open-link", url=url)
    say("shown", page="../../console", query="", title="x")
    say("shown", page="pages/none/none", query="", title="x")
    say("constructor")
    say("__proto__")
    inside.evaluate("parent.postMessage(null, '*'); parent.postMessage('x', '*')")
    page.evaluate("postMessage({portico: 1, kind: 'title', title: 'Forged'}, '*')")
    say("title", title="\u202e Sign\nin " + "x" * 500)

    expect(page).to_have_title("Sign in " + "x" * 72 + f"… · Tips · {_name(stranger)}")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.url == before


def test_a_script_in_a_package_reaches_nothing_of_the_portal(
    chromium: Browser, instance: Instance, program: OnTheWeb
) -> None:
    # Its attempts are what the browser complains about, so these browsers are not the stories' own.
    portal = instance.address(SLUG, "").rstrip("/")
    context = chromium.new_context(locale="en-US")
    visitor = Visitor(context.new_page(), instance, SLUG).sign_in("admin")
    page = visitor.page
    finished: list[str] = []
    context.on("requestfinished", lambda request: finished.append(request.url))
    query = urlencode({"portal": portal, "other": program.origin(program.other)})

    visitor.go(f"{PATH}/pages/hostile/hostile?{query}")
    results = results_of(program_of(page))

    assert {name: results.get(name) for name in REFUSED} == REFUSED
    assert page.url.startswith(f"{portal}{PATH}/pages/hostile/hostile")
    assert len(context.pages) == 1
    reached = [url for url in finished if url.startswith((f"{portal}/api", f"{portal}/console"))]
    assert reached == []
    assert visitor.go("/console/") == 200  # the session is still there: nobody signed out

    finished.clear()
    answer = page.goto(f"{program.origin(program.live)}/pages/hostile/hostile.html?{query}")
    assert answer is not None
    alone = results_of(page.main_frame)
    wanted = {name: told for name, told in REFUSED.items() if name not in AT_TOP}
    assert {name: alone.get(name) for name in wanted} == wanted
    assert context.cookies(program.origin(program.live)) == []
    context.close()


def test_a_frame_cannot_be_led_elsewhere(
    chromium: Browser, instance: Instance, program: OnTheWeb
) -> None:
    page = chromium.new_context().new_page()
    visitor = Visitor(page, instance, SLUG)
    visitor.go(PATH)
    inside = program_of(page)
    answered: list[str] = []
    page.on("response", lambda response: answered.append(response.url))

    for path in ("/console/", "/sign-in/"):
        inside.evaluate("(url) => void (location.href = url)", instance.address(SLUG, path))
        page.wait_for_timeout(300)
    visitor.go(PATH)
    program_of(page).evaluate(
        """(action) => {
          const form = Object.assign(document.createElement("form"), {method: "post", action});
          document.body.append(form);
          form.submit();
        }""",
        instance.address(SLUG, "/sign-out/"),
    )
    page.wait_for_timeout(300)

    told = ("/console/", "/sign-in/", "/sign-out/")
    assert not any(url == instance.address(SLUG, path) for url in answered for path in told)
    page.context.close()


def test_nobody_opens_a_version_that_is_not_released_but_who_works_on_it(
    visit: Visit, program: OnTheWeb
) -> None:
    developer = visit(at=SLUG).sign_in("developer")
    preview = f"{PATH};version=2"

    assert developer.go(f"{preview}?k=v") == 200
    inside = developer.page.frame_locator(".program-frame")
    expect(inside.get_by_role("heading")).to_have_text("Hello you")
    picture = inside.locator("#picture")
    expect(picture).to_have_js_property("naturalWidth", 1)  # by a path from the root
    inside.get_by_role("button", name="Reckon").click()
    expect(inside.locator("#facts")).to_have_text("rate 15")  # and so is this
    token_path = program_of(developer.page).url.partition(f":{program.port}")[2]
    assert token_path.startswith("/~")

    stranger = visit(at=SLUG)
    operator = visit(at=SLUG).sign_in("operator")
    outsider = visit(at="zenith").sign_in("outsider")
    for visitor in (stranger, operator, outsider):
        assert visitor.go(preview, slug=developer.slug) == 404
    for address in (
        program.origin(program.other) + "/pages/index/index.html",
        program.origin(program.other) + "/app.css",
        program.origin(program.live) + token_path,
    ):
        answer = stranger.page.goto(address)
        assert answer is not None
        assert answer.status == 404, address


def _name(visitor: Visitor) -> str:
    return visitor.slug.replace("-", " ").title()
