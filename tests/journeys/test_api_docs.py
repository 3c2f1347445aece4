"""The API's documentation is a page of ours: it loads nothing from elsewhere."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit

pytestmark = pytest.mark.browser


def test_the_documentation_of_the_api_is_read_without_other_sites(visit: Visit) -> None:
    reader = visit(at="acme")
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))

    assert reader.go("/api/v1/docs") == 200

    expect(reader.page.get_by_text("Who am I?")).to_be_visible()
    reader.page.get_by_text("Who am I?").click()
    expect(reader.page.get_by_text("The holder of the token.")).to_be_visible()
    assert set(asked) == {f"acme.localhost:{reader.instance.port}"}
