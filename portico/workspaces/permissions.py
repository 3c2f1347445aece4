"""Which role may do what: the table of PRODUCT section 2."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portico.kernel.permissions import Permission


class Role(models.TextChoices):
    """What a member is in a workspace."""

    ADMIN = "admin", _("Workspace Admin")
    REVIEWER = "reviewer", _("Workspace Reviewer")
    DEVELOPER = "developer", _("Workspace Developer")
    OPERATOR = "operator", _("Workspace Operator")
    INSPECTOR = "inspector", _("Mini Program Inspector")


EVERY_MEMBER = frozenset(
    {
        Permission.CONSOLE,
        Permission.ACCOUNT,
        Permission.PROGRAMS_READ,
        Permission.RELEASES_READ,
        Permission.DELIVERY_EXPLAIN,
    }
)


PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.REVIEWER: EVERY_MEMBER | {Permission.REQUESTS_DECIDE},
    Role.DEVELOPER: EVERY_MEMBER
    | {
        Permission.PROGRAMS_CREATE,
        Permission.PROGRAMS_CHANGE,
        Permission.VERSIONS_UPLOAD,
        Permission.RELEASES_ACT,
        Permission.TEST_GROUPS_CHANGE,
    },
    Role.OPERATOR: EVERY_MEMBER,
    Role.INSPECTOR: EVERY_MEMBER | {Permission.RELEASES_REMOVE},
}
