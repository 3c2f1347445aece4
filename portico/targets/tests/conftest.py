"""What the tests of apps and keys share."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.targets.models import App, Environment, ReleaseTarget
from tests.make import make_app


@pytest.fixture
def app(cast: Cast) -> App:
    """An app of acme, called Pay-Android."""
    return make_app(cast.acme, "pay-android")


@pytest.fixture
def production(app: App) -> ReleaseTarget:
    """What its users get."""
    return target(app, Environment.PRODUCTION)


@pytest.fixture
def sandbox(app: App) -> ReleaseTarget:
    """Its builds under test."""
    return target(app, Environment.SANDBOX)


def target(app: App, environment: Environment) -> ReleaseTarget:
    """An app's target of an environment."""
    return app.targets.select_related("app", "workspace").get(environment=environment)


def recorded(action: str) -> list[dict[str, Any]]:
    """The changes of the only entry of this action."""
    (entry,) = AuditEntry.objects.filter(action=action)
    return list(entry.changes)
