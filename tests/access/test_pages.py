"""Every page, asked for by everybody."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client
from django.urls import reverse

from conftest import Cast
from portico.config import errors
from tests.access.rows import WHO, statuses
from tests.access.scene import Scene
from tests.access.tables import PAGES
from tests.access.walking import for_each


@pytest.fixture
def _refusals_are_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw the page of each refusal once for everybody: it is the same for every address, and would
    be most of what this costs."""
    drawn: dict[tuple[str, int], bytes] = {}

    def once(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> Any:
        key = (str(request.user.pk), status)
        if key not in drawn:
            drawn[key] = render(request, template, context).content
        return HttpResponse(drawn[key], status=status)

    monkeypatch.setattr(errors, "render", once)


@pytest.mark.usefixtures("_refusals_are_drawn_once")
def test_a_page_opens_for_those_whom_the_table_names(
    scene: Cast, browse: Callable[..., Client]
) -> None:
    browsers = {
        who: browse(scene.acme, None if who == "nobody" else Scene(scene, who).member)
        for who in WHO
    }
    jars = {who: deepcopy(browser.cookies) for who, browser in browsers.items()}

    def ask(name: str, method: str, who: str, args: dict[str, Any]) -> int:
        client = browsers[who]
        client.cookies = deepcopy(jars[who])
        sent = PAGES[name].sent(Scene(scene, who)) if method == "post" else {}
        response = getattr(client, method)(reverse(name, kwargs=args), sent)
        if response.streaming:
            response.getvalue()  # the file behind it is closed at its end
        return int(response.status_code)

    seen: dict[tuple[str, str], dict[str, int]] = {}
    for name, page in PAGES.items():
        for who, method, args in for_each(page.args, scene, ("get", "post")):
            seen.setdefault((name, method), {})[who] = ask(name, method, who, args)

    wrong = {
        (name, method): answers
        for (name, method), answers in seen.items()
        if answers != statuses(getattr(PAGES[name], method))
    }
    assert wrong == {}
