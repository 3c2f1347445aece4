"""The rules are explained to developers, and each sentence can be said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portico.miniprograms.packages import Rule, content_type_of
from portico.miniprograms.packages.rules import SENTENCES

GUIDE = Path(__file__).parents[4] / "docs" / "guide" / "packages.md"


def test_the_guide_explains_every_rule_in_order() -> None:
    guide = GUIDE.read_text(encoding="utf-8")

    shown = re.findall(r"^\| `([a-z0-9_]+)` \| .+ \|$", guide, re.MULTILINE)

    assert shown == [rule.value for rule in Rule]


def test_every_rule_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Rule)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("pages/index/index.html", "text/html; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("common/module.mjs", "text/javascript; charset=utf-8"),
        ("app.css", "text/css; charset=utf-8"),
        ("i18n/en.json", "application/json; charset=utf-8"),
        ("common/ICON.PNG", "image/png"),
        ("common/code.wasm", "application/wasm"),
        ("common/font.woff2", "font/woff2"),
        ("common/evil.html.png", "image/png"),
        ("common/x.php", "application/octet-stream"),
        ("common.d/README", "application/octet-stream"),
        ("png", "application/octet-stream"),
    ],
)
def test_a_file_is_served_as_its_ending_says(name: str, media_type: str) -> None:
    assert content_type_of(name) == media_type
