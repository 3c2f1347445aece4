"""Writes the generated parts of the documentation: `python -m tests.docs`.

A generated part stands between two marks that name it. Tests compare it with the program, so that
neither goes on without the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from portico.config.env import Env

if TYPE_CHECKING:
    from portico.webhooks.event_types import EventType

ROOT = Path(__file__).parents[1]
CONFIGURATION = ROOT / "docs" / "guide" / "configuration.md"
WEBHOOKS = ROOT / "docs" / "guide" / "webhooks.md"
PIPELINE_GUIDE = ROOT / "docs" / "guide" / "pipeline.md"
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

    groups = groupby((*EVENTS, TEST_EVENT), key=lambda event: event.schema)
    return "\n\n".join(_events(list(events)) for _schema, events in groups)


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


def pipeline() -> str:
    """Every row of the pipeline, as a Markdown table."""
    from portico.releases.models import ReleaseStatus
    from portico.releases.rules.pipeline import PIPELINE, Leads, Need, Status, Who
    from portico.releases.words import CALLED

    needs = {
        Need.VERSION_UNUSED: "the version was never released to this target",
        Need.NOTHING_UNDER_WAY_OR_SUPERSEDE: "none other under way there, or *supersede*",
        Need.ENOUGH_APPROVALS: "enough approvals, and clean checks where they block",
        Need.NOT_OWN_REQUEST: "not one's own request, unless the process allows it",
        Need.REASON: "a reason",
        Need.TESTERS: "1 to as many testers as the process allows",
        Need.PILOT_STARTED: "the pilot has begun",
        Need.PILOT_NOT_STARTED: "the pilot has not begun",
        Need.OPEN_WINDOW: "no window is closed, no freeze",
        Need.GREATER_SHARE: "more than now; the largest first share and the soak are kept",
        Need.NOT_PAUSED: "it is not paused",
        Need.PAUSED: "it is paused",
        Need.RAMP_ON: "the ramp is on",
        Need.RAMP_OFF: "the ramp is off",
        Need.NOBODY_ENROLLED_OR_WIDER: "nobody is enrolled yet, or the rules become wider",
        Need.NOTHING_UNDER_WAY: "nothing on its way there",
        Need.ARCHIVED_BY_REPLACEMENT: "it was replaced, not taken away",
    }
    leads = {
        Leads.SAME: "the same",
        Leads.REVIEW_OR_NEXT: "Under Review, or *next*",
        Leads.NEXT: "*next*",
        Leads.AFTER_PILOT: "Grayscale Release at 0 %; in the Sandbox Full Release",
        Leads.FULL_AT_100: "the same; at 100 % Full Release",
        Leads.A_NEW_RELEASE: "a new release, in Full Release",
    }
    rows = ["| from | event | who | needs | to |", "|---|---|---|---|---|"]
    for (status, event), step in PIPELINE.items():
        at = ReleaseStatus(status).label if status else "-"
        who = ", ".join(str(CALLED[one]) for one in Who if one in step.who)
        to = ReleaseStatus(step.to).label if isinstance(step.to, Status) else leads[step.to]
        wanted = "; ".join(needs[one] for one in step.needs)
        rows.append(f"| {at} | `{event}` | {who} | {wanted} | {to} |")
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


def _events(events: Sequence[EventType]) -> str:
    """Events whose data is the same: what each tells, then the fields of all."""
    heads = [f"### {event.title}: `{event.name}`\n\n{event.description}\n\n" for event in events]
    rows = ["| field | type | what it is |", "|---|---|---|"]
    schema = events[0].schema.model_json_schema()
    for name, field in _fields(schema, schema.get("$defs", {})):
        rows.append(f"| `{name}` | {_type(field)} | {field['description']} |")
    return "".join(heads) + "\n".join(rows)


def _fields(
    schema: dict[str, Any], parts: dict[str, Any], within: str = ""
) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, field in schema["properties"].items():
        if "$ref" in field:
            yield from _fields(parts[field["$ref"].rsplit("/")[-1]], parts, f"{within}{name}.")
        else:
            yield within + name, field


def _type(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_type(one) for one in field["anyOf"])
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
    guide = PIPELINE_GUIDE.read_text(encoding="utf-8")
    PIPELINE_GUIDE.write_text(with_part(guide, "pipeline", pipeline()), encoding="utf-8")
    page = CONFIGURATION.read_text(encoding="utf-8")
    CONFIGURATION.write_text(with_part(page, "settings", settings_table()), encoding="utf-8")
