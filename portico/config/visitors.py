"""The home page for visitors, drawn once for each state of a workspace.

Most requests to a portal are a stranger's first look. Their page is the same for all of them
until somebody saves something, so it is kept, and one query a request asks whether it still
holds: it reads the workspace's revision and the live revisions of its sections. A change is thus
seen by every process at the next request, as everywhere else.

Only the nonce of the content security policy differs from visitor to visitor; it is put in anew.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from portico.kernel.clock import now
from portico.kernel.site import Names, names_of
from portico.workspaces.language import visitor_language

KEPT = 1000

# The closest workspace for a host, as `workspaces.hosts.workspace_at` chooses it, and everything
# that its home page depends on.
STATE = """
SELECT w.id, w.revision, w.default_language, ARRAY(
    SELECT l.revision_id FROM basic_settings_livesetting l
    WHERE l.workspace_id = w.id AND l.revision_id IS NOT NULL ORDER BY l.section)
FROM workspaces_workspace w
WHERE w.slug = %s OR w.slug = %s OR w.canonical_host = %s
ORDER BY w.slug <> %s, w.canonical_host IS DISTINCT FROM %s
LIMIT 1
"""


@dataclass(frozen=True)
class Page:
    """A page as it is sent, in parts between which the nonce goes."""

    parts: tuple[bytes, ...]
    headers: dict[str, str]
    nonce: str

    def answer(self) -> HttpResponse:
        """The page with a nonce of its own."""
        nonce = secrets.token_urlsafe(16)
        response = HttpResponse(nonce.encode().join(self.parts))
        for name, value in self.headers.items():
            response.headers[name] = value.replace(self.nonce, nonce)
        return response


class VisitorPageMiddleware:
    """Answer visitors' home pages from memory while they hold."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.pages: OrderedDict[Hashable, Page] = OrderedDict()
        self.lock = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or hand the request on and keep what comes back."""
        key = _key(request)
        if key is None:
            return self.get_response(request)
        page = self._kept(key)
        if page is not None:
            return page.answer()
        response = self.get_response(request)
        drawn = _page(request, response)
        if drawn is not None:
            self._keep(key, drawn)
        return response

    def _kept(self, key: Hashable) -> Page | None:
        with self.lock:
            page = self.pages.get(key)
            if page is not None:
                self.pages.move_to_end(key)
            return page

    def _keep(self, key: Hashable, page: Page) -> None:
        with self.lock:
            self.pages[key] = page
            while len(self.pages) > KEPT:
                self.pages.popitem(last=False)


def _key(request: HttpRequest) -> Hashable | None:
    """What a visitor's home page depends on; None for any other request.

    The hour is part of it for the year in the copyright notice: wherever a new year begins, it
    does so at a full quarter of an hour.
    """
    if request.method != "GET" or request.path != "/" or request.META["QUERY_STRING"]:
        return None
    cookies = request.COOKIES
    if settings.SESSION_COOKIE_NAME in cookies or "messages" in cookies:
        return None
    try:
        names = names_of(request.get_host(), settings.PORTICO_SITE)
        found = _state(names)
    except (DisallowedHost, DatabaseError):
        return None
    if found is None:
        return None
    state, default_language = found
    at = now()
    return (
        state,
        request.get_host(),
        request.is_secure(),
        visitor_language(request, default_language),
        (at.date(), at.hour, at.minute // 15),
    )


def _state(names: Names) -> tuple[Hashable, str] | None:
    """What the page depends on, and the language that is the workspace's default."""
    slug, host, default = names.slug, names.host, names.default_slug
    with connection.cursor() as cursor:
        cursor.execute(STATE, [slug, default, host, slug, host])
        row: tuple[Any, int, str, list[Any]] | None = cursor.fetchone()
    return None if row is None else ((row[0], row[1], tuple(row[3])), row[2])


def _page(request: HttpRequest, response: HttpResponseBase) -> Page | None:
    """What may be kept of an answer: a whole page that sets no cookie."""
    nonce = str(getattr(request, "_csp_nonce", None) or "")
    if response.status_code != 200 or response.cookies or not isinstance(response, HttpResponse):
        return None
    if not nonce:
        return Page((response.content,), dict(response.headers), "\0")
    parts = tuple(response.content.split(nonce.encode()))
    return Page(parts, dict(response.headers), nonce)
