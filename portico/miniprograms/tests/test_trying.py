"""Testers of a mini program: each target has a list of its own."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.audit.services import PLATFORM
from portico.kernel.errors import InvalidFields, NotFound
from portico.miniprograms import services
from portico.miniprograms.models import MiniProgram
from portico.miniprograms.queries import page_of_testers, who_tests
from portico.miniprograms.rules.testers import Named, read_testers
from portico.miniprograms.services import testers as testers_module
from portico.targets.models import ReleaseTarget
from tests.make import AT, make_app, make_program

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Stage:
    """A program of acme, and both targets of an app."""

    program: MiniProgram
    production: ReleaseTarget
    sandbox: ReleaseTarget

    def add(self, target: ReleaseTarget, *user_ids: str) -> services.Added:
        named = [(number, Named(one)) for number, one in enumerate(user_ids, start=1)]
        return services.add_testers(self.program, target, named, by=PLATFORM, at=AT)

    def on(self, target: ReleaseTarget, search: str = "") -> list[str]:
        return [one.user_id for one in who_tests(self.program, target, search=search)]


@pytest.fixture
def stage(cast: Cast) -> Stage:
    app = make_app(cast.acme, "pay")
    found = ReleaseTarget.objects.filter(app=app).select_related("app").order_by("environment")
    return Stage(make_program(cast.acme), *found)


def test_many_are_added_at_once_and_who_is_there_stays(stage: Stage) -> None:
    stage.add(stage.sandbox, "u-2")
    named = [(1, Named(" u-1 ", "Ada")), (2, Named("u-2", "Bea")), (3, Named("u-1", "Ada L."))]

    added = services.add_testers(stage.program, stage.sandbox, named, by=PLATFORM, at=AT)

    assert (added.new, added.known, added.noted) == (1, 1, 1)
    found = who_tests(stage.program, stage.sandbox)
    assert [(one.user_id, one.note) for one in found] == [("u-1", "Ada L."), ("u-2", "Bea")]
    assert AuditEntry.objects.filter(action="program.testers_added").count() == 2


def test_nothing_of_the_sandbox_list_reads_or_changes_production(stage: Stage) -> None:
    stage.add(stage.production, "u-1", "u-2")
    (kept, _other) = who_tests(stage.program, stage.production)

    stage.add(stage.sandbox, "u-1", "u-3")
    with pytest.raises(NotFound):  # a tester of Production, through the Sandbox
        services.remove_tester(stage.program, stage.sandbox, kept.id, by=PLATFORM, at=AT)
    in_sandbox = stage.on(stage.sandbox)
    services.remove_all_testers(stage.program, stage.sandbox, by=PLATFORM, at=AT)

    assert in_sandbox == ["u-1", "u-3"]
    assert stage.on(stage.sandbox) == []
    assert stage.on(stage.production) == ["u-1", "u-2"]


def test_one_bad_id_adds_nobody_and_is_named_by_its_line(stage: Stage) -> None:
    named = [(1, Named("u-1")), (4, Named("two words")), (7, Named("x" * 129))]

    with pytest.raises(InvalidFields) as caught:
        services.add_testers(stage.program, stage.sandbox, named, by=PLATFORM, at=AT)

    assert {field: one.code for field, one in caught.value.errors.items()} == {
        "testers.4": "user_id_refused",
        "testers.7": "user_id_refused",
    }
    assert stage.on(stage.sandbox) == []


@pytest.mark.parametrize(("count", "code"), [(0, "no_testers"), (1001, "too_many_testers_at_once")])
def test_one_to_a_thousand_are_added_at_once(stage: Stage, count: int, code: str) -> None:
    with pytest.raises(InvalidFields) as caught:
        stage.add(stage.sandbox, *[f"u-{number}" for number in range(count)])

    assert caught.value.errors["testers"].code == code


def test_a_full_list_takes_no_more(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(testers_module, "MOST", 3)
    stage.add(stage.sandbox, "u-1", "u-2")

    with pytest.raises(services.TooManyTesters):
        stage.add(stage.sandbox, "u-2", "u-3", "u-4")
    added = stage.add(stage.sandbox, "u-2", "u-3")

    assert (added.new, added.known) == (1, 1)


def test_a_tester_is_found_by_a_part_of_the_id_or_the_note_and_removed(stage: Stage) -> None:
    named = [(1, Named("anna-1", "Berlin")), (2, Named("otto-2"))]
    services.add_testers(stage.program, stage.sandbox, named, by=PLATFORM, at=AT)

    assert stage.on(stage.sandbox, "TTO") == ["otto-2"]
    assert stage.on(stage.sandbox, "berl") == ["anna-1"]
    (anna,) = who_tests(stage.program, stage.sandbox, search="anna")
    services.remove_tester(stage.program, stage.sandbox, anna.id, by=PLATFORM, at=AT)

    assert stage.on(stage.sandbox) == ["otto-2"]


def test_pages_of_testers_lead_there_and_back(stage: Stage) -> None:
    stage.add(stage.sandbox, *[f"u-{number}" for number in range(5)])
    found = who_tests(stage.program, stage.sandbox)

    first = page_of_testers(found, size=2)
    second = page_of_testers(found, size=2, after=first.after)
    third = page_of_testers(found, size=2, after=second.after)
    back = page_of_testers(found, size=2, before=third.before)

    assert [one.user_id for one in third.testers] == ["u-4"]
    assert (first.before, third.after) == ("", "")
    assert back == second


@pytest.mark.parametrize(
    ("text", "named", "lines"),
    [
        ("u-1\nu-2", ["u-1 ", "u-2 "], []),
        ("\ufeffuser_id,note\r\nu-1,Ada\r\n\r\n", ["u-1 Ada"], []),
        ('u-1,"Ada, Berlin"', ["u-1 Ada, Berlin"], []),
        ("u-1;Ada\nu-2\tBea", ["u-1 Ada", "u-2 Bea"], []),
        ("u-1,,\n,,", ["u-1 "], []),
        ("u-1,a,b\nu-2", ["u-2 "], [1]),
        ('u-1,"open', [], [1]),
        ("", [], []),
    ],
)
def test_lines_of_text_name_testers(text: str, named: list[str], lines: list[int]) -> None:
    found, bad = read_testers(text)

    assert [f"{one.user_id} {one.note}" for _number, one in found] == named
    assert list(bad) == lines


def test_an_archived_program_has_its_testers_kept(stage: Stage) -> None:
    stage.add(stage.sandbox, "u-1")
    services.archive_program(stage.program, by=PLATFORM, at=AT)

    with pytest.raises(services.ProgramArchived):
        stage.add(stage.sandbox, "u-2")
    with pytest.raises(services.ProgramArchived):
        services.remove_all_testers(stage.program, stage.sandbox, by=PLATFORM, at=AT)

    assert stage.on(stage.sandbox) == ["u-1"]
