"""Whether this workspace answers at the domain, with a certificate that browsers accept.

The proof is the marker: the DNS may be right and a load balancer in between lead elsewhere. Until
ownership is proven no certificate is made, so that a missing one is no fault then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from portico.domains.checking import https_words as words
from portico.domains.checking.leads import Routes
from portico.domains.checking.lookups import Lookups, spawn
from portico.domains.checking.places import listed
from portico.domains.checking.reports import NOTHING, Check, CheckName, Question, Seen
from portico.domains.checking.visits import Kind, Visit, visit
from portico.egress.configuration import Egress
from portico.egress.rules import (
    AddressRefused,
    PortRefused,
    check_port,
    sort_addresses,
)
from portico.kernel.sentences import Facts, Sentence
from portico.service_email.smtp.certificates import Certificate

MOST_VISITED: Final = 4  # addresses of one name
FEW_DAYS: Final = timedelta(days=14)
# Of several visits that failed, the one that says most.
GRAVITY: Final = (
    Kind.OTHER_WORKSPACE,
    Kind.CERTIFICATE,
    Kind.REDIRECT,
    Kind.OTHER_SITE,
    Kind.NO_TLS,
    Kind.BROKEN,
    Kind.CLOSED,
    Kind.NOT_REACHABLE,
    Kind.RIGHT,
)


@dataclass(frozen=True)
class _Visits:
    """All of them, and the addresses that were not to be visited."""

    made: tuple[Visit, ...]
    refused: tuple[AddressRefused, ...]

    @property
    def right(self) -> list[Visit]:
        return [one for one in self.made if one.kind is Kind.RIGHT]

    @property
    def failed(self) -> list[Visit]:
        failed = [one for one in self.made if one.kind not in (Kind.RIGHT, Kind.NOT_REACHABLE)]
        return sorted(failed, key=lambda one: GRAVITY.index(one.kind))


def check_https(
    question: Question, routes: Routes, lookups: Lookups, *, proven: bool, at: datetime
) -> Check:
    """Visit each address of the domain. `proven`: so there has to be a certificate."""
    facts: Facts = {"domain": question.domain, "port": question.https_port}
    if not routes.addresses:
        return _check(question, None, "route_first", Sentence(words.ROUTE_FIRST, facts))
    if refusal := _port_refused(question, lookups.egress):
        return _check(question, None, "not_allowed", refusal)
    visits = _visited(question, routes, lookups)
    if visits.failed or not visits.right:
        check = _failed(question, visits, facts, proven=proven)
    else:
        check = _served(question, visits, facts, at)
    seen = (
        *(_seen(one, at) for one in visits.made),
        *(_unvisited(one) for one in visits.refused),
    )
    return Check(
        check.name,
        check.ok,
        check.expected,
        seen,
        check.meaning,
        check.advice,
        code=check.code,
        notes=check.notes,
    )


def _visited(question: Question, routes: Routes, lookups: Lookups) -> _Visits:
    found = sort_addresses(routes.addresses, lookups.egress)
    under_way = [
        spawn(partial(visit, address, question, lookups.egress, lookups.limits))
        for address in found.allowed[:MOST_VISITED]
    ]
    return _Visits(tuple(lookups.waited(one) for one in under_way), found.refused)


def _port_refused(question: Question, egress: Egress) -> Sentence | None:
    if egress.call_ports is None:
        return None
    try:
        check_port(question.https_port, egress.call_ports)
    except PortRefused:
        return Sentence(words.PORT_CLOSED, {"port": question.https_port})
    return None


def _served(question: Question, visits: _Visits, facts: Facts, at: datetime) -> Check:
    notes: list[Sentence] = []
    shown = [one.certificate for one in visits.right if one.certificate]
    if shown:
        facts = {**facts, "days": min(one.days_left(at) for one in shown)}
        if any(_is_overdue(one, at) for one in shown):
            notes.append(Sentence(words.FEW_DAYS, facts))
    untested = [str(one.address) for one in visits.made if one.kind is Kind.NOT_REACHABLE]
    if untested:
        notes.append(Sentence(words.UNTESTED, {"addresses": listed(untested)}))
    meaning = Sentence(words.SERVED, facts)
    return _check(question, True, "served", meaning, notes=notes)


def _is_overdue(certificate: Certificate, at: datetime) -> bool:
    """Whether it should have been renewed by now. Some last a few days only, and are renewed when
    a third of that is left."""
    return certificate.ends - at < min(FEW_DAYS, (certificate.ends - certificate.starts) / 4)


def _failed(question: Question, visits: _Visits, facts: Facts, *, proven: bool) -> Check:
    if not visits.failed:
        meaning = Sentence(words.NOT_ALLOWED if visits.refused else words.NO_WAY, facts)
        return _check(question, None, "not_reachable", meaning)
    first = visits.failed[0]
    facts = {
        **facts,
        "address": listed(str(one.address) for one in visits.failed),
        "status": first.status,
        "page": first.page or "–",
        "location": first.location or "–",
        "names": listed(first.certificate.names) if first.certificate else "–",
        "ends": f"{first.certificate.ends:%Y-%m-%d}" if first.certificate else "–",
        "target": question.target,
        "path": question.marker_path,
    }
    code = f"{first.kind.value.replace(' ', '_')}{f'_{first.code}' if first.code else ''}"
    if not proven and first.kind is not Kind.CLOSED:
        not_yet = words.NOT_PASSED_ON_YET if question.tls_elsewhere else words.NOT_YET
        return _check(question, None, "not_yet", Sentence(not_yet, facts))
    what, advice = words.of(first, behind_balancer=question.tls_elsewhere)
    notes: list[Sentence] = []
    if visits.right:
        right = listed(str(one.address) for one in visits.right)
        notes.append(Sentence(words.ELSE_RIGHT, {"addresses": right}))
    if first.kind is Kind.OTHER_SITE and (known := words.default_page(first.page)):
        notes.append(Sentence(known))
    return _check(question, False, code, Sentence(what, facts), Sentence(advice, facts), notes)


def _check(
    question: Question,
    ok: bool | None,
    code: str,
    meaning: Sentence,
    advice: Sentence = NOTHING,
    notes: Sequence[Sentence] = (),
) -> Check:
    port = "" if question.https_port == 443 else f":{question.https_port}"
    return Check(
        CheckName.HTTPS,
        ok,
        expected=f"https://{question.domain}{port}{question.marker_path}",
        meaning=meaning,
        advice=advice,
        code=code,
        notes=tuple(notes),
    )


def _seen(visit: Visit, at: datetime) -> Seen:
    values: list[str] = []
    notes: list[Sentence] = []
    if visit.status:
        values.append(f"HTTP {visit.status}")
    values += [text for text in (visit.page, visit.location) if text]
    if visit.certificate is not None:
        facts = visit.certificate.facts()
        notes = [
            Sentence(words.CERTIFICATE, {"names": facts["names"], "issuer": facts["issuer"]}),
            Sentence(
                words.VALID_UNTIL, {"ends": facts["ends"], "days": visit.certificate.days_left(at)}
            ),
        ]
    if visit.kind is Kind.RIGHT:
        notes.insert(0, Sentence(words.MARKER_RIGHT))
    return Seen(str(visit.address), tuple(values), visit.trouble, tuple(notes))


def _unvisited(refusal: AddressRefused) -> Seen:
    address = str(refusal.facts["address"])
    return Seen(address, trouble=Sentence(refusal.sentence, {"address": address}))
