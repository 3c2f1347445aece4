from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from io import StringIO

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.audit.services import Change
from portico.console.export import COLUMNS
from portico.console.tests.make import make_entry, wear_in
from portico.kernel.spreadsheets import guarded
from tests.make import actor

Browse = Callable[..., Client]
CSV = "/console/audit.csv"


def text(response: object) -> str:
    assert isinstance(response, StreamingHttpResponse)
    return response.getvalue().decode()


def lines(response: object) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text(response), newline="")))


def test_the_export_holds_every_entry_with_its_time_in_utc(cast: Cast, browse: Browse) -> None:
    east = timezone(timedelta(hours=8))
    make_entry(
        cast.acme,
        by=actor(cast.admin),
        at=datetime(2027, 3, 10, 1, 0, tzinfo=east),
        changes=(Change(field="text", before="old", after="new"),),
    )

    response = browse(cast.acme, cast.admin).get(CSV)
    found = lines(response)

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="audit-acme-')
    assert found[0]["time"] == "2027-03-09T17:00:00+00:00"
    assert found[0]["email"] == "admin@acme.example.com"
    assert found[0]["changes"] == "text: old → new"
    assert len(found) == AuditEntry.objects.filter(workspace_id=cast.acme.id).count() - 1


def test_the_export_obeys_the_filters(cast: Cast, browse: Browse) -> None:
    make_entry(cast.acme, "settings.reset", label="Kept")
    make_entry(cast.acme, "settings.save", label="Left out")

    found = lines(browse(cast.acme, cast.admin).get(CSV, {"action": "settings.reset"}))

    assert [line["subject"] for line in found] == ["Kept"]


def test_the_export_holds_nothing_of_another_workspace(cast: Cast, browse: Browse) -> None:
    make_entry(cast.zenith, label="Secret of Zenith", by=actor(cast.outsider))

    found = text(browse(cast.acme, cast.admin).get(CSV))

    assert "Zenith" not in found


def test_an_export_is_an_entry_itself(cast: Cast, browse: Browse) -> None:
    browse(cast.acme, cast.admin).get(CSV, {"via": "api"})

    entry = AuditEntry.objects.filter(workspace_id=cast.acme.id).first()

    assert entry is not None
    assert entry.action == "audit.exported"
    assert entry.actor_id == cast.admin.person_id
    assert entry.subject_label == "via: api"


def test_filters_that_cannot_be_read_export_nothing(cast: Cast, browse: Browse) -> None:
    before = AuditEntry.objects.count()

    response = browse(cast.acme, cast.admin).get(CSV, {"since": "yesterday"})

    assert response.status_code == 422
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_no_cell_is_a_formula(cast: Cast, browse: Browse, start: str) -> None:
    evil = f"{start}HYPERLINK(1)"
    make_entry(
        cast.acme,
        label=evil,
        reason=evil,
        changes=(Change(field=evil, before=evil, after=evil),),
    )

    found = lines(browse(cast.acme, cast.admin).get(CSV))[0]

    assert found["subject"] == f"'{evil}"
    assert found["reason"] == f"'{evil}"
    assert found["changes"].startswith(f"'{evil}: ")


@pytest.mark.parametrize("cell", ["", "Acme", "a=b", "'=1", "1-2", "© 2026"])
def test_a_plain_cell_stays_as_it_is(cell: str) -> None:
    assert guarded(cell) == cell


def test_quotes_commas_and_lines_stay_inside_their_cell(cast: Cast, browse: Browse) -> None:
    label = 'He said "no", then\r\nleft'
    make_entry(cast.acme, label=label)

    response = browse(cast.acme, cast.admin).get(CSV)
    found = list(csv.reader(StringIO(text(response), newline="")))

    assert found[0] == list(COLUMNS)
    assert found[1][COLUMNS.index("subject")] == label
    assert {len(line) for line in found} == {len(COLUMNS)}


def test_an_export_costs_the_same_however_much_happened(
    cast: Cast, browse: Browse, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    admin = browse(cast.acme, cast.admin)
    wear_in(admin)
    for _number in range(60):
        make_entry(cast.acme, by=actor(cast.admin))

    with django_assert_num_queries(11):
        response = admin.get(CSV)
        found = lines(response)

    assert len(found) > 60
