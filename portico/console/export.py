"""The audit log as a spreadsheet: one line an entry, written as it is read from the database."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC
from io import StringIO
from itertools import islice

from django.db.models import QuerySet

from portico.audit.models import AuditEntry
from portico.console.subjects import labels_of, subject_of
from portico.kernel.spreadsheets import guarded

COLUMNS = (
    "time",
    "person",
    "email",
    "person_id",
    "via",
    "ip",
    "action",
    "subject_kind",
    "subject",
    "subject_id",
    "reason",
    "changes",
    "id",
)
AT_A_TIME = 2000
CHUNK = 64 * 1024


def csv_of(entries: QuerySet[AuditEntry]) -> Iterator[str]:
    """The CSV in pieces. Times are ISO 8601 in UTC, words as in the database.

    It is read after the view has returned, so nothing here depends on a language or time zone.
    """
    written = StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    reading = entries.iterator(chunk_size=AT_A_TIME)
    while some := list(islice(reading, AT_A_TIME)):
        labels = labels_of(some)
        for entry in some:
            writer.writerow([guarded(cell) for cell in _cells(entry, subject_of(entry, labels))])
            if written.tell() >= CHUNK:
                yield written.getvalue()
                written.seek(0)
                written.truncate()
    yield written.getvalue()


def _cells(entry: AuditEntry, subject: str) -> tuple[str, ...]:
    actor = entry.actor
    return (
        entry.at.astimezone(UTC).isoformat(),
        actor.name if actor else "",
        actor.email if actor else "",
        str(entry.actor_id or ""),
        entry.via,
        entry.ip or "",
        entry.action,
        entry.subject_kind,
        subject,
        entry.subject_id,
        entry.reason,
        "\n".join(f"{one['field']}: {one['before']} → {one['after']}" for one in entry.changes),
        str(entry.id),
    )
