from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from portico.basic_settings.as_code.schema import settings_schema
from portico.basic_settings.registry import all_sections

COMMITTED = Path(__file__).parents[4] / "docs" / "settings.schema.json"


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == settings_schema()


def is_valid(text: str) -> bool:
    return jsonschema_rs.is_valid(settings_schema(), yaml.safe_load(text))


@pytest.mark.parametrize("section", all_sections(), ids=lambda one: one.name)
def test_every_field_of_every_section_is_in_it_and_none_is_required(section: object) -> None:
    name = section.name  # type: ignore[attr-defined]
    assert is_valid(f"portico: 1\nsections: {{{name}: {{}}}}")
    assert is_valid(f"portico: 1\nsections: {{{name}: {{revision: 0, values: {{}}}}}}")
    assert not is_valid(f"portico: 1\nsections: {{{name}: {{values: {{no_field: 1}}}}}}")


@pytest.mark.parametrize(
    "text",
    [
        "sections: {}",
        "portico: 2",
        "portico: 1\nowner: me",
        "portico: 1\nsections: {brandin: {}}",
        "portico: 1\nsections: {about-us: {revision: -1}}",
        "portico: 1\nsections: {about-us: {values: {url: 7}}}",
        "portico: 1\nsections: {service-email: {values: {password: hunter2}}}",
        "portico: 1\nsections: {service-email: {values: {security: maybe}}}",
        "portico: 1\nsections: {service-email: {values: {password: {secret: other}}}}",
    ],
)
def test_what_would_be_refused_for_its_shape_is_refused_by_it(text: str) -> None:
    assert not is_valid(text)


def test_a_secret_is_only_ever_a_word() -> None:
    for word in ("kept", "none"):
        assert is_valid(
            f"portico: 1\nsections: {{service-email: {{values: {{password: {{secret: {word}}}}}}}}}"
        )
