"""Errors of the API as problem details (RFC 9457), with codes that clients can branch on."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError
from pydantic_core import to_json

from portico.basic_settings.api_etags import NeedsIfMatch
from portico.basic_settings.payloads import errors_by_field
from portico.config.errors import status_of
from portico.files.api import UploadTooLarge
from portico.kernel.errors import DomainError, InvalidFields, NotFound, Stale
from portico.ui.texts import say
from portico.workspaces.api_door import NotSignedIn

# Where the API's status differs from that of a page.
API_STATUS: tuple[tuple[type[DomainError], HTTPStatus], ...] = (
    (NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (NeedsIfMatch, HTTPStatus.PRECONDITION_REQUIRED),
    (UploadTooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (Stale, HTTPStatus.PRECONDITION_FAILED),
)


class PorticoApi(NinjaAPI):
    """django-ninja, with our errors."""

    def set_default_exception_handlers(self) -> None:
        """Answer every error as a problem."""
        super().set_default_exception_handlers()
        self.add_exception_handler(DomainError, _domain_error)
        self.add_exception_handler(Http404, lambda _request, _error: problem_of(NotFound()))
        self.add_exception_handler(HttpError, _http_error)

    def validation_error_from_error_contexts(self, error_contexts: list[Any]) -> Any:
        """What pydantic refused, as ours: an error per field of the body or the query."""
        errors = [
            error
            for context in error_contexts
            for error in context.pydantic_validation_error.errors(include_url=False)
        ]
        for error in errors:
            error["loc"] = error["loc"][1:]  # the parameter's name; clients know fields alone
        return InvalidFields(errors_by_field(errors))


def problem_of(error: DomainError) -> HttpResponse:
    """An error of ours as an answer of the API."""
    status = next(
        (status for kind, status in API_STATUS if isinstance(error, kind)), status_of(error)
    )
    more: dict[str, Any] = {}
    if isinstance(error, InvalidFields):
        more["errors"] = [
            {"field": field, "code": one.code, "detail": say(one)}
            for field, one in error.errors.items()
        ]
    response = problem(status, code=error.code, detail=say(error), **more)
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Portico"'
    return response


def problem(status: HTTPStatus, *, code: str, detail: str, **more: Any) -> HttpResponse:
    """A problem+json answer."""
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "code": code,
        "detail": detail,
        **more,
    }
    return HttpResponse(to_json(body), status=status.value, content_type="application/problem+json")


def _domain_error(_request: HttpRequest, error: Any) -> HttpResponse:
    return problem_of(error)


def _http_error(_request: HttpRequest, error: Any) -> HttpResponse:
    status = HTTPStatus(error.status_code)
    return problem(status, code=status.phrase.lower().replace(" ", "_"), detail=str(error))
