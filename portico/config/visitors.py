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
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError, close_old_connections, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from portico.config.logging import RequestLog
from portico.config.proxies import settle
from portico.kernel.clock import now
from portico.kernel.site import Names, names_of
from portico.legal.acceptance.rules import COOKIES
from portico.legal.cookies.consent import consent_in_cookies
from portico.legal.cookies.rules import Consent, is_answered
from portico.workspaces.language import accepted_language, visitor_language

KEPT = 1000

# The closest workspace for a host, as `workspaces.hosts.workspace_at` chooses it, and everything
# that its home page depends on: a legal document is part of it from the moment it is in force.
STATE = """
SELECT w.id, w.revision, w.default_language, ARRAY(
    SELECT l.revision_id FROM basic_settings_livesetting l
    WHERE l.workspace_id = w.id AND l.revision_id IS NOT NULL ORDER BY l.section), ARRAY(
    SELECT ARRAY[v.id::text, v.kind, v.number::text, v.material::text]
    FROM legal_legalversion v
    WHERE v.workspace_id = w.id AND v.withdrawn_at IS NULL AND v.effective_at <= %s
    ORDER BY v.kind, v.effective_at, v.number)
FROM workspaces_workspace w
WHERE w.slug = %s OR w.slug = %s OR w.served_host = %s
ORDER BY w.slug <> %s, w.served_host IS DISTINCT FROM %s
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


class KeptPages:
    """The pages of this process by what they depend on; the least used go first."""

    def __init__(self) -> None:
        self.pages: OrderedDict[Hashable, Page] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, key: Hashable) -> Page | None:
        """The page, if it is kept."""
        with self.lock:
            page = self.pages.get(key)
            if page is not None:
                self.pages.move_to_end(key)
            return page

    def keep(self, key: Hashable, page: Page) -> None:
        """Keep the page."""
        with self.lock:
            self.pages[key] = page
            while len(self.pages) > KEPT:
                self.pages.popitem(last=False)

    def clear(self) -> None:
        """Forget all of them."""
        with self.lock:
            self.pages.clear()


PAGES = KeptPages()


class VisitorPageMiddleware:
    """Answer visitors' home pages from memory while they hold, and keep those that are drawn."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or hand the request on and keep what comes back."""
        key = _key_of_request(request)
        if key is None:
            return self.get_response(request)
        page = PAGES.get(key)
        if page is not None:
            return page.answer()
        response = self.get_response(request)
        drawn = _page(request, response)
        if drawn is not None:
            PAGES.keep(key, drawn)
        return response


class VisitorPages:
    """The same in front of Django, for browsers that bring no cookie: most first looks.

    A request to Django costs more than this whole answer. What is not kept goes on to Django,
    whose middleware keeps it; a host that Django would refuse is in no key.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application
        self.log = RequestLog()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or hand the request on."""
        started = time.perf_counter()
        settle(environ, proxies=settings.PORTICO_TRUSTED_PROXIES)
        key = _key_of_environ(environ)
        page = PAGES.get(key) if key is not None else None
        if page is None:
            return self.application(environ, start_response)
        nonce = secrets.token_urlsafe(16)
        body = nonce.encode().join(page.parts)
        headers = [(name, text.replace(page.nonce, nonce)) for name, text in page.headers.items()]
        start_response("200 OK", headers)
        self.log.write("GET", environ["HTTP_HOST"], "/", HTTPStatus.OK, started)
        return [body]


def _key_of_request(request: HttpRequest) -> Hashable | None:
    if request.method != "GET" or request.path != "/" or request.META["QUERY_STRING"]:
        return None
    cookies = request.COOKIES
    if settings.SESSION_COOKIE_NAME in cookies or "messages" in cookies:
        return None
    try:
        host = request.get_host()
    except DisallowedHost:
        return None
    return _key(
        host,
        request.is_secure(),
        lambda default: visitor_language(request, default),
        consent_in_cookies(cookies),
    )


def _key_of_environ(environ: WSGIEnvironment) -> Hashable | None:
    if environ["REQUEST_METHOD"] != "GET" or environ.get("PATH_INFO") != "/":
        return None
    if environ.get("QUERY_STRING") or "HTTP_COOKIE" in environ or "HTTP_HOST" not in environ:
        return None
    # What Django does when it begins with a request: a connection that died is made anew.
    close_old_connections()
    header = environ.get("HTTP_ACCEPT_LANGUAGE", "")
    return _key(
        environ["HTTP_HOST"],
        environ.get("wsgi.url_scheme") == "https",
        lambda default: accepted_language(header) or default,
    )


def _key(
    host: str, secure: bool, language: Callable[[str], str], consent: Consent | None = None
) -> Hashable | None:
    """What a visitor's home page depends on; None where it cannot be known.

    The quarter of an hour is part of it for the year in the copyright notice: wherever a new
    year begins, it does so at a full one. Of the choice about cookies, whether it still counts
    is: that decides over the banner, and what somebody writes into the cookie makes no more keys.
    """
    at = now()
    try:
        state = _state(names_of(host, settings.PORTICO_SITE), at=at)
    except DatabaseError:
        return None
    if state is None:
        return None
    quarter = (at.date(), at.hour, at.minute // 15)
    answered = is_answered(consent, _asking(state.begun))
    return (state, host, secure, language(state.default_language), quarter, answered)


@dataclass(frozen=True)
class State:
    """What a page depends on: the workspace, what is live, and which legal versions have begun,
    each as its id, kind, number and whether it is material, in the order in which they count."""

    workspace: Hashable
    revision: int
    default_language: str
    live: tuple[Hashable, ...]
    begun: tuple[tuple[str, ...], ...]


def _state(names: Names, *, at: datetime) -> State | None:
    slug, host, default = names.slug, names.host, names.default_slug
    with connection.cursor() as cursor:
        cursor.execute(STATE, [at, slug, default, host, slug, host])
        row: tuple[Any, int, str, list[Any], list[list[str]]] | None = cursor.fetchone()
    if row is None:
        return None
    workspace, revision, language, live, begun = row
    return State(workspace, revision, language, tuple(live), tuple(map(tuple, begun)))


def _asking(begun: tuple[tuple[str, ...], ...]) -> int | None:
    """The newest version of the Cookie Notice that asks visitors again, by its number; what
    `portico.legal.acceptance.rules.required` finds."""
    notices = [version for version in begun if version[1] == COOKIES]
    asking = [
        int(number)
        for index, (_id, _kind, number, material) in enumerate(notices)
        if material == "true" or index == 0
    ]
    return asking[-1] if asking else None


def _page(request: HttpRequest, response: HttpResponseBase) -> Page | None:
    """What may be kept of an answer: a whole page that sets no cookie."""
    nonce = str(getattr(request, "_csp_nonce", None) or "")
    if response.status_code != 200 or response.cookies or not isinstance(response, HttpResponse):
        return None
    if not nonce:
        return Page((response.content,), dict(response.headers), "\0")
    parts = tuple(response.content.split(nonce.encode()))
    return Page(parts, dict(response.headers), nonce)
