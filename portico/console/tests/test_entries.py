from __future__ import annotations

import ast
from pathlib import Path

import pytest

import portico
from portico.audit.models import AuditEntry, AuditPerson
from portico.audit.services import Via
from portico.basic_settings.models import Origin
from portico.console.entries import SENTENCES, rows_of
from portico.kernel.ids import new_id
from portico.releases.rules.pipeline import Event

PACKAGE = Path(portico.__file__).parent


def recorded_actions() -> set[str]:
    """Every action that the program's own code records, as far as it is written out."""
    actions = {f"settings.{origin.value}" for origin in Origin}
    actions |= {f"release.{event.value}" for event in Event}
    for path in PACKAGE.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id.lstrip("_").startswith(("record", "write_down"))
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                actions.add(str(node.args[0].value))
    return actions


def test_every_action_that_is_recorded_has_words() -> None:
    actions = recorded_actions()

    assert "token.made" in actions
    assert actions <= set(SENTENCES), "Add a sentence to portico/console/entries.py."


def test_words_are_for_actions_that_are_recorded() -> None:
    assert set(SENTENCES) <= recorded_actions()


@pytest.mark.parametrize(
    ("via", "who"),
    [
        (Via.PLATFORM, "The platform"),
        (Via.COMMAND, "The platform's operator"),
        (Via.PAGE, "Somebody not signed in"),
    ],
)
def test_who_is_nobody_in_particular_is_named_by_the_way(via: Via, who: str) -> None:
    entry = AuditEntry(action="settings.save", via=via)

    assert rows_of([entry])[0].who == who


def test_somebody_without_a_name_is_called_by_address() -> None:
    person = AuditPerson(id=new_id(), email="ada@example.com")
    entry = AuditEntry(action="settings.save", via=Via.PAGE, actor=person)

    assert rows_of([entry])[0].who == "ada@example.com"


def test_a_field_of_a_section_has_the_name_that_its_form_gives_it() -> None:
    entry = AuditEntry(
        action="settings.save",
        via=Via.PAGE,
        subject_id="branding",
        changes=[
            {"field": "brand_color", "before": "", "after": "#336699"},
            {"field": "unknown", "before": "", "after": "x"},
        ],
    )

    changes = rows_of([entry])[0].changes

    assert [change.field for change in changes] == ["Brand color", "unknown"]
