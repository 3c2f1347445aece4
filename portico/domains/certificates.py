"""Which names may have a certificate, asked by the web server in front before it makes one.

Anybody can connect with any name, and each name that is answered costs a certificate, of which an
authority makes only so many. So the answer is yes for names that lead somewhere, and for no other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.crypto import constant_time_compare

from portico.kernel.site import Site

PATH = "/internal/tls/ask"
# As TLS carries names: ASCII, and at least two labels, of which the last is no number.
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
NAME = re.compile(rf"(?:{LABEL}\.)+(?![0-9]+\Z){LABEL}")
LONGEST = 253
# What `workspaces.hosts.workspace_at` would find. Strangers choose how often this is asked, and
# putting the query together from models takes longer than all the rest of an answer.
BY_SLUG = "SELECT 1 FROM workspaces_workspace WHERE slug = %s"
BY_DOMAIN = "SELECT 1 FROM workspaces_workspace WHERE served_host = %s"


ContentHost = Callable[[str], bool]
_content_hosts: list[ContentHost] = []


def register_content_host(serves: ContentHost) -> None:
    """Have `serves` asked whether something is served at a label below the content domain.

    This feature knows no programs; the one that serves them says which of these hosts there are,
    with one query by an index at most. Where none does, none has a certificate.
    """
    if serves not in _content_hosts:
        _content_hosts.append(serves)


class AskMiddleware:
    """Answer `/internal/tls/ask?domain=&secret=`, on whatever host: who asks is no browser.

    200: a certificate may be made. 404: it may not. 403: the secret is wrong, or none is set; then
    nothing is looked up, and the answer is the same for every name.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the question; hand everything else on."""
        if request.path != PATH:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            answer = _answer(HTTPStatus.METHOD_NOT_ALLOWED)
            answer.headers["Allow"] = "GET, HEAD"
            return answer
        if not is_the_secret(request.GET.get("secret", "")):
            return _answer(HTTPStatus.FORBIDDEN)
        try:
            found = may_have_certificate(request.GET.get("domain", ""), site=settings.PORTICO_SITE)
        except DatabaseError:
            return _answer(HTTPStatus.SERVICE_UNAVAILABLE)
        return _answer(HTTPStatus.OK if found else HTTPStatus.NOT_FOUND)


def is_the_secret(secret: str) -> bool:
    """Whether this is what an operator configured. Where nothing is, nothing is."""
    wanted = settings.PORTICO_DOMAINS.ask_secret
    return bool(wanted) and constant_time_compare(secret, wanted)


def may_have_certificate(domain: str, *, site: Site) -> bool:
    """Whether something is served at this name: one query by an index at most."""
    name = domain.lower().removesuffix(".")
    if name == site.base_domain:
        return True
    if len(name) > LONGEST or not NAME.fullmatch(name):
        return False
    content = settings.PORTICO_DOMAINS.content_domain
    for zone in sorted((site.base_domain, content), key=len, reverse=True):
        if zone and name.endswith(f".{zone}"):
            label = name.removesuffix(f".{zone}")
            if "." in label:
                return False
            if zone == content:
                return any(serves(label) for serves in _content_hosts)
            return _finds(BY_SLUG, label)
    return _finds(BY_DOMAIN, name)


def _finds(query: str, value: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(query, [value])
        return cursor.fetchone() is not None


def _answer(status: HTTPStatus) -> HttpResponse:
    text = f"{status.phrase}\n"
    return HttpResponse(
        text,
        status=status,
        content_type="text/plain",
        headers={"Cache-Control": "no-store", "Content-Length": str(len(text))},
    )
