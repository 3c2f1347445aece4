"""The gallery shows every component and frame."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from django.test import Client

from conftest import Cast
from portico.ui.views import FRAMES

Browse = Callable[..., Client]


@pytest.mark.parametrize("path", ["/ui/", *(f"/ui/{name}/" for name in FRAMES)])
@pytest.mark.parametrize("query", ["", "?signed_out&wrong&scheme=dark", "?preview&empty"])
def test_a_page_of_the_gallery_is_well_formed(
    cast: Cast, browse: Browse, path: str, query: str
) -> None:
    client = browse(cast.acme)

    response = client.get(path + query)

    html = response.content.decode()
    assert response.status_code == 200
    assert html.lstrip().startswith("<!doctype html>")
    assert html.count("<h1") == 1
    assert html.count("<main") == 1
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))


def test_the_brand_s_colors_are_printed_with_the_policy_s_nonce(cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme)

    response = client.get("/ui/console/")

    nonce = re.search(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"])
    assert nonce
    html = response.content.decode()
    assert f'<style nonce="{nonce[1]}">:root {{ --brand: #3a56c8; --on-brand: #ffffff; }}' in html


def test_a_frame_that_is_not_there_is_not_found(cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme)

    response = client.get("/ui/unicorn/")

    assert response.status_code == 404


def test_a_plain_error_needs_no_context_at_all() -> None:
    template = "ui/plain_error.html"

    html = render_to_string(template)

    assert "<h1>Nothing here</h1>" in html


def test_going_on_to_another_host_never_runs_a_script() -> None:
    context = {"forward_url": "javascript:alert(1)", "forward_name": "<b>"}

    html = render_to_string("ui/forward.html", context)

    assert "javascript:" not in html
    assert "&lt;b&gt;" in html
