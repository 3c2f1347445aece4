"""Picking who is in a pilot: groups and user ids, counted once each."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from portico.audit.services import PLATFORM
from portico.kernel.errors import InvalidFields
from portico.kernel.ids import new_id
from portico.miniprograms.rules.testers import Named
from portico.miniprograms.services import add_testers
from portico.releases.test_groups.access import Keeper
from portico.releases.test_groups.picking import OWN_TESTERS, Testers, TestersForm, chosen, offered
from portico.releases.test_groups.tests.conftest import Stage, make_group
from tests.make import AT, make_program


def pick(stage: Stage, *groups: object, typed: tuple[str, ...] = (), most: int = 100) -> Testers:
    return chosen(
        stage.cast.acme,
        stage.program,
        [str(group) for group in groups],
        typed,
        most=most,
        target=stage.sandbox,
    )


def refused(stage: Stage, *groups: object, **given: Any) -> dict[str, str]:
    with pytest.raises(InvalidFields) as caught:
        pick(stage, *groups, **given)
    return {field: error.code for field, error in caught.value.errors.items()}


def test_groups_of_the_workspace_and_of_the_program_and_typed_ids_make_one_list(
    stage: Stage,
) -> None:
    ours = make_group(stage.of_acme, "Branches", "u-1", "u-2")
    its = make_group(stage.of_program, "Its own", "u-2", "u-3")

    picked = pick(stage, ours.id, its.id, ours.id, typed=(" u-4", "u-3"))

    assert picked == Testers(("u-1", "u-2", "u-3", "u-4"), ("Branches", "Its own"))


def test_the_programs_testers_on_the_target_can_be_picked_as_a_group(stage: Stage) -> None:
    add_testers(stage.program, stage.sandbox, [(1, Named("u-7"))], by=PLATFORM, at=AT)

    picked = pick(stage, OWN_TESTERS, typed=("u-1",))

    assert picked == Testers(("u-7", "u-1"), (f"Testers on {stage.sandbox}",))


def test_a_group_of_somebody_else_is_unknown_as_is_one_that_is_not_there(stage: Stage) -> None:
    cast = stage.cast
    others = [
        make_group(Keeper(cast.zenith)).id,
        make_group(Keeper(cast.zenith, make_program(cast.zenith))).id,
        make_group(Keeper(cast.acme, make_program(cast.acme))).id,
        new_id(),
        "nonsense",
        "x\x00",
    ]

    assert refused(stage, *others, typed=("u-1",)) == {
        f"groups.{number}": "unknown_test_group" for number in range(1, len(others) + 1)
    }


def test_a_pilot_has_one_tester_at_least_and_as_many_as_the_policy_lets_it(stage: Stage) -> None:
    group = make_group(stage.of_acme, "Both", "u-1", "u-2")

    assert refused(stage) == {"user_ids": "no_testers"}
    assert refused(stage, typed=("u-1", "two words")) == {"user_ids.2": "user_id_refused"}
    assert refused(stage, group.id, typed=("u-3",), most=2) == {
        "user_ids": "too_many_testers_picked"
    }
    assert len(pick(stage, group.id, typed=("u-1",), most=2).user_ids) == 2


def test_groups_are_offered_with_how_many_are_in_them(stage: Stage) -> None:
    make_group(stage.of_acme, "Branches", "u-1", "u-2")
    make_group(stage.of_program, "Its own")
    make_group(Keeper(stage.cast.zenith), "Not ours")

    found = offered(stage.cast.acme, stage.program, stage.sandbox)

    assert [(one.name, one.testers, one.of_program) for one in found] == [
        ("Its own", 1, True),
        ("Branches", 2, False),
    ]


def form_of(
    stage: Stage, sent: str, content: bytes | None = None, *, most: int = 100
) -> TestersForm:
    files = {"file": [SimpleUploadedFile("testers.csv", content)]} if content is not None else {}
    return TestersForm(
        QueryDict(sent),
        MultiValueDict(files),
        workspace=stage.cast.acme,
        program=stage.program,
        target=stage.sandbox,
        most=most,
    )


def test_the_form_puts_groups_text_and_a_file_together(stage: Stage) -> None:
    group = make_group(stage.of_acme, "Branches", "u-1")

    form = form_of(stage, f"groups={group.id}&user_ids=u-2", b"name,user_id\nAda,u-3\n")

    assert form.is_valid(), form.errors
    assert form.testers == Testers(("u-1", "u-2", "u-3"), ("Branches",))


def test_after_an_error_all_of_it_is_in_the_form_and_errors_name_its_lines(stage: Stage) -> None:
    group = make_group(stage.of_acme, "Branches", "u-1")

    form = form_of(
        stage, f"groups={group.id}&user_ids=u-2%0A%0Atwo+words", b"user_id,note\nu-3,Ada\nb c,Bo\n"
    )

    assert not form.is_valid()
    assert form["user_ids"].value() == "u-2\ntwo words\nu-3\nb c"
    assert form["groups"].value() == [str(group.id)]
    assert [str(error).partition(":")[0] for error in form.errors["user_ids"]] == [
        "Line 2",
        "Line 4",
    ]


@pytest.mark.parametrize("content", [b"\xff\xfeu\x00-\x001\x00", b"u-1\x00", b"u" * 600_000])
def test_a_file_that_is_no_list_is_refused_and_what_was_typed_stays(
    stage: Stage, content: bytes
) -> None:
    form = form_of(stage, "user_ids=u-2", content)

    assert not form.is_valid()
    assert list(form.errors) == ["file"]
    assert form["user_ids"].value() == "u-2"


def test_a_group_that_was_removed_meanwhile_is_an_error_beside_the_groups(stage: Stage) -> None:
    make_group(stage.of_acme)

    form = form_of(stage, f"groups={new_id()}&user_ids=u-2")

    assert not form.is_valid()
    assert "is not there any more" in form.errors["groups"][0]
