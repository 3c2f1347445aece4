"""The table: the rows of all features. A new feature is named here; see `tests/access/features`."""

from __future__ import annotations

from tests.access.features import (
    account,
    approvals,
    apps,
    console,
    delivery,
    legal,
    mail,
    members,
    portal,
    programs,
    release_pages,
    releases,
    reviewers,
    settings,
    sign_in,
    test_groups,
    webhooks,
)
from tests.access.rows import Operation, Page

PAGES: dict[str, Page] = {
    **portal.PAGES,
    **legal.PAGES,
    **sign_in.PAGES,
    **console.PAGES,
    **mail.PAGES,
    **webhooks.PAGES,
    **apps.PAGES,
    **programs.PAGES,
    **release_pages.PAGES,
    **reviewers.PAGES,
    **members.PAGES,
    **settings.PAGES,
    **account.PAGES,
    **approvals.PAGES,
    **test_groups.PAGES,
    **delivery.PAGES,
}
OPERATIONS: dict[str, Operation] = {
    **programs.OPERATIONS,
    **releases.OPERATIONS,
    **reviewers.OPERATIONS,
    **apps.OPERATIONS,
    **settings.OPERATIONS,
    **console.OPERATIONS,
    **mail.OPERATIONS,
    **members.OPERATIONS,
    **webhooks.OPERATIONS,
    **legal.OPERATIONS,
    **account.OPERATIONS,
    **approvals.OPERATIONS,
    **test_groups.OPERATIONS,
    **delivery.OPERATIONS,
}
