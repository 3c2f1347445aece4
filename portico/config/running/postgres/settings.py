"""What the embedded PostgreSQL is told: a small, durable server that only this machine reaches."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from portico.config.running.postgres.places import Places

DURABLE = """
fsync = on
synchronous_commit = on
full_page_writes = on
"""
FLEETING = """
fsync = off
synchronous_commit = off
full_page_writes = off
"""


def settings(places: Places, *, durable: bool) -> str:
    """`postgresql.conf`. Written at each start; an operator's own lines go to `local.conf`."""
    return f"""\
# Written by Portico at each start. Put lines of your own into local.conf beside this file.
data_directory = {_quoted(places.data)}
listen_addresses = ''
unix_socket_directories = {_quoted(_listed(places.socket))}
unix_socket_permissions = 0700
cluster_name = {_quoted(places.name)}
max_connections = 200
# Parallel queries would need more shared memory than a container has by default.
max_parallel_workers_per_gather = 0
max_logical_replication_workers = 0
{(DURABLE if durable else FLEETING).strip()}
timezone = 'UTC'
log_timezone = 'UTC'
log_destination = 'stderr'
logging_collector = off
log_line_prefix = ''
log_checkpoints = off
{"include = 'local.conf'" if (places.home / "local.conf").exists() else ""}
"""


def access() -> str:
    """`pg_hba.conf`: through the socket alone, and the kernel says who is there."""
    return "# Written by Portico at each start.\nlocal all all peer map=portico\n"


def people(names: Iterable[str], roles: Iterable[str]) -> str:
    """`pg_ident.conf`: which users of this machine may be which roles of the database."""
    lines = [f'portico "{name}" {role}' for name in sorted(names) for role in roles]
    return "\n".join(["# Written by Portico at each start.", *lines, ""])


def _quoted(text: object) -> str:
    return "'" + str(text).replace("\\", "\\\\").replace("'", "''") + "'"


def _listed(path: Path) -> str:
    return '"' + str(path).replace('"', '""') + '"'
