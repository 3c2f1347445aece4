"""What holds for all templates, style sheets and scripts of the design system."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portico.ui.icons import ICONS
from portico.ui.tags.assets import MODULES, STYLES

UI = Path(__file__).resolve().parent.parent
PORTICO = UI.parent
TEMPLATES = sorted(PORTICO.glob("*/templates/**/*.html"))
SHEETS = sorted((UI / "static" / "ui" / "css").glob("*.css"))
SCRIPTS = sorted((UI / "static" / "ui" / "js").glob("*.js"))


def named(paths: list[Path]) -> list[object]:
    return [pytest.param(path, id=str(path.relative_to(PORTICO))) for path in paths]


@pytest.mark.parametrize("path", named(TEMPLATES))
def test_a_template_holds_nothing_that_the_policy_forbids(path: Path) -> None:
    text = path.read_text()

    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"\son[a-z]+=[\"']", text)
    # A block of JSON is data: no browser runs it, and the policy has nothing to say about it.
    assert not re.search(r'<script(?![^>]*\bsrc=)(?! type="application/json")', text)
    assert not re.search(r"\b(?:src|srcset)=[\"'](?:https?:)?//", text)
    assert "hx-on" not in text


@pytest.mark.parametrize("path", named(TEMPLATES))
def test_a_template_asks_for_icons_that_there_are(path: Path) -> None:
    text = path.read_text()

    asked = set(re.findall(r'\bicon[ =]"([a-z-]+)"', text))

    assert asked <= set(ICONS)


@pytest.mark.parametrize("path", named(SHEETS))
def test_a_style_sheet_is_layered_local_and_styles_no_ids(path: Path) -> None:
    text = path.read_text()
    selectors = re.findall(r"([^{};]*)\{", text)

    assert re.search(r"^@layer ", text, re.MULTILINE)
    assert not [selector for selector in selectors if re.search(r"#[a-z]", selector, re.IGNORECASE)]
    assert "url(" not in text
    assert not re.search(r"(?:margin|padding|border)-(?:left|right|top|bottom)\b", text)


def test_every_style_sheet_and_script_is_loaded() -> None:
    sheets = {path.stem for path in SHEETS}
    scripts = {path.stem for path in SCRIPTS}

    assert sheets == set(STYLES)
    assert scripts == set(MODULES)


@pytest.mark.parametrize("path", named(SCRIPTS))
def test_a_script_neither_evaluates_text_nor_writes_html(path: Path) -> None:
    text = path.read_text()

    assert not re.search(r"\b(?:eval|Function|document\.write)\s*\(", text)
    assert not re.search(r"\b(?:innerHTML|outerHTML|insertAdjacentHTML)\b", text)
