"""From what went wrong to an answer: one table for pages and API alike."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.kernel.access import public
from portico.kernel.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    Stale,
)
from portico.ui.frame import Link
from portico.ui.texts import say

logger = logging.getLogger(__name__)

# The first class that an error is an instance of decides. Pages answer a stale write with 409;
# the API, which has `If-Match`, with 412.
STATUS: tuple[tuple[type[DomainError], HTTPStatus], ...] = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (Stale, HTTPStatus.CONFLICT),
    (Conflict, HTTPStatus.CONFLICT),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (DomainError, HTTPStatus.BAD_REQUEST),
)


TITLES = {
    HTTPStatus.NOT_FOUND: gettext_lazy("There is nothing here"),
    HTTPStatus.FORBIDDEN: gettext_lazy("You may not open this"),
    HTTPStatus.CONFLICT: gettext_lazy("That does not fit any more"),
    HTTPStatus.UNPROCESSABLE_ENTITY: gettext_lazy("This cannot be used"),
}


def status_of(error: DomainError) -> HTTPStatus:
    """The HTTP status that fits an error."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


class ErrorMiddleware:
    """Answer a view's `DomainError` with a page in the workspace's brand."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Answer what is ours; leave the rest to Django."""
        if not isinstance(error, DomainError):
            return None
        return error_page(request, status_of(error), say(error))


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


@public("The answer to an address that leads nowhere.")
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Django's handler404."""
    if not hasattr(request, "workspace"):
        return HttpResponse(render_to_string("ui/plain_error.html"), status=404)
    sentence = _("The address may be mistyped, or what was here is gone.")
    return error_page(request, HTTPStatus.NOT_FOUND, sentence)


@public("The answer to a request that was refused.")
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Django's handler403."""
    return error_page(request, HTTPStatus.FORBIDDEN, _("Your role does not allow this."))


@public("The answer to a request that could not be understood.")
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Django's handler400."""
    return HttpResponse(
        render_to_string(
            "ui/plain_error.html",
            {"status": 400, "title": _("This request cannot be understood")},
        ),
        status=400,
    )


@public("The answer when we fail.")
def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: in the brand where that still works, plain where it does not."""
    sentence = _("This is our fault, not yours, and it has been written down. Please try again.")
    try:
        return error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR, sentence)
    except Exception:
        logger.exception("The branded error page failed too")
        context = {"status": 500, "title": _("Something went wrong"), "sentence": sentence}
        return HttpResponse(render_to_string("ui/plain_error.html", context), status=500)


@public("The answer to a form whose page was open for too long, or that is not ours.")
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Django's CSRF_FAILURE_VIEW."""
    sentence = _(
        "The page that this form was on is out of date, or the form came from another site. "
        "Nothing was changed. Please go back, reload the page and try again; your browser must "
        "accept this site's cookies."
    )
    return error_page(request, HTTPStatus.FORBIDDEN, sentence)
