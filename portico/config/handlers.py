"""What Django answers by itself, in the brand on pages and as problem details in the API."""

from __future__ import annotations

import logging
import sys
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from portico.config.errors import error_page
from portico.config.problems import (
    RequestTooLarge,
    ServerError,
    Unavailable,
    UnreadableRequest,
    problem_of,
)
from portico.kernel.access import public
from portico.kernel.errors import NotFound
from portico.ui.texts import say

logger = logging.getLogger(__name__)


@public("The answer to an address that leads nowhere.")
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Django's handler404."""
    if _is_api(request):
        return problem_of(NotFound())
    if not hasattr(request, "workspace"):
        return _plain(HTTPStatus.NOT_FOUND)
    sentence = _("The address may be mistyped, or what was here is gone.")
    return error_page(request, HTTPStatus.NOT_FOUND, sentence)


@public("The answer to a request that was refused.")
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Django's handler403."""
    return error_page(request, HTTPStatus.FORBIDDEN, _("Your role does not allow this."))


@public("The answer to a request that could not be understood.")
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400: also for a body that is too large."""
    too_large = isinstance(exception, RequestDataTooBig)
    limit = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // 1024
    error = RequestTooLarge(limit=limit) if too_large else UnreadableRequest()
    if _is_api(request):
        return problem_of(error)
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if too_large else HTTPStatus.BAD_REQUEST
    if not hasattr(request, "workspace"):
        title = _("This request cannot be understood")
        return _plain(status, title=title, sentence=say(error))
    return error_page(request, status, say(error))


@public("The answer to somebody who asks too often.")
def too_many_requests(request: HttpRequest) -> HttpResponse:
    """django-allauth's handler429."""
    sentence = _("Please wait a few minutes before you try again.")
    return error_page(request, HTTPStatus.TOO_MANY_REQUESTS, sentence)


@public("The answer when we fail.")
def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: in the brand where that still works, plain where it does not."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _unavailable(request)
    if _is_api(request):
        return problem_of(ServerError())
    sentence = _("This is our fault, not yours, and it has been written down. Please try again.")
    try:
        return error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR, sentence)
    except Exception:
        logger.exception("The branded error page failed too")
        title = _("Something went wrong")
        return _plain(HTTPStatus.INTERNAL_SERVER_ERROR, title=title, sentence=sentence)


def _unavailable(request: HttpRequest) -> HttpResponse:
    """The database is gone; it comes back by itself, so say when to try again."""
    error = Unavailable()
    if _is_api(request):
        response = problem_of(error)
    else:
        title = _("Back in a moment")
        response = _plain(HTTPStatus.SERVICE_UNAVAILABLE, title=title, sentence=say(error))
    response.headers["Retry-After"] = "5"
    return response


@public("The answer to a form whose page was open for too long, or that is not ours.")
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Django's CSRF_FAILURE_VIEW."""
    sentence = _(
        "The page that this form was on is out of date, or the form came from another site. "
        "Nothing was changed. Please go back, reload the page and try again; your browser must "
        "accept this site's cookies."
    )
    return error_page(request, HTTPStatus.FORBIDDEN, sentence)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/delivery/"))


def _plain(status: HTTPStatus, **context: object) -> HttpResponse:
    page = render_to_string("ui/plain_error.html", {"status": status.value, **context})
    return HttpResponse(page, status=status.value)
