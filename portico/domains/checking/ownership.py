"""Whether the domain belongs to the workspace: its token stands in a TXT record.

The zone's own servers decide, all of those that answer: what is entered there is entered by whoever
runs the domain, and one server among them that says otherwise may be anybody's. Where none can be
asked, all resolvers have to agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from portico.domains.checking import slips
from portico.domains.checking.asking import Server, Word
from portico.domains.checking.authorities import Authorities, Look
from portico.domains.checking.lookups import Lookups, spawn
from portico.domains.checking.places import listed, minutes, seen_by
from portico.domains.checking.records import quoted
from portico.domains.checking.reports import NOTHING, Check, CheckName, Question, Seen
from portico.domains.checking.serials import serials_of
from portico.kernel.errors import gettext_noop
from portico.kernel.sentences import Facts, Sentence

PROVEN: Final = gettext_noop("The TXT record at %(name)s holds the token: the domain is yours.")
SUPERFLUOUS: Final = gettext_noop(
    "Other TXT records stand at %(name)s, too: %(values)s. They do no harm and can be removed."
)
STILL_OLD: Final = gettext_noop(
    "The resolver %(where)s still has the former answer, for %(minutes)s minutes at most."
)
BY_ALIAS: Final = gettext_noop("%(name)s is an alias (CNAME) of %(target)s, which was followed.")
SERVERS_DISAGREE: Final = gettext_noop(
    "The name servers of %(zone)s disagree: %(right)s have the token, %(wrong)s do not."
)
WAIT_FOR_SERVERS: Final = gettext_noop(
    "Wait until all name servers of the zone have the change, usually some minutes. If it stays "
    "so, whoever runs %(wrong)s has to mend the copying of the zone (its serial number, or the "
    "transfer)."
)
RESOLVERS_DISAGREE: Final = gettext_noop(
    "Some resolvers see the token (%(right)s), others do not yet (%(wrong)s)."
)
WAIT: Final = gettext_noop(
    "Nothing more is to be entered. Wait at most %(minutes)s minutes, until the former answer is "
    "forgotten everywhere."
)
MISSING: Final = gettext_noop("There is no TXT record at %(name)s.")
WRONG: Final = gettext_noop("The TXT record at %(name)s does not hold the token, but %(values)s.")
CIRCLE: Final = gettext_noop("%(name)s is an alias (CNAME) that leads in a circle.")
ENTER: Final = gettext_noop(
    "Enter this record with whoever runs your DNS. Name: %(name)s, type: TXT, value: %(token)s"
)
REPLACE: Final = gettext_noop(
    "Replace it. Name: %(name)s, type: TXT, value: %(token)s – exactly that, without quotation "
    "marks or spaces."
)
UNANSWERED: Final = gettext_noop(
    "Nobody could say what stands at %(name)s: neither the resolvers nor the domain's own name "
    "servers gave an answer."
)
BROKEN: Final = gettext_noop(
    "The resolvers cannot find out what stands at %(name)s; something is wrong with the DNS of the "
    "domain, often its name servers or a signature (DNSSEC)."
)
LOOK_AGAIN: Final = gettext_noop("Check again in a few minutes.")
ASK_PROVIDER: Final = gettext_noop("Ask whoever runs the DNS of %(domain)s to look into it.")


@dataclass(frozen=True)
class _Found:
    """All that was said of the name. `truth` are the looks that decide."""

    own: list[Look]
    resolvers: list[Look]
    zone: str
    unasked: tuple[Seen, ...]

    @property
    def truth(self) -> list[Look]:
        own = [look for look in self.own if look.definite]
        return own or [look for look in self.resolvers if look.reply.definite]


def check_ownership(question: Question, lookups: Lookups, authorities: Authorities) -> Check:
    """Look for the token."""
    name = question.record_name
    own = spawn(lambda: authorities.follow(name, "TXT"))
    rows = lookups.all_of(lookups.resolvers, name, "TXT")
    zone, looks = lookups.waited(own)
    resolvers = [Look(server, row[0]) for server, row in zip(lookups.resolvers, rows, strict=True)]
    found = _Found(looks, resolvers, zone.apex, zone.unasked)
    return _judged(question, found, lookups)


def _judged(question: Question, found: _Found, lookups: Lookups) -> Check:
    truth, token = found.truth, question.token
    if not truth:
        return _unanswered(question, found)
    right = [look for look in truth if token in look.reply.values]
    wrong = [look for look in truth if token not in look.reply.values]
    if right and wrong:
        return _disagreeing(question, found, right, wrong, lookups)
    if right:
        return _proven(question, found)
    if any(look.reply.word is Word.LOOP for look in truth):
        return _check(question, found, False, "loop", Sentence(CIRCLE, _names(question)))
    return _not_there(question, found, lookups)


def _proven(question: Question, found: _Found) -> Check:
    name, notes = question.record_name, list[Sentence]()
    others = [v for look in found.truth for v in look.reply.values if v != question.token]
    if others:
        notes.append(Sentence(SUPERFLUOUS, {"name": name, "values": listed(others)}))
    if chain := found.truth[0].reply.chain:
        notes.append(Sentence(BY_ALIAS, {"name": name, "target": chain[-1]}))
    for look in found.resolvers:
        if look.reply.definite and question.token not in look.reply.values:
            facts: Facts = {"where": look.server.where, "minutes": minutes([look.reply.ttl])}
            notes.append(Sentence(STILL_OLD, facts))
    meaning = Sentence(PROVEN, {"name": name})
    return _check(question, found, True, "proven", meaning, NOTHING, notes)


def _disagreeing(
    question: Question,
    found: _Found,
    right: Sequence[Look],
    wrong: Sequence[Look],
    lookups: Lookups,
) -> Check:
    notes: list[Sentence] = []
    facts: Facts = {
        "zone": found.zone,
        "right": listed(look.server.name or look.server.where for look in right),
        "wrong": listed(look.server.name or look.server.where for look in wrong),
        "minutes": max(1, minutes(look.reply.ttl for look in wrong)),
    }
    if right[0].server.name:
        meaning, advice, code = SERVERS_DISAGREE, WAIT_FOR_SERVERS, "servers_disagree"
        servers = [look.server for look in found.own]
        notes += filter(None, [serials_of(servers, found.zone, lookups)])
    else:
        meaning, advice, code = RESOLVERS_DISAGREE, WAIT, "resolvers_disagree"
    what, then = Sentence(meaning, facts), Sentence(advice, facts)
    return _check(question, found, False, code, what, then, notes)


def _not_there(question: Question, found: _Found, lookups: Lookups) -> Check:
    """Missing, or wrong; and what may have happened instead."""
    values = [value for look in found.truth for value in look.reply.values]
    facts = {**_names(question), "values": listed(values)}
    slip = slips.in_values(values, question.token) if values else None
    asked: Server = found.truth[0].server
    notes: list[Sentence] = []
    if slip is None:
        place = slips.elsewhere(question, found.zone, lookups, asked)
        slip = place or slips.by_wildcard(question, values, lookups, asked)
    if slip is not None:
        notes.append(slip.what)
    code = slip.code if slip else "wrong" if values else "missing"
    meaning = Sentence(WRONG if values else MISSING, facts)
    advice = Sentence(REPLACE if values else ENTER, facts)
    return _check(question, found, False, code, meaning, advice, notes)


def _unanswered(question: Question, found: _Found) -> Check:
    words = {look.reply.word for look in (*found.own, *found.resolvers)}
    broken = bool(words & {Word.FAILED, Word.LAME})
    facts = _names(question)
    meaning = Sentence(BROKEN if broken else UNANSWERED, facts)
    advice = Sentence(ASK_PROVIDER if broken else LOOK_AGAIN, facts)
    return _check(question, found, None, "broken" if broken else "unanswered", meaning, advice)


def _check(
    question: Question,
    found: _Found,
    ok: bool | None,
    code: str,
    meaning: Sentence,
    advice: Sentence | None = None,
    notes: Sequence[Sentence] = (),
) -> Check:
    if advice is None:
        advice = Sentence(ENTER, _names(question))
    return Check(
        CheckName.OWNERSHIP,
        ok,
        expected=f"{question.record_name}. TXT {quoted(question.token)}",
        seen=(
            *(_seen(look) for look in found.own),
            *found.unasked,
            *(_seen(look) for look in found.resolvers),
        ),
        meaning=meaning,
        advice=advice,
        code=code,
        notes=tuple(notes),
    )


def _seen(look: Look) -> Seen:
    return seen_by(look.server, ("TXT",), (look.reply,), leads_on=look.leads_on)


def _names(question: Question) -> Facts:
    return {
        "name": question.record_name,
        "domain": question.domain,
        "token": question.token,
    }
