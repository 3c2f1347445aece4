from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from portico.config.demo import PASSWORD
from tests.chromium import executable
from tests.journeys.instance import Instance, email_of, running_instance

ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.localhost 127.0.0.1",
)
# What a browser says of an answer that the story expects.
EXPECTED = ("status of 404", "status of 403", "status of 409", "status of 422")
_numbers = count(1)


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """One running Portico for all stories of a process."""
    folder = tmp_path_factory.mktemp("instance")
    with running_instance(folder) as running:
        yield running


# Playwright keeps an event loop in the thread: no longer than a module's stories need it, or
# other tests that run a loop of their own would stumble over it.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    found = executable()
    assert found is not None, "There is no Chromium; `python -m tests.chromium` says what to do."
    browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
    yield browser
    browser.close()


@dataclass
class Visitor:
    """Somebody with a browser of their own, in one story's workspace."""

    page: Page
    instance: Instance
    slug: str

    def go(self, path: str, *, slug: str = "") -> int:
        """Open a page; returns its status."""
        response = self.page.goto(self.instance.address(slug or self.slug, path))
        assert response is not None
        return response.status

    def sign_in(self, role: str, *, password: str = PASSWORD) -> Visitor:
        """Sign in with e-mail and password, as people do."""
        self.go("/sign-in/")
        self.page.get_by_label("Email address").fill(email_of(role))
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).first.click()
        self.page.wait_for_url("**/console/")
        return self

    def edit(self, section: str) -> None:
        """Open a section's form in place of its card."""
        self.go("/settings/tenant/")
        card = self.page.locator(f"#{section}")
        card.get_by_role("link", name="Edit").click()
        card.get_by_role("button", name="Save", exact=True).wait_for()

    def save(self, section: str) -> None:
        """Press Save and wait until the page says that it is live."""
        self.page.locator(f"#{section}").get_by_role("button", name="Save", exact=True).click()
        self.page.get_by_text("is saved and live").wait_for()


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(chromium: Browser, instance: Instance) -> Iterator[Visit]:
    """`visit()`: somebody with a fresh browser; all of a test's visitors share its workspace.

    Whatever the browsers complained about fails the test at its end: a script that broke, a
    resource that our own policy refused.
    """
    slug = f"stage-{next(_numbers)}"
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def visitor(
        *, width: int = 1440, scheme: str = "light", scripts: bool = True, at: str = slug
    ) -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=scripts,
            locale="en-US",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type == "error" and not any(part in message.text for part in EXPECTED)
                else None
            ),
        )
        return Visitor(page, instance, at)

    yield visitor
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def find_nothing() -> Callable[[Visitor], None]:
    """`find_nothing(visitor)`: axe finds nothing to object to on the visitor's page."""

    def check(visitor: Visitor) -> None:
        found = Axe().run(visitor.page).response["violations"]
        assert not found, "\n".join(
            f"{visitor.page.url} {violation['id']}: {violation['help']}: "
            f"{[node['html'][:200] for node in violation['nodes'][:3]]}"
            for violation in found
        )

    return check
