"""Publishing the demo's legal documents, and having its people accept them."""

from __future__ import annotations

from datetime import datetime

from portico.audit.services import Actor, Via
from portico.basic_settings import services as settings
from portico.config.demo_documents import demo_pdfs
from portico.legal.acceptance.answering import Shown, accept, show
from portico.legal.acceptance.ledger import Trace
from portico.legal.acceptance.standing import standing_in
from portico.legal.section import section
from portico.legal.services.intake import take_in_document
from portico.outbox.models import Delivery, Event
from portico.outbox.services import name_of
from portico.service_email.notices import tell_admins_of_changed_settings
from portico.workspaces.models import Membership, Workspace

BY = Actor(via=Via.COMMAND)


def publish_documents(workspace: Workspace, *, at: datetime) -> None:
    """Publish them unless somebody has published or withdrawn anything before."""
    if settings.live(workspace, section).number:
        return
    documents = []
    for kind, language, name, content in demo_pdfs():
        stored, _removed = take_in_document(workspace, content, name=name, at=at)
        documents.append({"kind": kind, "language": language, "file": stored.sha256})
    settings.save(workspace, section, {"documents": documents}, based_on=0, by=BY, at=at)
    _keep_quiet(workspace)


def _keep_quiet(workspace: Workspace) -> None:
    """Tell no admin by mail of what the demo begins with."""
    listener = name_of(tell_admins_of_changed_settings)
    for event in Event.objects.filter(workspace_id=workspace.id, name="settings.changed"):
        Delivery.objects.get_or_create(event=event, listener=listener)


def accept_documents(member: Membership, *, at: datetime) -> None:
    """Have one of the demo's people accept what is in force, so that the console opens to them.

    Whoever is invited later is asked.
    """
    person, trace = member.person, Trace(via=Via.COMMAND)
    by = Actor(person_id=person.id, email=person.email, name=person.name, via=Via.COMMAND)
    asked = standing_in(member).asked(at=at).now
    documents = show(member, asked, "en", trace=trace, at=at)
    shown = [Shown(one.version_id, one.language, one.sha256) for one in documents]
    accept(member, shown, by=by, trace=trace, at=at)
