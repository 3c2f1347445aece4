"""The members as a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC
from io import StringIO

from django.db.models import QuerySet

from portico.kernel.spreadsheets import guarded
from portico.members.queries import has_two_factor, state_of
from portico.workspaces.models import Membership

COLUMNS = ("name", "email", "role", "state", "address_verified", "two_factor", "member_since", "id")
AT_A_TIME = 2000
CHUNK = 64 * 1024


def csv_of(members: QuerySet[Membership]) -> Iterator[str]:
    """The CSV in pieces. Times are ISO 8601 in UTC, words as in the API."""
    written = StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for member in members.iterator(chunk_size=AT_A_TIME):
        writer.writerow([guarded(cell) for cell in _cells(member)])
        if written.tell() >= CHUNK:
            yield written.getvalue()
            written.seek(0)
            written.truncate()
    yield written.getvalue()


def _cells(member: Membership) -> tuple[str, ...]:
    person = member.person
    return (
        person.name,
        person.email,
        str(member.role),
        state_of(member).value,
        "yes" if person.verified_at else "no",
        "yes" if has_two_factor(member) else "no",
        member.created_at.astimezone(UTC).isoformat(),
        str(member.id),
    )
