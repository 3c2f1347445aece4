"""Who is behind a request."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import HttpRequest

from portico.accounts.models import Person
from portico.audit.services import Actor, Via


class PersonRequest(HttpRequest):
    """A request by somebody who is signed in."""

    user: Person


def actor_of(request: HttpRequest, person: Person | None = None) -> Actor:
    """Who is behind a request, for the audit log: whoever is signed in, or has proved to be.

    API requests bear their person as `user` too.
    """
    person = person or cast("Person | None", getattr(request, "user", None))
    via = Via.API if getattr(request, "token", None) else Via.PAGE
    if person is None or not person.is_authenticated:
        return Actor(via=via, ip=ip_of(request))
    return Actor(
        person_id=person.id, email=person.email, name=person.name, via=via, ip=ip_of(request)
    )


def ip_of(request: HttpRequest) -> str | None:
    """The client's address, counting from the right past the proxies that are trusted."""
    from allauth.account.adapter import get_adapter  # noqa: PLC0415 - needs the app registry

    try:
        return str(get_adapter().get_client_ip(request))
    except Exception:  # noqa: BLE001 - an odd header must not undo what is being recorded
        return None


def workspace_id_of(request: HttpRequest) -> UUID | None:
    """The workspace at whose host a request arrived; None outside of one."""
    workspace = getattr(request, "workspace", None)
    return workspace.id if workspace else None
