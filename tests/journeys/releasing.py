"""What the stories about releases do: an app with a key, steps on the release page, asking."""

from __future__ import annotations

import http.client
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor

_open: list[http.client.HTTPConnection] = []


def close_connections() -> None:
    """Close all that a story has opened."""
    while _open:
        _open.pop().close()


@dataclass
class Http:
    """One connection to a workspace's host, with a token or a target key."""

    who: Visitor
    secret: str
    connection: http.client.HTTPConnection = field(init=False)
    etag: str = ""

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.who.instance.port)
        _open.append(self.connection)

    def ask(self, method: str, path: str, body: object = None, **more: str) -> tuple[int, Any]:
        """Ask, with `more` headers; returns the status and the JSON that is answered."""
        headers = {
            "Host": f"{self.who.slug}.localhost:{self.who.instance.port}",
            "Authorization": f"Bearer {self.secret}",
            "Content-Type": "application/json",
            **more,
        }
        sent = None if body is None else json.dumps(body)
        try:
            self.connection.request(method, path, sent, headers)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):  # it was idle for too long
            self.connection.close()
            self.connection.request(method, path, sent, headers)
            answer = self.connection.getresponse()
        text = answer.read()
        self.etag = answer.headers.get("ETag", "")
        return answer.status, json.loads(text) if text else None


@dataclass
class Delivery:
    """A super app's client: it asks which version a user gets."""

    http: Http
    app_id: str

    def version_of(self, user: str) -> tuple[str, str]:
        """The name of the version that a user gets, and the reason."""
        query = urlencode({"app_id": self.app_id, "user": user})
        status, answer = self.http.ask("GET", f"/delivery/v1/resolve?{query}")
        assert status == 200, answer
        version = answer["version"]
        return (version["name"] if version else ""), answer["reason"]

    def users_of(self, version: str, users: Iterable[str]) -> set[str]:
        """Those of the users who get this version."""
        return {user for user in users if self.version_of(user)[0] == version}

    def reasons(self, users: Iterable[str]) -> Counter[str]:
        """How many of the users get what they get for which reason."""
        return Counter(self.version_of(user)[1] for user in users)


def make_app(admin: Http, code: str) -> dict[str, str]:
    """An app with a key for each of its environments; returns the keys."""
    status, answer = admin.ask("POST", "/api/v1/apps", {"name": code.title(), "code": code})
    assert status == 201, answer
    keys = {}
    for environment in ("production", "sandbox"):
        path = f"/api/v1/apps/{code}/targets/{environment}/keys"
        status, answer = admin.ask("POST", path, {"name": "Story"})
        assert status == 201, answer
        keys[environment] = answer["secret"]
    return keys


def change_process(admin: Http, environment: str, **values: object) -> None:
    """Save other values of the Release Process."""
    path = "/api/v1/settings/release-process"
    status, present = admin.ask("GET", path)
    assert status == 200, present
    wanted = {name: present[name] for name in ("production", "sandbox")}
    wanted[environment] |= values
    status, answer = admin.ask("PUT", path, wanted, **{"If-Match": admin.etag})
    assert status == 200, answer


def release(who: Visitor, app_id: str, target: str, version: str) -> str:
    """*Release this version*; returns the path of the release."""
    who.go(f"/console/programs/{app_id}/releases/new/")
    who.page.get_by_role("link", name=target).click()
    who.page.locator("select[name=version]").select_option(label=version)
    who.page.get_by_role("button", name="Release this version").click()
    who.page.wait_for_url("**/console/releases/*/")
    return who.page.url.split(f":{who.instance.port}", 1)[1]


def act(who: Visitor, event: str, button: str = "", **fields: str) -> None:
    """Take a step on the release page that is open: fill in its form and send it. `fields` by the
    name of the field."""
    step = who.page.locator(f"#action-{event}")
    if step.get_attribute("open") is None:
        step.locator("summary").first.click()
    for name, text in fields.items():
        step.locator(f"[name={name}]").fill(text)
    found = (
        step.get_by_role("button", name=button, exact=True)
        if button
        else step.locator(".actions button")
    )
    with who.page.expect_navigation():
        found.first.click()


def is_at(who: Visitor, status: str) -> None:
    """The release page that is open says that this is the release's status."""
    pipeline = who.page.get_by_role("region", name="Pipeline")
    expect(pipeline.locator(".chip").first).to_contain_text(status)


def approve(who: Visitor, program: str) -> None:
    """Open what waits for the reviewer, and approve it."""
    who.go("/console/approvals/")
    who.page.get_by_role("link", name=program).first.click()
    who.page.get_by_role("button", name="Approve", exact=True).click()
    expect(who.page.get_by_text("Approved").first).to_be_visible()
