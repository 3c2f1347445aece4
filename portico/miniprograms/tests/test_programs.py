"""Making, changing, archiving and restoring mini programs."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.audit.services import PLATFORM
from portico.kernel.errors import InvalidFields, NotFound
from portico.miniprograms import holds, services
from portico.miniprograms.models import Kind, MiniProgram, ProgramRole
from portico.miniprograms.rules.app_ids import AppIdTaken
from portico.miniprograms.services import Particulars
from portico.outbox.models import Event
from portico.targets.models import ReleaseTarget
from tests.make import AT, LONG_AGO, actor, make_app, make_program, make_version

pytestmark = pytest.mark.django_db
TICKETS = Particulars("Train Tickets", "Buys tickets.", "travel")


def refused(errors: InvalidFields) -> dict[str, str]:
    return {field: error.code for field, error in errors.errors.items()}


def test_who_makes_a_program_becomes_its_admin_and_it_is_recorded_and_announced(
    cast: Cast,
) -> None:
    by = actor(cast.developer)

    made = services.make_program(
        cast.acme,
        " com.example.rail ",
        TICKETS,
        kind="hosted",
        creator=cast.developer,
        by=by,
        at=AT,
    )

    program = MiniProgram.objects.get(id=made.id)
    assert (program.app_id, program.kind, program.name) == (
        "com.example.rail",
        Kind.HOSTED,
        "Train Tickets",
    )
    assert list(program.members.values_list("membership", "role")) == [
        (cast.developer.id, ProgramRole.ADMIN)
    ]
    entry = AuditEntry.objects.get(action="program.made")
    assert (entry.actor_id, entry.subject_label) == (cast.developer.person_id, "Train Tickets")
    event = Event.objects.get(name="miniprogram.created")
    assert event.payload == {
        "app_id": "com.example.rail",
        "name": "Train Tickets",
        "kind": "hosted",
    }


def test_an_app_id_is_used_once_in_a_workspace_also_by_an_archived_program(cast: Cast) -> None:
    make_program(cast.acme, "com.example.rail", archived_at=AT)

    with pytest.raises(InvalidFields) as caught:
        services.make_program(cast.acme, "com.example.rail", TICKETS, by=PLATFORM, at=AT)
    elsewhere = services.make_program(cast.zenith, "com.example.rail", TICKETS, by=PLATFORM, at=AT)

    assert isinstance(caught.value.errors["app_id"], AppIdTaken)
    assert elsewhere.workspace == cast.zenith
    assert not Event.objects.filter(workspace_id=cast.acme.id, name="miniprogram.created").exists()


def test_all_that_is_wrong_with_a_new_program_is_said_at_once(cast: Cast) -> None:
    wanted = Particulars(" ", "x" * 501, "gambling", "f" * 64)

    with pytest.raises(InvalidFields) as caught:
        services.make_program(cast.acme, "Rail", wanted, kind="magic", by=PLATFORM, at=AT)

    assert refused(caught.value) == {
        "app_id": "app_id_not_lower",
        "kind": "unknown_program_kind",
        "name": "program_name_missing",
        "description": "program_description_too_long",
        "category": "unknown_category",
        "icon": "no_such_picture",
    }


def test_a_member_of_another_workspace_is_no_creator(cast: Cast) -> None:
    with pytest.raises(NotFound):
        services.make_program(
            cast.acme, "com.example.rail", TICKETS, creator=cast.outsider, by=PLATFORM, at=AT
        )

    assert not MiniProgram.objects.exists()


def test_a_change_is_recorded_field_by_field(cast: Cast) -> None:
    program = make_program(cast.acme, "com.example.rail", name="Rail", changed_at=LONG_AGO)

    changed = services.change_program(program, TICKETS, revision=1, by=actor(cast.admin), at=AT)

    assert (changed.name, changed.category, changed.revision, changed.changed_at) == (
        "Train Tickets",
        "travel",
        2,
        AT,
    )
    assert AuditEntry.objects.get(action="program.changed").changes == [
        {"field": "name", "before": "Rail", "after": "Train Tickets"},
        {"field": "description", "before": "", "after": "Buys tickets."},
        {"field": "category", "before": "", "after": "travel"},
    ]


def test_a_change_to_what_somebody_else_changed_meanwhile_is_refused(cast: Cast) -> None:
    program = make_program(cast.acme)
    services.change_program(program, TICKETS, revision=1, by=PLATFORM, at=AT)

    with pytest.raises(services.ProgramChanged):
        services.change_program(program, Particulars("Mine"), revision=1, by=PLATFORM, at=AT)

    assert MiniProgram.objects.get(id=program.id).name == "Train Tickets"


def test_a_change_of_nothing_is_written_nowhere(cast: Cast) -> None:
    program = make_program(cast.acme, name="Rail")

    unchanged = services.change_program(
        program, Particulars(" Rail "), revision=1, by=PLATFORM, at=AT
    )

    assert unchanged.revision == 1
    assert not AuditEntry.objects.filter(action="program.changed").exists()


def test_an_archived_program_keeps_its_app_id_and_comes_back_as_it_was(cast: Cast) -> None:
    program = make_program(cast.acme, admin=cast.developer)

    archived = services.archive_program(program, by=actor(cast.developer), at=AT)
    with pytest.raises(services.ProgramArchived) as caught:
        services.change_program(program, TICKETS, revision=2, by=PLATFORM, at=AT)
    with pytest.raises(services.AlreadyArchived):
        services.archive_program(program, by=PLATFORM, at=AT)
    restored = services.restore_program(program, by=PLATFORM, at=AT)
    with pytest.raises(services.NotArchived):
        services.restore_program(program, by=PLATFORM, at=AT)

    assert archived.archived_at == AT
    assert "Restore it first" in str(caught.value)
    assert restored.archived_at is None
    assert restored.members.count() == 1
    actions = ["program.archived", "program.restored"]
    assert (
        list(
            AuditEntry.objects.filter(action__in=actions)
            .order_by("id")
            .values_list("action", flat=True)
        )
        == actions
    )
    assert Event.objects.filter(name="miniprogram.archived").count() == 1


def test_a_program_that_people_get_is_not_archived(cast: Cast) -> None:
    program = make_program(cast.acme)
    target = ReleaseTarget.objects.get(app=make_app(cast.acme, "pay"), environment="production")
    services.put_live(program, target, make_version(program), at=AT)

    with pytest.raises(services.StillLive) as caught:
        services.archive_program(program, by=PLATFORM, at=AT)
    services.put_live(program, target, None, at=AT)
    archived = services.archive_program(program, by=PLATFORM, at=AT)

    assert "Pay, Production" in str(caught.value)
    assert archived.is_archived


def test_a_program_with_something_under_way_is_not_archived(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = make_program(cast.acme)
    asked: list[Any] = []

    def in_review(held: MiniProgram) -> list[str]:
        asked.append(held.id)
        return ["Version 1.0 is in review"]

    monkeypatch.setattr(holds, "_holds", [in_review])

    with pytest.raises(services.StillUnderWay) as caught:
        services.archive_program(program, by=PLATFORM, at=AT)

    assert asked == [program.id]
    assert "Version 1.0 is in review" in str(caught.value)
    assert not MiniProgram.objects.get(id=program.id).is_archived
