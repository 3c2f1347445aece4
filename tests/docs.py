"""Writes the generated parts of the documentation: `python -m tests.docs`.

A generated part stands between two marks that name it. Tests compare it with the program, so that
neither goes on without the other.
"""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from portico.config.env import Env

if TYPE_CHECKING:
    from portico.webhooks.catalog import EventType

ROOT = Path(__file__).parents[1]
CONFIGURATION = ROOT / "docs" / "guide" / "configuration.md"
WEBHOOKS = ROOT / "docs" / "guide" / "webhooks.md"
CHECKS = ROOT / "docs" / "guide" / "automated-checks.md"
MANIFEST_SCHEMA = ROOT / "docs" / "manifest.schema.json"


def settings_table() -> str:
    """Every setting of an installation, as a Markdown table."""
    rows = ["| setting | default | what it is |", "|---|---|---|"]
    for name, field in Env.model_fields.items():
        default = f"`{_default(field)}`" if _default(field) else ""
        rows.append(f"| `{_variable(name, field)}` | {default} | {field.description} |")
    return "\n".join(rows)


def webhook_events() -> str:
    """Every event that webhooks can ask for, with the fields of its data, as Markdown."""
    from portico.webhooks.catalog import EVENTS, TEST_EVENT

    return "\n\n".join(_event(event) for event in (*EVENTS, TEST_EVENT))


def check_rules() -> str:
    """Every rule of the automated checks, as a Markdown table."""
    from portico.automated_checks.rules.catalog import RULES
    from portico.automated_checks.rules.findings import Severity

    words = {Severity.ERROR: "Error", Severity.WARNING: "Warning", Severity.INFO: "Note"}
    rows = ["| rule | severity | what is found | what to do |", "|---|---|---|---|"]
    for rule in RULES.values():
        said = (re.sub(r"%\((\w+)\)s", r"*\1*", text) for text in (rule.message, rule.advice))
        message, advice = (re.sub(r"(<[^>]+>)", r"`\1`", text) for text in said)
        rows.append(f"| `{rule.id}` | {words[rule.severity]} | {message} | {advice} |")
    return "\n".join(rows)


def part(text: str, name: str) -> str:
    """The generated part of this name."""
    found = re.search(_marked(name), text, re.DOTALL)
    if found is None:
        raise LookupError(f"There are no marks around the part {name!r}.")
    return found[2]


def with_part(text: str, name: str, content: str) -> str:
    """The text with this content in the part of this name."""
    return re.sub(_marked(name), lambda found: found[1] + content + found[3], text, flags=re.DOTALL)


def _event(event: EventType) -> str:
    schema = event.schema.model_json_schema()
    rows = ["| field | type | what it is |", "|---|---|---|"]
    for name, field in schema["properties"].items():
        rows.append(f"| `{name}` | {_type(field)} | {field['description']} |")
    head = f"### {event.title}: `{event.name}`\n\n{event.description}\n\n"
    return head + "\n".join(rows)


def _type(field: dict[str, Any]) -> str:
    if field["type"] == "array":
        return f"array of {_type(field['items'])}s"
    kind = {"date-time": "time", "uuid": "UUID"}.get(field.get("format", ""))
    return f"string ({kind})" if kind else str(field["type"])


def _marked(name: str) -> str:
    return rf"(<!-- begin {name} -->\n)(.*?)(\n<!-- end {name} -->)"


def _variable(name: str, field: FieldInfo) -> str:
    return str(field.validation_alias or f"PORTICO_{name.upper()}")


def _default(field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        return str(value.value)
    return "" if value is None else str(value)


if __name__ == "__main__":
    from portico.config.setup import set_up_django
    from portico.miniprograms.packages.schema import manifest_schema

    set_up_django()
    MANIFEST_SCHEMA.write_text(manifest_schema(), encoding="utf-8")
    guide = CHECKS.read_text(encoding="utf-8")
    CHECKS.write_text(with_part(guide, "check rules", check_rules()), encoding="utf-8")
    guide = WEBHOOKS.read_text(encoding="utf-8")
    WEBHOOKS.write_text(with_part(guide, "webhook events", webhook_events()), encoding="utf-8")
    page = CONFIGURATION.read_text(encoding="utf-8")
    CONFIGURATION.write_text(with_part(page, "settings", settings_table()), encoding="utf-8")
