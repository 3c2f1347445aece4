"""Every verb of webhooks, so that tests can hold all of them to the same."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from portico.audit.services import Actor
from portico.webhooks import services
from portico.webhooks.services import Held, Wanted
from portico.webhooks.tests.conftest import URL
from portico.workspaces.models import Workspace
from tests.make import AT

WANTED = Wanted(URL, ("settings.changed",), "Ledger")
Verb = Callable[[Workspace, UUID, UUID, Actor], object]

VERBS: dict[str, Verb] = {
    "change": lambda workspace, endpoint, _delivery, by: services.change_endpoint(
        workspace, endpoint, WANTED, based_on=1, by=by, at=AT
    ),
    "disable": lambda workspace, endpoint, _delivery, by: services.disable_endpoint(
        workspace, endpoint, by=by, at=AT
    ),
    "enable": lambda workspace, endpoint, _delivery, by: services.enable_endpoint(
        workspace, endpoint, held=Held.SEND, by=by, at=AT
    ),
    "remove": lambda workspace, endpoint, _delivery, by: services.remove_endpoint(
        workspace, endpoint, by=by, at=AT
    ),
    "rotate": lambda workspace, endpoint, _delivery, by: services.rotate_secret(
        workspace, endpoint, overlap=24, by=by, at=AT
    ),
    "test": lambda workspace, endpoint, _delivery, by: services.send_test(
        workspace, endpoint, by=by, at=AT
    ),
    "redeliver": lambda workspace, endpoint, delivery, by: services.redeliver(
        workspace, endpoint, delivery, by=by, at=AT
    ),
}
