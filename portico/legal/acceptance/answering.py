"""What a member does with documents that they are asked to accept: one function a verb."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from portico.audit.services import Actor, Change, record
from portico.kernel.errors import Conflict, Invalid, NotFound, Stale, gettext_noop
from portico.legal.acceptance.ledger import Trace, write_documents
from portico.legal.acceptance.rules import AGREED, Published
from portico.legal.acceptance.standing import standing_in
from portico.legal.models import (
    LedgerEvent,
    LegalAnswer,
    LegalDocument,
    LegalLedger,
    LegalVersion,
)
from portico.legal.services.read import document_for
from portico.legal.services.read import documents as with_documents
from portico.workspaces.models import Membership, Workspace

SHOWN = re.compile(
    r"(?P<version>[0-9a-f-]{36}):(?P<language>[A-Za-z-]{2,20}):(?P<hash>[0-9a-f]{64})"
)


class NotWhatWasShown(Stale):
    code = "not_what_was_shown"
    sentence = gettext_noop(
        "What you answered is not what is published here now. Nothing was recorded. Please look at "
        "the documents below and answer again."
    )


class Unticked(Invalid):
    code = "unticked"
    sentence = gettext_noop(
        "To go on, tick every document that is in force. If you do not agree, choose Decline."
    )


class NothingToDecline(Conflict):
    code = "nothing_to_decline"
    sentence = gettext_noop(
        "There is nothing left to decline: you are not asked to accept anything at the moment."
    )


@dataclass(frozen=True)
class Shown:
    """The very text that somebody was shown: a version in a language, and the hash of its PDF."""

    version_id: UUID
    language: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.version_id}:{self.language}:{self.sha256}"


def shown_in(text: str) -> Shown:
    """What a form sent; raises `NotWhatWasShown` for anything that no form of ours has."""
    found = SHOWN.fullmatch(text)
    try:
        if found is None:
            raise NotWhatWasShown
        return Shown(UUID(found["version"]), found["language"], found["hash"])
    except ValueError:
        raise NotWhatWasShown from None


def show(
    member: Membership,
    versions: Sequence[Published],
    language: str,
    *,
    trace: Trace,
    at: datetime,
) -> list[LegalDocument]:
    """The documents of these versions in the reader's language, each with its version.

    That they were shown is written down, once a member and version.
    """
    found = _versions(member.workspace, [version.id for version in versions])
    documents = [
        _document(found[version.id], language) for version in versions if version.id in found
    ]
    written = set(
        LegalLedger.objects.filter(
            membership_id=member.id, version__in=found, event=LedgerEvent.SHOWN
        ).values_list("version_id", flat=True)
    )
    new = [document for document in documents if document.version_id not in written]
    if new:
        with transaction.atomic():
            write_documents(member, new, LedgerEvent.SHOWN, trace=trace, at=at)
    return documents


def open_document(
    member: Membership, version_id: UUID, language: str, *, trace: Trace, at: datetime
) -> LegalDocument:
    """A document that a member opens; that they did is written down, once. Raises `NotFound`."""
    version = _versions(member.workspace, [version_id]).get(version_id)
    if version is None:
        raise NotFound
    document = _document(version, language)
    with transaction.atomic():
        write_documents(member, [document], LedgerEvent.OPENED, trace=trace, at=at)
    return document


def accept(
    member: Membership, shown: Sequence[Shown], *, by: Actor, trace: Trace, at: datetime
) -> list[LegalAnswer]:
    """Accept the very documents that were shown; returns what is newly accepted.

    What was accepted before stays as it was. Raises `NotWhatWasShown` where one of them was not
    shown to this member, is withdrawn, or is not what is published, and `Unticked` where what is
    to come would be accepted in the place of what is in force: then none is accepted. Raises
    `NotFound` for who is no active member any more.
    """
    with transaction.atomic():
        member = _hold(member)
        documents = _as_shown(member, shown)
        _check_nothing_is_skipped(member, documents, at=at)
        before = _answers(member, documents)
        new = [
            document
            for document in documents
            if not (before.get(document.version_id) and before[document.version_id].accepted)
        ]
        answers = [_answer(member, document, accepted=True, at=at) for document in new]
        write_documents(member, new, LedgerEvent.ACCEPTED, trace=trace, at=at)
        for document in new:
            _record("legal.accepted", member, document, by=by, at=at)
    return answers


def decline(
    member: Membership, shown: Sequence[Shown], *, by: Actor, trace: Trace, at: datetime
) -> list[LegalAnswer]:
    """Decline the documents that were shown, as far as they are asked for now.

    Ending the session is the caller's. Raises `NotWhatWasShown`, `NothingToDecline` or `NotFound`.
    """
    with transaction.atomic():
        member = _hold(member)
        asked = {version.id for version in standing_in(member).asked(at=at).now}
        documents = [
            document for document in _as_shown(member, shown) if document.version_id in asked
        ]
        if not documents:
            raise NothingToDecline
        answers = [_answer(member, document, accepted=False, at=at) for document in documents]
        write_documents(member, documents, LedgerEvent.DECLINED, trace=trace, at=at)
        for document in documents:
            _record("legal.declined", member, document, by=by, at=at)
    return answers


def _hold(member: Membership) -> Membership:
    """The membership, with nobody else answering for it until the transaction ends."""
    held = (
        Membership.objects.active()
        .select_for_update(of=("self",), no_key=True)
        .select_related("person", "workspace")
        .filter(id=member.id, workspace=member.workspace)
        .first()
    )
    if held is None:
        raise NotFound
    return held


def _as_shown(member: Membership, shown: Sequence[Shown]) -> list[LegalDocument]:
    """The documents that were shown, if that is what is published and they were shown to them."""
    wanted = {one.version_id: one for one in shown}
    found = _versions(member.workspace, list(wanted))
    seen = LegalLedger.objects.filter(
        membership_id=member.id, version__in=list(wanted), event=LedgerEvent.SHOWN
    )
    if not wanted or len(wanted) != len(shown) or len(found) != len(wanted):
        raise NotWhatWasShown
    if seen.count() != len(wanted):
        raise NotWhatWasShown
    documents = [_document(found[one.version_id], one.language) for one in wanted.values()]
    if any(
        (document.language, document.sha256) != (one.language, one.sha256)
        for document, one in zip(documents, wanted.values(), strict=True)
    ):
        raise NotWhatWasShown
    return documents


def _check_nothing_is_skipped(
    member: Membership, documents: Sequence[LegalDocument], *, at: datetime
) -> None:
    """Whoever accepted a version is not asked for those before it. One that is yet to come must not
    let anybody off what is in force."""
    begun = {one.version_id for one in documents if one.version.effective_at <= at}
    left = standing_in(member).once_accepted(begun).asked(at=at).now
    kinds = {version.kind for version in left}
    if any(one.version.effective_at > at and one.version.kind in kinds for one in documents):
        raise Unticked


def _versions(workspace: Workspace, ids: Sequence[UUID]) -> dict[UUID, LegalVersion]:
    """Those of these versions that members agree to and that were not withdrawn."""
    found = LegalVersion.objects.filter(
        workspace=workspace, id__in=ids, kind__in=AGREED, withdrawn_at=None
    )
    return {version.id: version for version in found.prefetch_related(with_documents())}


def _document(version: LegalVersion, language: str) -> LegalDocument:
    document = document_for(version, language)
    document.version = version
    return document


def _answers(member: Membership, documents: Sequence[LegalDocument]) -> dict[UUID, LegalAnswer]:
    versions = [document.version_id for document in documents]
    found = LegalAnswer.objects.filter(membership=member, version__in=versions)
    return {answer.version_id: answer for answer in found}


def _answer(
    member: Membership, document: LegalDocument, *, accepted: bool, at: datetime
) -> LegalAnswer:
    answer, _made = LegalAnswer.objects.update_or_create(
        membership=member,
        version=document.version,
        defaults={
            "accepted": accepted,
            "language": document.language,
            "sha256": document.sha256,
            "at": at,
        },
    )
    return answer


def _record(
    action: str, member: Membership, document: LegalDocument, *, by: Actor, at: datetime
) -> None:
    record(
        action,
        by=by,
        at=at,
        workspace_id=member.workspace_id,
        subject_kind="legal_version",
        subject_id=document.version_id,
        subject_label=f"{document.version.kind} {document.version.number}",
        changes=[Change(field="sha256", before="", after=document.sha256)],
    )
