"""From what went wrong to an answer: one table for pages and API alike."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.files.unavailable import FilesUnavailable
from portico.kernel.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    Stale,
    TooOften,
)
from portico.ui.frame import Link
from portico.ui.texts import say

# The first class that an error is an instance of decides. Pages answer a stale write with 409;
# the API, which has `If-Match`, with 412.
STATUS: tuple[tuple[type[DomainError], HTTPStatus], ...] = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (Stale, HTTPStatus.CONFLICT),
    (Conflict, HTTPStatus.CONFLICT),
    (TooOften, HTTPStatus.TOO_MANY_REQUESTS),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (FilesUnavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (DomainError, HTTPStatus.BAD_REQUEST),
)


NOT_UNDERSTOOD = gettext_lazy("This request cannot be understood")
TITLES = {
    HTTPStatus.BAD_REQUEST: NOT_UNDERSTOOD,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: NOT_UNDERSTOOD,
    HTTPStatus.NOT_FOUND: gettext_lazy("There is nothing here"),
    HTTPStatus.FORBIDDEN: gettext_lazy("You may not open this"),
    HTTPStatus.METHOD_NOT_ALLOWED: gettext_lazy("This is no page of its own"),
    HTTPStatus.CONFLICT: gettext_lazy("That does not fit any more"),
    HTTPStatus.UNPROCESSABLE_ENTITY: gettext_lazy("This cannot be used"),
    HTTPStatus.TOO_MANY_REQUESTS: gettext_lazy("That was too often"),
}


def status_of(error: DomainError) -> HTTPStatus:
    """The HTTP status that fits an error."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


class ErrorMiddleware:
    """Answer a view's `DomainError`, and a wrong method, with a page in the workspace's brand."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand the request on; put a page where Django answers a wrong method with an empty one."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            page = error_page(
                request,
                HTTPStatus.METHOD_NOT_ALLOWED,
                _("It only takes what a form or a button of another page sends."),
            )
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Answer what is ours; leave the rest to Django."""
        if not isinstance(error, DomainError):
            return None
        if isinstance(error, FilesUnavailable):
            return _without_files(error)
        return error_page(request, status_of(error), say(error))


def _without_files(error: FilesUnavailable) -> HttpResponse:
    """A plain page: the brand's pictures may be what cannot be had."""
    context = {"status": 503, "title": _("Back in a moment"), "sentence": say(error)}
    page = render_to_string("ui/plain_error.html", context)
    return HttpResponse(page, status=503, headers={"Retry-After": "5"})


def error_page(request: HttpRequest, status: HTTPStatus, sentence: str) -> HttpResponse:
    """An error page in the workspace's brand, with somewhere to go from there."""
    links = [Link(title=_("Go to the home page"), url="/")]
    if request.user.is_authenticated and getattr(request, "member", None):
        links.insert(0, Link(title=_("Go to the dashboard"), url="/console/"))
    context = {
        "status": status.value,
        "title": TITLES.get(status, _("Something went wrong")),
        "sentence": sentence,
        "links": links,
    }
    return render(request, "ui/error.html", context, status=status.value)
