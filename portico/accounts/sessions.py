"""Where a person is signed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare

from portico.accounts.binding import HOST_KEY, WORKSPACE_KEY
from portico.accounts.models import Person
from portico.kernel.clock import now

SEEN_KEY = "portico-seen"
SEEN_EVERY = timedelta(minutes=5)


def sessions_of(person: Person, *, at: datetime) -> list[tuple[UserSession, str]]:
    """A person's sessions that still count, each with its host; the one seen last comes first.

    Those that are over, or that began with an older password, are left out. Two queries.
    """
    known = list(UserSession.objects.filter(user=person).order_by("-last_seen_at", "-id"))
    stored = {
        session.session_key: session.get_decoded()
        for session in Session.objects.filter(
            session_key__in=[one.session_key for one in known], expire_date__gt=at
        )
    }
    proof = person.get_session_auth_hash()
    return [
        (one, str(stored[one.session_key].get(HOST_KEY, "")))
        for one in known
        if one.session_key in stored
        and constant_time_compare(stored[one.session_key].get(HASH_SESSION_KEY, ""), proof)
    ]


def end_sessions_in(person: Person, workspace_id: UUID) -> int:
    """End all sessions of a person that are bound to this workspace; returns how many."""
    known = UserSession.objects.filter(user=person).values_list("session_key", flat=True)
    keys = [
        session.session_key
        for session in Session.objects.filter(session_key__in=list(known))
        if session.get_decoded().get(WORKSPACE_KEY) == str(workspace_id)
    ]
    UserSession.objects.filter(user=person, session_key__in=keys).delete()
    Session.objects.filter(session_key__in=keys).delete()
    return len(keys)


def end_sessions(person: Person, *, but: str | None = None) -> int:
    """End all sessions of a person, on whatever host, but the one with this key; returns how
    many there were."""
    known = UserSession.objects.filter(user=person).exclude(session_key=but or "")
    keys = list(known.values_list("session_key", flat=True))
    UserSession.objects.filter(user=person, session_key__in=keys).delete()
    Session.objects.filter(session_key__in=keys).delete()
    return len(keys)


class LastSeenMiddleware:
    """Note when a session was last seen, at most every five minutes.

    When that was is kept in the session, which has been read anyway: other requests cost nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, after noting it where it is time to."""
        if request.session.session_key is not None and request.user.is_authenticated:
            _note(request, at=now())
        return self.get_response(request)


def _note(request: HttpRequest, *, at: datetime) -> None:
    seen = request.session.get(SEEN_KEY, 0)
    if at.timestamp() - seen < SEEN_EVERY.total_seconds():
        return
    request.session[SEEN_KEY] = int(at.timestamp())
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=at)
