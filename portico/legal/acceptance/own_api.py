"""One's own acceptance over HTTP: what was accepted, and that a person has to do it."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from ninja import Schema

from portico.kernel.access import requires, ungated
from portico.kernel.clock import now
from portico.kernel.errors import Forbidden, gettext_noop
from portico.kernel.permissions import Permission
from portico.legal.acceptance.gate import document_answer
from portico.legal.acceptance.rules import Published
from portico.legal.acceptance.standing import standing_of
from portico.legal.models import LegalAnswer, LegalKind
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.hosts import address_of
from portico.workspaces.http import TokenRequest


class NeedsAPerson(Forbidden):
    code = "acceptance_needs_a_person"
    sentence = gettext_noop(
        "A token cannot accept: a person has to read the documents. Its holder does it in a "
        "browser, at %(address)s."
    )


class DocumentAsked(Schema):
    """A version that its reader is asked to accept."""

    kind: LegalKind
    version: int
    effective_at: datetime
    url: str


class AcceptedAnswer(Schema):
    """A version that was accepted or declined, in which language, and the hash of its PDF."""

    kind: LegalKind
    version: int
    accepted: bool
    at: datetime
    language: str
    sha256: str


class AcceptancesAnswer(Schema):
    """Where the holder of the token stands. `asked` closes the API until a person accepts at
    `accept_at`; `coming` will, at its `effective_at`."""

    asked: list[DocumentAsked]
    coming: list[DocumentAsked]
    answered: list[AcceptedAnswer]
    exempt: bool
    accept_at: str


router = ApiRouter(tags=["Account"])
OPEN = ungated("It says what has to be accepted, and where.")


@router.get(
    "/account/acceptances",
    response=AcceptancesAnswer,
    operation_id="list_acceptances",
    summary="What have I accepted?",
)
@requires(Permission.ACCOUNT)
@OPEN
def list_acceptances(request: TokenRequest) -> AcceptancesAnswer:
    """What the holder of the token has accepted, and what they are asked to."""
    at = now()
    standing = standing_of(request)
    asked = standing.asked(at=at)
    answers = LegalAnswer.objects.filter(membership=request.member).select_related("version")
    return AcceptancesAnswer(
        asked=[_asked(request, version) for version in asked.now],
        coming=[_asked(request, version) for version in asked.soon],
        answered=[_answered(answer) for answer in answers.order_by("at", "id")],
        exempt=standing.is_exempt(at=at),
        accept_at=_accept_at(request),
    )


@router.post("/account/acceptances", operation_id="accept_documents", summary="Accept (refused)")
@requires(Permission.ACCOUNT)
@OPEN
def accept_by_token(request: TokenRequest) -> None:
    """Always 403 `acceptance_needs_a_person`: only a person can accept, in a browser."""
    raise NeedsAPerson(address=_accept_at(request))


def _asked(request: TokenRequest, version: Published) -> DocumentAsked:
    return DocumentAsked.model_validate(document_answer(request.workspace, version))


def _answered(answer: LegalAnswer) -> AcceptedAnswer:
    return AcceptedAnswer(
        kind=LegalKind(answer.version.kind),
        version=answer.version.number,
        accepted=answer.accepted,
        at=answer.at,
        language=answer.language,
        sha256=answer.sha256,
    )


def _accept_at(request: TokenRequest) -> str:
    return address_of(request.workspace, reverse("accept_documents"))
