"""The cast of all stories, made once by the services and put into the database row by row since.

Making it takes a hundred queries, and most tests ask for it. So it is made once, in a transaction
that is rolled back; its rows are remembered, and written with one statement whenever a test
wants them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Generic, TypeVar
from uuid import UUID

from django.db import connection, models, transaction

from portico.kernel.ids import new_id

T = TypeVar("T")
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# Filled by migrations, the same in every test; and by a trigger.
NOT_OURS = (
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "procrastinate_events",
)
COLUMNS = """
SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
  FROM information_schema.columns
 WHERE table_schema = 'public' AND is_generated = 'NEVER'
   AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')
 GROUP BY table_name
"""


class Template(Generic[T]):
    """Something that was made once, and can be had again, each time with ids of its own: what a
    process keeps by id must not live from one test into the next."""

    def __init__(self, make: Callable[[], T]) -> None:
        """Make it in the present, still empty database, and leave nothing behind."""
        with transaction.atomic():
            self._made = make()
            self._statement, self._rows = _remembered()
            transaction.set_rollback(True)
        self._ids = sorted({found for rows in self._rows for found in ID.findall(rows)})

    def put(self) -> T:
        """Write its rows, and return it as if it had just been made."""
        fresh = sorted(str(new_id()) for _id in self._ids)  # in the same order as before
        ids = dict(zip(self._ids, fresh, strict=True))
        rows = [ID.sub(lambda found: ids[found[0]], rows) for rows in self._rows]
        with connection.cursor() as cursor:
            cursor.execute(self._statement, rows)
        made = deepcopy(self._made)
        seen = set[int]()
        for thing in vars(made).values():
            _give_ids(thing, ids, seen)
        return made


def _give_ids(thing: models.Model, ids: Mapping[str, str], seen: set[int]) -> None:
    """Put new ids in the place of old ones, in a row and those that it knows."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    for field in thing._meta.concrete_fields:
        new = ids.get(str(thing.__dict__.get(field.attname)))
        if new is not None:
            thing.__dict__[field.attname] = UUID(new)
    for other in thing._state.fields_cache.values():
        if isinstance(other, models.Model):
            _give_ids(other, ids, seen)


def _remembered() -> tuple[str, list[str]]:
    """A statement that writes all rows that there are now, and what it takes."""
    parts, rows = [], []
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, columns in cursor.fetchall():
            if table in NOT_OURS:
                continue
            cursor.execute(f'SELECT json_agg(t)::text FROM "{table}" AS t')
            found = cursor.fetchone()[0]
            if found is None:
                continue
            parts.append(
                f'of_{table} AS (INSERT INTO "{table}" ({columns}) OVERRIDING SYSTEM VALUE '
                f'SELECT {columns} FROM json_populate_recordset(NULL::"{table}", %s::json))'
            )
            rows.append(found)
    return f"WITH {', '.join(parts)} SELECT", rows
