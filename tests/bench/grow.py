"""Make workspaces with domains until there are so many: `python -m tests.bench.grow COUNT`."""

from __future__ import annotations

import sys

from portico.config.commands.with_django import with_django

DOMAIN = "portal%s.tenants.example"


@with_django
def main(count: int) -> None:
    """Fill the table up; only what the portal reads."""
    from django.db import connection

    from portico.workspaces.models import Workspace

    there = Workspace.objects.count()
    Workspace.objects.bulk_create(
        [
            Workspace(
                slug=f"tenant-{number}",
                name=f"T {number}",
                served_host=DOMAIN % number,
                canonical_host=DOMAIN % number,
            )
            for number in range(there, count)
        ],
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE workspaces_workspace")


if __name__ == "__main__":
    main(int(sys.argv[1]))
