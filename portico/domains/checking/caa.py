"""Whether the domain's CAA records let one of our certificate authorities issue (RFC 8659).

The records of the name itself count, those at the end of its alias included; where there are none,
those of the name above it, and so on. An authority that cannot look them up does not issue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from dns.rdtypes.ANY.CAA import CAA

from portico.domains.checking.asking import Reply, Server, Word
from portico.domains.checking.authorities import Authorities
from portico.domains.checking.lookups import Lookups, spawn
from portico.domains.checking.places import listed, minutes, seen_by
from portico.domains.checking.reports import NOTHING, Check, CheckName, Question, Seen
from portico.kernel.errors import gettext_noop
from portico.kernel.sentences import Facts, Sentence

KNOWN_TAGS: Final = frozenset(
    "issue issuewild iodef contactemail contactphone issuemail issuevmc".split()
)
CRITICAL: Final = 128
OUR_METHODS: Final = frozenset({"http-01", "tls-alpn-01"})  # what an installation can prove with

BALANCER: Final = gettext_noop(
    "Not looked at: your load balancer has the certificate, whoever issued it."
)
NOT_NAMED: Final = gettext_noop(
    "Not looked at: the operator of this installation has not named the certificate authorities "
    "that it uses."
)
FREE: Final = gettext_noop("No CAA record limits who may issue certificates for %(domain)s.")
NOT_LIMITED: Final = gettext_noop(
    "The CAA records at %(place)s do not limit who may issue certificates for %(domain)s."
)
ALLOWED: Final = gettext_noop(
    "The CAA records at %(place)s let %(issuers)s issue certificates for %(domain)s."
)
FORBIDDEN: Final = gettext_noop(
    "The CAA records at %(place)s forbid it: only %(allowed)s may issue certificates for "
    "%(domain)s."
)
NOBODY: Final = gettext_noop(
    "The CAA records at %(place)s forbid all authorities to issue certificates for %(domain)s."
)
ADD: Final = gettext_noop(
    "Add this record beside the others. Name: %(place)s, type: CAA, value: %(record)s"
)
ADD_HERE: Final = gettext_noop(
    "Nothing is to be done in your DNS: %(place)s is a name of this installation. Tell "
    "whoever runs it to add this record there: %(record)s"
)
OTHER_METHODS: Final = gettext_noop(
    "The CAA records at %(place)s let %(issuers)s issue, but only if it is proven in another way "
    "(%(methods)s) than this installation can (http-01, tls-alpn-01)."
)
LIFT_METHODS: Final = gettext_noop(
    "Remove “validationmethods” from that record, or add this one beside it. Name: %(place)s, "
    "type: CAA, value: %(record)s"
)
ONE_ACCOUNT: Final = gettext_noop(
    "The record allows one account with the authority only (accounturi). Whether it is that of "
    "this installation is known to its operator alone."
)
CRITICAL_TAG: Final = gettext_noop(
    "The CAA records at %(place)s hold “%(tag)s” marked as critical. Authorities that do not know "
    "it must not issue."
)
UNCRITICAL: Final = gettext_noop(
    "Remove that record, or set its first number to 0, unless you know that all authorities you "
    "use understand it."
)
FAILED: Final = gettext_noop(
    "The CAA records of %(place)s cannot be looked up: the name servers fail. Authorities issue no "
    "certificate then."
)
MEND: Final = gettext_noop(
    "Ask whoever runs the DNS of %(domain)s: questions of type CAA have to be answered, be it that "
    "there are none."
)
UNANSWERED: Final = gettext_noop("Nobody could say whether %(domain)s has CAA records.")
LOOK_AGAIN: Final = gettext_noop("Check again in a few minutes.")
DISAGREE: Final = gettext_noop(
    "Some name servers have other CAA records than the rest (%(wrong)s); they forbid it."
)
WAIT: Final = gettext_noop(
    "If the records were changed just now, wait at most %(minutes)s minutes. Else add this record. "
    "Name: %(place)s, type: CAA, value: %(record)s"
)


@dataclass(frozen=True)
class _Found:
    """What one server gives, at the first name from the domain upward that has something."""

    server: Server
    place: str
    reply: Reply

    @property
    def owner(self) -> str:
        """The name that has the records: the end of the alias, where there is one."""
        return self.reply.chain[-1] if self.reply.chain else self.place


@dataclass(frozen=True)
class _Verdict:
    ok: bool | None
    code: str
    meaning: Sentence
    advice: Sentence = NOTHING
    notes: tuple[Sentence, ...] = ()


def check_caa(question: Question, lookups: Lookups, authorities: Authorities) -> Check:
    """Look the records up as an authority does, and judge them."""
    if question.tls_elsewhere:
        return _check(question, (), _Verdict(None, "balancer", Sentence(BALANCER)))
    if not question.issuers:
        return _check(question, (), _Verdict(None, "no_issuers", Sentence(NOT_NAMED)))
    climbs = [
        spawn(partial(_climb, question.domain, resolver, lookups)) for resolver in lookups.resolvers
    ]
    found = [lookups.waited(climb) for climb in climbs]
    own, unasked = _own(question, found, authorities)
    seen = (
        *(_seen(one) for one in own),
        *unasked,
        *(_seen(one) for one in found),
    )
    return _check(question, seen, _judged(question, own, found))


def _climb(domain: str, server: Server, lookups: Lookups) -> _Found:
    labels = domain.split(".")
    for at in range(len(labels)):
        place = ".".join(labels[at:])
        reply = lookups.one(server, place, "CAA")
        if reply.word is Word.RECORDS or not reply.definite:
            return _Found(server, place, reply)
    return _Found(server, domain, Reply(Word.NONE))


def _own(
    question: Question, found: Sequence[_Found], authorities: Authorities
) -> tuple[list[_Found], tuple[Seen, ...]]:
    """What the zone's own servers say at the name where the records are. What an alias leads to
    is not theirs to say."""
    place = next((one.place for one in found if one.reply.word is Word.RECORDS), question.domain)
    zone, asked = authorities.ask(place, "CAA")
    own = [_Found(server, place, replies[0]) for server, replies in asked]
    return [one for one in own if not one.reply.chain or one.reply.values], zone.unasked


def _judged(question: Question, own: Sequence[_Found], found: Sequence[_Found]) -> _Verdict:
    said = [one for one in (*own, *found) if one.reply.definite]
    world = [one for one in found if one.reply.definite]
    facts: Facts = {"domain": question.domain, "place": question.domain}
    if not world:
        return _unanswered(found, facts)
    verdicts = [(one, _verdict(question, one)) for one in said]
    wrong = [(one, verdict) for one, verdict in verdicts if verdict.ok is False]
    if not wrong:
        return verdicts[-1][1]
    if len(wrong) == len(verdicts):
        return wrong[0][1]
    first = wrong[0][0]
    facts |= {
        "place": first.owner,
        "wrong": listed(one.server.name or one.server.where for one, _verdict in wrong),
        "minutes": max(1, minutes(one.reply.ttl for one, _verdict in wrong)),
        "record": _record(question),
    }
    return _Verdict(False, "disagree", Sentence(DISAGREE, facts), Sentence(WAIT, facts))


def _unanswered(found: Sequence[_Found], facts: Facts) -> _Verdict:
    failed = [one for one in found if one.reply.word is Word.FAILED]
    if failed:
        facts = {**facts, "place": failed[0].place}
        return _Verdict(False, "failed", Sentence(FAILED, facts), Sentence(MEND, facts))
    return _Verdict(None, "unanswered", Sentence(UNANSWERED, facts), Sentence(LOOK_AGAIN, facts))


def _verdict(question: Question, found: _Found) -> _Verdict:
    """What one server's records come to."""
    records = [data for data in found.reply.rdatas if isinstance(data, CAA)]
    facts: Facts = {"domain": question.domain, "place": found.owner}
    if not records:
        return _Verdict(True, "free", Sentence(FREE, facts))
    for record in records:
        if record.flags & CRITICAL and _tag(record) not in KNOWN_TAGS:
            facts["tag"] = listed([_tag(record)])
            return _Verdict(
                False, "critical", Sentence(CRITICAL_TAG, facts), Sentence(UNCRITICAL, facts)
            )
    issuers = [_issuer(record) for record in records if _tag(record) == "issue"]
    if not issuers:
        return _Verdict(True, "not_limited", Sentence(NOT_LIMITED, facts))
    facts["record"] = _record(question)
    ours = [issuer for issuer in issuers if issuer.name in question.issuers]
    if ours:
        return _with_parameters(ours, facts)
    allowed = [issuer.name for issuer in issuers if issuer.name]
    facts["allowed"] = listed(allowed)
    meaning = Sentence(FORBIDDEN if allowed else NOBODY, facts)
    ours_to_mend = found.owner == question.target
    return _Verdict(False, "forbidden", meaning, Sentence(ADD_HERE if ours_to_mend else ADD, facts))


@dataclass(frozen=True)
class _Issuer:
    """An `issue` record: `letsencrypt.org; validationmethods=dns-01`. An empty name: nobody."""

    name: str
    methods: frozenset[str] = frozenset()
    account: bool = False

    @property
    def usable(self) -> bool:
        return not self.methods or bool(self.methods & OUR_METHODS)


def _with_parameters(ours: Sequence[_Issuer], facts: Facts) -> _Verdict:
    """One of our authorities is allowed; perhaps under conditions (RFC 8657)."""
    facts["issuers"] = listed(issuer.name for issuer in ours)
    usable = [issuer for issuer in ours if issuer.usable]
    if not usable:
        facts["methods"] = listed(sorted({one for issuer in ours for one in issuer.methods}))
        return _Verdict(
            False, "methods", Sentence(OTHER_METHODS, facts), Sentence(LIFT_METHODS, facts)
        )
    notes = (Sentence(ONE_ACCOUNT),) if all(issuer.account for issuer in usable) else ()
    return _Verdict(True, "allowed", Sentence(ALLOWED, facts), notes=notes)


def _issuer(record: CAA) -> _Issuer:
    name, *parameters = record.value.decode("ascii", "replace").split(";")
    given = {
        key.strip().lower(): value.strip()
        for key, _equals, value in (parameter.partition("=") for parameter in parameters)
    }
    methods = frozenset(one.strip() for one in given.get("validationmethods", "").split(",") if one)
    return _Issuer(name.strip().rstrip(".").lower(), methods, "accounturi" in given)


def _tag(record: CAA) -> str:
    return record.tag.decode("ascii", "replace").lower()


def _record(question: Question) -> str:
    return f'0 issue "{question.issuers[0]}"'


def _seen(found: _Found) -> Seen:
    return seen_by(found.server, ("CAA",), (found.reply,))


def _check(question: Question, seen: tuple[Seen, ...], verdict: _Verdict) -> Check:
    expected = " / ".join(f'CAA 0 issue "{issuer}"' for issuer in question.issuers)
    return Check(
        CheckName.CAA,
        verdict.ok,
        expected="" if question.tls_elsewhere else expected,
        seen=seen,
        meaning=verdict.meaning,
        advice=verdict.advice,
        code=verdict.code,
        notes=verdict.notes,
    )
