"""The hosts of versions, below the content domain: answered before anything of the portal is.

No session is looked for there, no cookie set, no static file or page of the portal served, whatever
path is asked. `portico.portal.programs.serving` answers; here are the two ways to it: in front of
Django, whose handling of a request costs more than a file does, and as a middleware.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.encoding import iri_to_uri

from portico.config.logging import RequestLog
from portico.config.proxies import settle
from portico.kernel.clock import now
from portico.kernel.site import Site, content_label
from portico.portal.programs import policy
from portico.portal.programs.asking import Answer, path_in
from portico.portal.programs.origins import version_in
from portico.portal.programs.serving import answer


class ContentHosts:
    """In front of Django: answer what is asked of a host below the content domain."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application
        self.log = RequestLog()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or hand the request on."""
        label = _label(environ)
        if label is None:
            return self.application(environ, start_response)
        started = time.perf_counter()
        settle(environ, proxies=settings.PORTICO_TRUSTED_PROXIES)
        # What Django does when it begins with a request: a connection that died is made anew.
        close_old_connections()
        path = path_in(environ)
        answered = _answered(label, path, environ)
        start_response(f"{answered.status.value} {answered.status.phrase}", answered.headers)
        _log(self.log, path, environ, answered, started)
        return [answered.body] if answered.pieces is None else answered.pieces


class ContentHostMiddleware:
    """The same within Django, for servers that do not come through `portico.config.wsgi`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.log = RequestLog()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or hand the request on."""
        label = _label(request.META)
        if label is None:
            return self.get_response(request)
        started = time.perf_counter()
        answered = _answered(label, request.path_info, request.META)
        status = answered.status.value
        response: HttpResponse | StreamingHttpResponse
        if answered.pieces is None:
            response = HttpResponse(answered.body, status=status)
        else:
            response = StreamingHttpResponse(answered.pieces, status=status)
        del response.headers["Content-Type"]  # Django's guess
        for name, value in answered.headers:
            response.headers[name] = value
        _log(self.log, request.path_info, request.META, answered, started)
        return response


def _label(environ: Mapping[str, object]) -> str | None:
    site: Site = settings.PORTICO_SITE
    return content_label(str(environ.get("HTTP_HOST", "")), site)


def _answered(label: str, path: str, environ: Mapping[str, object]) -> Answer:
    site: Site = settings.PORTICO_SITE
    is_plain = site.scheme == "https" and environ.get("wsgi.url_scheme") != "https"
    # What stands before the domain came with the request, and need not be a name at all.
    if is_plain and (not label or version_in(label) is not None):
        query = str(environ.get("QUERY_STRING") or "")
        return _to_https(label, path + (f"?{query}" if query else ""), site)
    return answer(label, path, environ, at=now())


def _to_https(label: str, path: str, site: Site) -> Answer:
    """The same address by HTTPS."""
    host = f"{label}.{site.content_domain}" if label else site.content_domain
    address = f"https://{host}{iri_to_uri(path)}"
    headers = [*policy.headers(policy.NOTHING), ("Location", address), ("Content-Length", "0")]
    return Answer(HTTPStatus.MOVED_PERMANENTLY, headers)


def _log(
    log: RequestLog, path: str, environ: Mapping[str, object], answered: Answer, started: float
) -> None:
    method, host = str(environ.get("REQUEST_METHOD")), str(environ.get("HTTP_HOST", ""))
    log.write(method, host, path, answered.status.value, started)
