"""The gate: who has not accepted what is in force goes no further, on pages and in the API."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from portico.kernel.clock import now
from portico.kernel.errors import gettext_noop
from portico.legal.acceptance.rules import Published
from portico.legal.acceptance.standing import READS, standing_of
from portico.legal.models import LegalKind
from portico.workspaces.gates import Closed, Gate, GateClosed
from portico.workspaces.hosts import address_of
from portico.workspaces.models import Membership, Workspace


class TermsAcceptanceRequired(GateClosed):
    code = "terms_acceptance_required"
    sentence = gettext_noop(
        "Before this works, %(who)s has to read and accept in a browser: %(documents)s. That is at "
        "%(address)s; no token can do it for them."
    )


def closed(request: HttpRequest, member: Membership) -> Closed | None:
    """Closed to a member who is asked to accept what is in force."""
    asked = standing_of(request).asked(at=now()).now
    if not asked:
        return None
    workspace = member.workspace
    address = address_of(workspace, reverse("accept_documents"))
    refusal = TermsAcceptanceRequired(
        {
            "accept_at": address,
            "documents": [document_answer(workspace, version) for version in asked],
        },
        who=member.person.email,
        documents=", ".join(f"{kind_title(one.kind)} {one.number}" for one in asked),
        address=address,
    )
    return Closed(path=reverse("accept_documents"), refusal=refusal)


def document_answer(workspace: Workspace, version: Published) -> dict[str, object]:
    """A version as the API names it."""
    path = reverse("legal_version", kwargs={"kind": version.kind, "number": version.number})
    return {
        "kind": version.kind,
        "version": version.number,
        "effective_at": version.effective_at.isoformat(),
        "url": address_of(workspace, path),
    }


def kind_title(kind: str) -> str:
    """What people call a kind of document, in the current language."""
    return str(LegalKind(kind).label)


GATE = Gate(closed=closed, reads=READS)
"""To be registered by `portico.config`."""
