"""What the tests of acceptance have in common: what a page shows, and answering it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.test import Client

from portico.legal.acceptance import answering
from portico.legal.acceptance.answering import Shown, shown_in
from portico.legal.acceptance.ledger import Trace
from portico.legal.acceptance.standing import published_in
from portico.legal.models import LegalAnswer, LegalLedger, LegalVersion
from portico.workspaces.models import Membership
from tests.make import AT, actor

PAGE = "/legal/accept/"


def shown_on(client: Client, path: str = PAGE) -> list[str]:
    """What the acceptance page shows, as its form sends it."""
    page = client.get(path).content.decode()
    return sorted(set(re.findall(r'name="shown" value="([^"]+)"', page)))


def show(
    member: Membership, *versions: LegalVersion, language: str = "en", at: datetime = AT
) -> list[Shown]:
    """Show a member these versions."""
    ids = {version.id for version in versions}
    known = [one for one in published_in(member.workspace) if one.id in ids]
    documents = answering.show(member, known, language, trace=Trace(), at=at)
    return [Shown(one.version_id, one.language, one.sha256) for one in documents]


def accept(member: Membership, *versions: LegalVersion, at: datetime = AT) -> list[LegalAnswer]:
    """Have a member see these versions and accept them."""
    seen = show(member, *versions, at=at)
    return answering.accept(member, seen, by=actor(member), trace=Trace(), at=at)


def decline(member: Membership, *versions: LegalVersion, at: datetime = AT) -> list[LegalAnswer]:
    """Have a member see these versions and decline them."""
    seen = show(member, *versions, at=at)
    return answering.decline(member, seen, by=actor(member), trace=Trace(), at=at)


def events_of(member: Membership) -> list[tuple[str, str, int | None]]:
    """The ledger of a member: event, kind and number, in order."""
    lines = LegalLedger.objects.filter(membership_id=member.id).order_by("id")
    return [(line.event, line.kind, line.number) for line in lines]


def as_shown(texts: Sequence[str]) -> list[Shown]:
    """What a form sent."""
    return [shown_in(text) for text in texts]
