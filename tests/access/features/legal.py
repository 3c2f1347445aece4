"""Legal documents, accepting them, and cookies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from portico.files.services import store
from portico.kernel.clock import now
from portico.legal.acceptance.exempting import exempt
from portico.legal.acceptance.keys import key_of
from portico.legal.models import CheckedPdf, LegalKind, LegalVersion
from tests.access.features.members import a_colleague
from tests.access.rows import (
    ADMINS,
    ADMINS_CALL,
    ADMINS_DELETE,
    ADMINS_SENT,
    EVERYBODY,
    MEMBERS,
    MEMBERS_CALL,
    MEMBERS_SENT,
    NOT_THIS,
    NOT_THIS_FOR_ADMINS,
    NOT_THIS_FOR_MEMBERS,
    SENT,
    Operation,
    Page,
    nothing_of,
)
from tests.access.scene import Scene
from tests.make import (
    AT,
    actor,
    make_legal_version,
)
from tests.pdfs import make_pdf


def with_terms(scene: Scene) -> dict[str, Any]:
    """Nothing in the address; there is a version to ask about."""
    return nothing_of(coming_terms(scene))


def with_notice(scene: Scene) -> dict[str, Any]:
    """Nothing in the address; there is a document to list."""
    return nothing_of(a_notice(scene))


def a_kind(_scene: Scene) -> dict[str, Any]:
    return {"kind": LegalKind.PRIVACY}


def with_key(scene: Scene) -> dict[str, Any]:
    """Nothing in the address; acme has signed evidence."""
    return nothing_of(key_of(scene.cast.acme, at=AT))


def coming_terms(scene: Scene) -> LegalVersion:
    """A version of acme's terms that closes no gate yet."""
    at = now() + timedelta(days=30)
    return make_legal_version(scene.cast.acme, number=900, effective_at=at)


def a_notice(scene: Scene) -> dict[str, Any]:
    """A cookie notice of acme that is in force: it closes no gate."""
    version = make_legal_version(scene.cast.acme, LegalKind.COOKIES, number=900)
    return {"kind": version.kind, "number": version.number}


def a_second_notice(scene: Scene) -> dict[str, Any]:
    """One that follows another and is not in force yet."""
    at = now() + timedelta(days=30)
    here = a_notice(scene)
    make_legal_version(scene.cast.acme, LegalKind.COOKIES, number=901, effective_at=at)
    return {**here, "number": 901}


def a_coming_notice(scene: Scene) -> dict[str, Any]:
    """A cookie notice of acme that can still be withdrawn."""
    at = now() + timedelta(days=30)
    make_legal_version(scene.cast.acme, LegalKind.COOKIES, number=900, effective_at=at)
    return {"kind": LegalKind.COOKIES, "number": 900}


def an_uploaded_page(scene: Scene) -> dict[str, Any]:
    """A page of a PDF that was uploaded to acme and is not published."""
    content = make_pdf("Uploaded")
    stored = store(scene.cast.acme, content, content_type="application/pdf", at=now())
    CheckedPdf.objects.get_or_create(file=stored, defaults={"sizes": [[893, 1263]]})
    return {"sha256": stored.sha256, "page": 1}


def an_exempt_colleague(scene: Scene) -> dict[str, UUID]:
    """Another member of acme, who need not accept."""
    colleague, by = a_colleague(scene), actor(scene.cast.admin)
    exempt(scene.cast.acme, **colleague, reason="Robot", until=None, by=by, at=AT)
    return colleague


PAGES: dict[str, Page] = {
    "legal_overview": Page(EVERYBODY, NOT_THIS, args=with_notice),
    "legal_document": Page(
        EVERYBODY, NOT_THIS, args=lambda scene: {"kind": a_notice(scene)["kind"]}
    ),
    "legal_version": Page(EVERYBODY, NOT_THIS, args=a_notice),
    "legal_pdf": Page(EVERYBODY, NOT_THIS, args=a_notice),
    "legal_page": Page(
        EVERYBODY, NOT_THIS, args=lambda scene: {**a_notice(scene), "language": "en", "page": 1}
    ),
    "legal_documents": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "legal_upload_page": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=an_uploaded_page),
    "legal_versions": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=a_kind),
    "publish_legal": Page(ADMINS, "422 403 403 403 403 404 302", args=a_kind),
    "legal_changes": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=a_second_notice),
    "withdraw_legal": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=a_coming_notice),
    "accept_documents": Page(MEMBERS, "422 422 422 422 422 404 302"),
    "open_document": Page(
        MEMBERS_SENT,
        NOT_THIS_FOR_MEMBERS,
        args=lambda scene: {"version_id": coming_terms(scene).id, "language": "en"},
    ),
    "decline_documents": Page(NOT_THIS_FOR_MEMBERS, "409 409 409 409 409 404 302"),
    "declined_documents": Page(EVERYBODY, NOT_THIS),
    "legal_key": Page(EVERYBODY, NOT_THIS, args=with_key),
    "cookies": Page(EVERYBODY, SENT, sent=lambda _: {"choice": "necessary"}),
    "legal_coverage": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=with_terms),
    "legal_coverage_csv": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=with_terms),
    "legal_evidence": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=with_terms),
    "exempt_member": Page(
        ADMINS, ADMINS_SENT, args=a_colleague, sent=lambda _: {"reason": "Robot"}
    ),
    "end_exemption": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=an_exempt_colleague),
}


OPERATIONS: dict[str, Operation] = {
    "GET /account/acceptances": Operation(MEMBERS_CALL),
    "POST /account/acceptances": Operation("403 403 403 403 403 401 401"),
    "GET /settings/terms-of-service/coverage": Operation(
        ADMINS_CALL, path=with_terms, query="?kind=terms-of-service&version=900"
    ),
    "GET /settings/terms-of-service/coverage/members.csv": Operation(
        ADMINS_CALL, path=with_terms, query="?kind=terms-of-service&version=900"
    ),
    "GET /settings/terms-of-service/evidence.zip": Operation(
        ADMINS_CALL, path=with_terms, query="?kind=terms-of-service&version=900"
    ),
    "GET /settings/terms-of-service/exemptions": Operation(ADMINS_CALL),
    "PUT /settings/terms-of-service/exemptions/{member_id}": Operation(
        ADMINS_CALL, path=a_colleague, body={"reason": "Robot"}
    ),
    "DELETE /settings/terms-of-service/exemptions/{member_id}": Operation(
        ADMINS_DELETE, path=an_exempt_colleague
    ),
}
