"""Errors of the API as problem details (RFC 9457), with codes that clients can branch on."""

from __future__ import annotations

import functools
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
)
from django.utils.translation import get_language
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from pydantic import BaseModel
from pydantic_core import to_json

from portico.basic_settings.api_etags import NeedsIfMatch
from portico.basic_settings.payloads import errors_by_field
from portico.config.errors import status_of
from portico.files.api import UploadTooLarge
from portico.kernel.errors import DomainError, InvalidFields, NotFound, Stale, gettext_noop
from portico.miniprograms.packages import PackageRefused
from portico.miniprograms.uploading.rules import NeitherZipNorJson, PackageTooLarge
from portico.releases.errors import HappenedMeanwhile
from portico.ui.texts import say, tell
from portico.workspaces.api_door import NotSignedIn
from portico.workspaces.gates import GateClosed

MEDIA_TYPE = "application/problem+json"


class UnreadableRequest(DomainError):
    """The body is not what its content type says, or there is none (400)."""

    code = "bad_request"
    sentence = gettext_noop(
        "The request cannot be read. Its body must be JSON, or multipart/form-data for a file."
    )


class UnsupportedMediaType(DomainError):
    """A body that does not claim to be JSON (415): a form of another site can send no other."""

    code = "unsupported_media_type"
    sentence = gettext_noop("Send the body as JSON, with “Content-Type: application/json”.")


class RequestTooLarge(DomainError):
    """A body that is too large and not a file (413)."""

    code = "request_too_large"
    sentence = gettext_noop("The request is larger than %(limit)s KiB, the most that is taken.")


class MethodNotAllowed(DomainError):
    """Nothing here does that (405)."""

    code = "method_not_allowed"
    sentence = gettext_noop("This address takes %(methods)s only.")


class ServerError(DomainError):
    """We failed (500)."""

    code = "server_error"
    sentence = gettext_noop(
        "This is our fault, not yours, and it has been written down. Please try again."
    )


class Unavailable(DomainError):
    """The database cannot be reached (503)."""

    code = "unavailable"
    sentence = gettext_noop(
        "The database cannot be reached right now. Nothing was changed. Please try again in a "
        "few seconds."
    )


# Where the API's status differs from that of a page.
API_STATUS: tuple[tuple[type[DomainError], HTTPStatus], ...] = (
    (NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (NeedsIfMatch, HTTPStatus.PRECONDITION_REQUIRED),
    (UploadTooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (PackageTooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (RequestTooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (UnsupportedMediaType, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (NeitherZipNorJson, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (MethodNotAllowed, HTTPStatus.METHOD_NOT_ALLOWED),
    (ServerError, HTTPStatus.INTERNAL_SERVER_ERROR),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (Stale, HTTPStatus.PRECONDITION_FAILED),
)

# The answer to everything that goes wrong, in the OpenAPI document.
PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong (RFC 9457). Branch on `code`: it never changes; `detail` is "
    "for people, in their language.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "Each wrong field; the field `` is the request as a whole.",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


PROBLEM_REFERENCE = {"$ref": "#/components/responses/Problem"}


class JsonParser(Parser):
    """Reads a body that says that it is JSON, and no other."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body; raises `UnsupportedMediaType`, and `ValueError` for what is no JSON."""
        if request.content_type != "application/json":
            raise UnsupportedMediaType
        return super().parse_body(request)


class PorticoApi(NinjaAPI):
    """django-ninja, with our errors."""

    def __init__(self, **options: Any) -> None:
        super().__init__(parser=JsonParser(), **options)
        self._documents: dict[tuple[str | None, str], OpenAPISchema] = {}

    def set_default_exception_handlers(self) -> None:
        """Answer every error as a problem."""
        super().set_default_exception_handlers()
        self.add_exception_handler(DomainError, _domain_error)
        self.add_exception_handler(Http404, lambda _request, _error: problem_of(NotFound()))
        self.add_exception_handler(HttpError, _http_error)

    def validation_error_from_error_contexts(self, error_contexts: list[Any]) -> Any:
        """What pydantic refused, as ours: an error per field of the body or the query."""
        errors = [
            {**error, "loc": _field_at(error, context.model)}
            for context in error_contexts
            for error in context.pydantic_validation_error.errors(include_url=False)
        ]
        return InvalidFields(errors_by_field(errors))

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The document, with the problem that each operation may answer. It takes long to make, and
        everybody may ask for it: each language's is made once a process."""
        key = (path_prefix, get_language() or "")
        if key not in self._documents:
            self._documents[key] = self._made_document(path_prefix, path_params)
        return self._documents[key]

    def _made_document(
        self, path_prefix: str | None, path_params: dict[str, Any] | None
    ) -> OpenAPISchema:
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        components = document["components"]
        components["schemas"]["Problem"] = PROBLEM
        components["responses"] = {
            "Problem": {
                "description": "What went wrong.",
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
        }
        for operations in document["paths"].values():
            for method, operation in operations.items():
                answers = {str(status): one for status, one in operation["responses"].items()}
                for status in refusals_of(method, operation):
                    answers.setdefault(str(status.value), dict(PROBLEM_REFERENCE))
                operation["responses"] = answers
        return document


def refusals_of(method: str, operation: dict[str, Any]) -> list[HTTPStatus]:
    """What can go wrong with an operation, by what it takes and needs. An operation that answers
    something else as well says so in its `openapi_extra`."""
    found = [HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY]
    if operation.get("security"):
        found += [HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS]
    if operation.get("requestBody"):
        found += [HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE]
    if method.upper() != "GET":
        found.append(HTTPStatus.CONFLICT)
    if any(one["name"] == "If-Match" for one in operation.get("parameters", ())):
        found += [HTTPStatus.PRECONDITION_FAILED, HTTPStatus.PRECONDITION_REQUIRED]
    return sorted([*found, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE])


def _field_at(error: dict[str, Any], parameters: type[BaseModel]) -> tuple[int | str, ...]:
    """Where clients find what is wrong: they do not know parameters that take a whole model, nor
    the kind that a body was taken for; where it is of no kind, what should say so is wrong."""
    place: tuple[int | str, ...] = error["loc"]
    annotation = parameters.model_fields[str(place[0])].annotation
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return place
    root = annotation.model_fields.get("root")
    if root is None or not isinstance(root.discriminator, str):
        return place[1:]
    return (root.discriminator,) if error["type"].startswith("union_tag") else place[2:]


def problem_of(error: DomainError) -> HttpResponse:
    """An error of ours as an answer of the API."""
    status = next(
        (status for kind, status in API_STATUS if isinstance(error, kind)), status_of(error)
    )
    more: dict[str, Any] = {}
    if isinstance(error, GateClosed | HappenedMeanwhile):
        more.update(error.details)
    if isinstance(error, InvalidFields):
        more["errors"] = [
            {"field": field, "code": one.code, "detail": say(one)}
            for field, one in error.errors.items()
        ]
    if isinstance(error, PackageRefused):
        more["errors"] = [
            {"field": one.entry, "code": one.rule, "detail": tell(one.sentence)}
            for one in error.problems
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
    return HttpResponse(to_json(body), status=status.value, content_type=MEDIA_TYPE)


def with_problems(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view, its refusal of a method a problem too: django-ninja's own is plain text."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        methods = ", ".join(sorted(response.headers["Allow"].split(", ")))
        refusal = problem_of(MethodNotAllowed(methods=methods))
        refusal.headers["Allow"] = methods
        return refusal

    return answer


def answering_problems(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A plain view whose refusals are problems, as they are in the API."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except DomainError as error:
            return problem_of(error)

    return with_problems(answer)


def _domain_error(_request: HttpRequest, error: Any) -> HttpResponse:
    return problem_of(error)


def _http_error(_request: HttpRequest, error: Any) -> HttpResponse:
    if isinstance(error.__cause__, DomainError):  # what our parser says, wrapped by django-ninja
        return problem_of(error.__cause__)
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.BAD_REQUEST:
        return problem_of(UnreadableRequest())
    return problem(status, code=status.phrase.lower().replace(" ", "_"), detail=str(error))
