"""Requests that may be sent again: `Idempotency-Key` on operations of the API that make something.

The first request with a key is answered, and its answer is kept with the change itself, in one
transaction. The same request again, with the same key, is given that answer; nothing is made a
second time. A refusal is not kept: what was refused may be sent again.

What is kept is encrypted with the key and the token of the caller, which are not stored. So it may
hold a secret that is shown once, and nobody else reads it.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar, cast

from cryptography.fernet import Fernet
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from ninja.operation import Operation
from ninja.utils import contribute_operation_callback

from portico.kernel.clock import now
from portico.kernel.errors import Invalid, gettext_noop
from portico.workspaces.http import TokenRequest
from portico.workspaces.models import KeptAnswer

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
KEY = re.compile(r"[!-~]{1,255}")
# What an answer says beside its body, as far as it is of use the second time.
HEADERS = ("Content-Type", "ETag", "Location", "Cache-Control")

PARAMETER: Final[dict[str, Any]] = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "Any text of your own for this very request, such as a UUID. Sent again with "
    "the same text within 24 hours, the request is given its first answer and does nothing.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}

View = TypeVar("View", bound=Callable[..., Any])


class UnusableKey(Invalid):
    code = "unusable_idempotency_key"
    sentence = gettext_noop(
        "Idempotency-Key is 1 to 255 visible ASCII characters without spaces, such as a UUID."
    )


class KeyUsedOtherwise(Invalid):
    code = "idempotency_key_reused"
    sentence = gettext_noop(
        "This Idempotency-Key was sent with another request. Use a new key for each new request."
    )


def idempotent(operation: View) -> View:
    """Let an operation of the API take an `Idempotency-Key`: below `@requires`, above the function.

    The operation runs in one transaction then. It must do nothing in the world outside that a
    rollback would not undo.
    """
    contribute_operation_callback(operation, _take_key)
    return operation


def answered_once(
    request: TokenRequest, content: str, answer: Callable[[], HttpResponse]
) -> HttpResponse:
    """For an operation that streams its body: the answer, or the one that was given before.

    Call it inside the operation, in the place of `@idempotent`, once the body is there. `content`
    is its hash. What `answer` does is done in one transaction; what it raises is not kept.
    """
    if HEADER not in request.headers:
        return answer()
    with transaction.atomic():
        claim, is_first = _claim(request, content, at=now())
        if not is_first:
            return _told_again(claim, request)
        response = answer()
        _keep(claim, request, response)
    return response


def forget_answers(*, at: datetime) -> int:
    """Delete the answers that are kept no longer; returns how many."""
    return KeptAnswer.objects.filter(created_at__lt=at - KEPT).delete()[0]


def _take_key(operation: Operation) -> None:
    operation.openapi_extra = {
        **(operation.openapi_extra or {}),
        "parameters": [*(operation.openapi_extra or {}).get("parameters", []), PARAMETER],
    }
    operation.view_func = _once(operation.view_func)
    decorators = [*getattr(operation, "_run_decorators", []), _kept]
    operation.run = _kept(operation.run)  # type: ignore[method-assign]
    operation._run_decorators = decorators  # type: ignore[attr-defined]


def _kept(run: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """All of an operation, from its door to its answer, which is kept in the same transaction."""

    @functools.wraps(run)
    def answer(request: HttpRequest, **parameters: Any) -> HttpResponseBase:
        if HEADER not in request.headers:
            return run(request, **parameters)
        with transaction.atomic():
            response = run(request, **parameters)
            claim = cast("KeptAnswer | None", getattr(request, "portico_claim", None))
            if response.status_code >= 400:
                transaction.set_rollback(True)
            elif claim is not None and isinstance(response, HttpResponse):
                _keep(claim, request, response)
        return response

    return answer


def _once(operation: Callable[..., Any]) -> Callable[..., Any]:
    """The operation, once it is known who calls: done, or answered as it was."""

    @functools.wraps(operation)
    def answer(request: TokenRequest, *args: Any, **kwargs: Any) -> Any:
        if HEADER not in request.headers:
            return operation(request, *args, **kwargs)
        claim, is_first = _claim(request, request.body, at=now())
        if not is_first:
            return _told_again(claim, request)
        request.portico_claim = claim  # type: ignore[attr-defined]
        return operation(request, *args, **kwargs)

    return answer


def _claim(request: TokenRequest, content: bytes | str, *, at: datetime) -> tuple[KeptAnswer, bool]:
    """What is kept for this key, and whether it was made just now.

    Whoever comes second waits here until the first is through.
    """
    key = _key(request)
    wanted = KeptAnswer(
        token=request.token,
        key_digest=hashlib.sha256(key.encode()).hexdigest(),
        request_digest=_digest_of(request, content),
        created_at=at,
    )
    KeptAnswer.objects.filter(
        token=request.token, key_digest=wanted.key_digest, created_at__lt=at - KEPT
    ).delete()
    KeptAnswer.objects.bulk_create([wanted], ignore_conflicts=True)
    found = KeptAnswer.objects.get(token=request.token, key_digest=wanted.key_digest)
    if found.request_digest != wanted.request_digest:
        raise KeyUsedOtherwise
    return found, found.id == wanted.id


def _keep(claim: KeptAnswer, request: HttpRequest, response: HttpResponse) -> None:
    headers = {name: response.headers[name] for name in HEADERS if name in response.headers}
    body = base64.b64encode(response.content).decode()
    text = json.dumps({"headers": headers, "body": body}).encode()
    claim.status, claim.sealed = response.status_code, _cipher(request).encrypt(text)
    claim.save(update_fields=["status", "sealed"])


def _told_again(kept: KeptAnswer, request: HttpRequest) -> HttpResponse:
    found = json.loads(_cipher(request).decrypt(bytes(kept.sealed)))
    response = HttpResponse(base64.b64decode(found["body"]), status=kept.status)
    for name, value in found["headers"].items():
        response.headers[name] = value
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _key(request: HttpRequest) -> str:
    key = request.headers[HEADER].strip()
    if not KEY.fullmatch(key):
        raise UnusableKey
    return key


def _digest_of(request: HttpRequest, content: bytes | str) -> str:
    """Of the request with its body, or with the hash of a body that is not in memory."""
    address = f"{request.method} {request.get_full_path()}\n".encode()
    body = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(address + body).hexdigest()


def _cipher(request: HttpRequest) -> Fernet:
    """Opens what is kept for this caller and key: 256 random bits of the token are in it."""
    token = request.headers["Authorization"].partition(" ")[2].strip()
    known = f"{token}\n{_key(request)}".encode()
    key = hashlib.sha256(b"portico kept answer\n" + known).digest()
    return Fernet(base64.urlsafe_b64encode(key))
