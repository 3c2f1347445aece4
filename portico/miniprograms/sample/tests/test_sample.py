"""The sample is a package that shows the rules, in two languages, and reaches nobody."""

from __future__ import annotations

import json
import re
import tomllib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from portico.miniprograms.packages import Packed, pack
from portico.miniprograms.sample import SAMPLE_APP_ID, sample_folder
from portico.miniprograms.sample.tests.drawing import SIZES, icon

ROOT = Path(__file__).parents[4]


@pytest.fixture
def packed() -> Packed:
    return pack(sample_folder(), BytesIO())


def texts(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(read(f"i18n/{language}.json"))
    return found


def read(name: str) -> str:
    return (sample_folder() / name).read_text(encoding="utf-8")


def sources(ending: str) -> list[Path]:
    return sorted(sample_folder().rglob(f"*.{ending}"))


def test_it_is_a_package_that_nothing_is_wrong_with(packed: Packed) -> None:
    assert packed.left_out == ()
    assert packed.package.manifest.unknown == ()
    assert packed.package.manifest.app_id == SAMPLE_APP_ID
    assert packed.package.manifest.version.code == 1
    assert packed.package.manifest.version.name == "1.0.0"


def test_it_is_small(packed: Packed) -> None:
    assert packed.size < 64 * 1024


def test_both_languages_have_the_same_texts_with_the_same_places() -> None:
    english, chinese = (
        {key: set(re.findall(r"\{\w+\}", text)) for key, text in texts(language).items()}
        for language in ("en", "zh-Hans")
    )

    assert english == chinese


def test_every_text_that_is_asked_for_is_there_and_every_one_is_asked_for() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in sources("html"))
    scripts = "".join(path.read_text(encoding="utf-8") for path in sources("js"))

    asked = set(re.findall(r'data-text="([^"]+)"', pages))
    asked |= set(re.findall(r'miniapp\.text\("([^"]+)"', scripts))
    for counted in re.findall(r'split\.counted\("([^"]+)"', scripts):
        asked |= {f"{counted}.one", f"{counted}.other"}

    assert asked == set(texts("en"))


def test_pages_say_in_english_what_the_texts_say() -> None:
    for path in sources("html"):
        found = re.findall(r'data-text="([^"]+)">([^<]*)<', path.read_text(encoding="utf-8"))
        assert found
        assert dict(found) == {key: texts("en")[key] for key, _ in found}


@pytest.mark.parametrize(
    "pattern", [r"\beval\(", r"new Function", r"https?://", r"\son\w+=", r"<script", r"style="]
)
def test_it_evaluates_nothing_and_reaches_nobody(pattern: str) -> None:
    for ending in ("html", "js", "css", "json"):
        for path in sources(ending):
            assert not re.search(pattern, path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("size", SIZES)
def test_its_icons_are_those_that_are_drawn(size: int) -> None:
    with Image.open(sample_folder() / "common" / f"icon-{size}.png") as committed:
        assert committed.size == (size, size)
        difference = ImageChops.difference(committed.convert("RGB"), icon(size))

    assert max(difference.tobytes()) <= 8  # other versions round otherwise


def test_its_files_are_part_of_what_is_installed() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    patterns = config["tool"]["setuptools"]["package-data"]["portico.miniprograms.sample"]
    installed = {
        path
        for pattern in patterns
        for path in sample_folder().parent.glob(pattern)
        if path.is_file()
    }
    assert installed == {path for path in sample_folder().rglob("*") if path.is_file()}
