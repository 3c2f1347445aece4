"""What a person may do. Which role may do what is `portico.workspaces.permissions`."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """One operation, or a family of operations that no role ever holds apart."""

    CONSOLE = "console"
    ACCOUNT = "account"
    SETTINGS_READ = "settings:read"
    SETTINGS_CHANGE = "settings:change"
    AUDIT_READ = "audit:read"
    MAIL_READ = "mail:read"
    MAIL_CHANGE = "mail:change"
    MEMBERS_READ = "members:read"
    MEMBERS_CHANGE = "members:change"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_CHANGE = "webhooks:change"
    APPS_READ = "apps:read"
    APPS_CHANGE = "apps:change"
    # Which mini programs these reach is `portico.miniprograms.access`.
    PROGRAMS_READ = "programs:read"
    PROGRAMS_CREATE = "programs:create"
    PROGRAMS_CHANGE = "programs:change"
    VERSIONS_UPLOAD = "versions:upload"
    CHECKS_CHANGE = "checks:change"
    # Which releases these reach is `portico.releases.access`.
    RELEASES_READ = "releases:read"
    RELEASES_ACT = "releases:act"
    REQUESTS_DECIDE = "requests:decide"
    RELEASES_REMOVE = "releases:remove"
    TEST_GROUPS_CHANGE = "test_groups:change"
    DELIVERY_EXPLAIN = "delivery:explain"
