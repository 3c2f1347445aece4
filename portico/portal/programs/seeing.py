"""Which version is behind a label, and whether whoever asks may see it: one query a request.

Everybody sees what is live on the Production target of the workspace's web app. Anything else is
seen by who may preview it, and only as long as they may: a preview's token names the member, and
the member's rights are read with the version.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from portico.miniprograms.access import Act, may
from portico.miniprograms.models import ProgramRole
from portico.workspaces.permissions import Role

# Asked for each file that is served: putting it together from models takes longer than the answer.
BEHIND = """
SELECT v.workspace_id, v.package, w.slug, w.served_host,
       CASE WHEN pl.id IS NULL THEN coalesce(s.server_domains, '{}') ELSE ARRAY(
           SELECT jsonb_array_elements_text(pl.stable_configuration -> 'server_domains')
       ) END,
       coalesce(s.live_version_id = v.id, false), m.role, pm.role
  FROM miniprograms_version v
  JOIN miniprograms_miniprogram p ON p.id = v.program_id AND p.archived_at IS NULL
  JOIN workspaces_workspace w ON w.id = v.workspace_id
  LEFT JOIN targets_app a
    ON a.workspace_id = v.workspace_id AND a.is_web AND a.archived_at IS NULL
  LEFT JOIN targets_releasetarget t ON t.app_id = a.id AND t.environment = 'production'
  LEFT JOIN miniprograms_programontarget s ON s.program_id = p.id AND s.target_id = t.id
  LEFT JOIN rollout_plan pl
    ON pl.program_id = p.id AND pl.target_id = t.id AND pl.stable_id = v.id
  LEFT JOIN (workspaces_membership m
             JOIN accounts_person pe ON pe.id = m.person_id AND pe.is_active)
    ON m.id = %s AND m.workspace_id = v.workspace_id AND m.blocked_at IS NULL
  LEFT JOIN miniprograms_programmember pm ON pm.program_id = p.id AND pm.membership_id = m.id
 WHERE v.id = %s AND v.package <> ''
"""
EXISTS = "SELECT 1 FROM miniprograms_version WHERE id = %s AND package <> ''"


@dataclass(frozen=True)
class Behind:
    """A version that is served, and what its answers depend on beside its package.

    `server_domains` are those of the web app's Production target: what the release took along for
    what is fully released, and the present set-up for what is only previewed. `may_preview`:
    whether the member who was named may see it before it is live.
    """

    version: UUID
    workspace: UUID
    package: str
    slug: str
    served_host: str
    server_domains: tuple[str, ...]
    is_live: bool
    may_preview: bool


def behind(version: UUID, *, member: UUID | None = None) -> Behind | None:
    """What is behind a version's origin; None where there is no such version with a package, and
    where its program is archived."""
    with connection.cursor() as cursor:
        cursor.execute(BEHIND, [member, version])
        row = cursor.fetchone()
    if row is None:
        return None
    workspace, package, slug, served_host, domains, is_live, role, assigned = row
    return Behind(
        version=version,
        workspace=workspace,
        package=package,
        slug=slug,
        served_host=served_host or "",
        server_domains=tuple(domains),
        is_live=is_live,
        may_preview=_may_preview(role, assigned),
    )


def is_there(version: UUID) -> bool:
    """Whether there is such a version, with an origin of its own."""
    with connection.cursor() as cursor:
        cursor.execute(EXISTS, [version])
        return cursor.fetchone() is not None


def _may_preview(role: str | None, assigned: str | None) -> bool:
    if role is None:
        return False
    return may(Role(role), Act.PREVIEW, ProgramRole(assigned) if assigned else None)
