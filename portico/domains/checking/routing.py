"""Whether visitors of the domain come here.

What the zone's own servers say is entered; what the resolvers say is what visitors meet. Where the
first is right and the second is not yet, waiting is all that helps.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from portico.domains.checking.asking import Word
from portico.domains.checking.chains import broken_chain
from portico.domains.checking.leads import Lead, Routes, View
from portico.domains.checking.lookups import Lookups
from portico.domains.checking.names import is_apex, registered_part
from portico.domains.checking.places import listed, minutes
from portico.domains.checking.records import instructions
from portico.domains.checking.reports import NOTHING, Check, CheckName, Question
from portico.domains.checking.routing_words import (
    ADVICE,
    ALIAS_AT_APEX,
    ANSWERS,
    AT_APEX,
    BALANCER,
    BY_WILDCARD,
    CIRCLE,
    COPIED,
    DISAGREE,
    ENTER,
    LAME,
    MEANINGS,
    MIXED,
    NOT_ANSWERED,
    NOT_REGISTERED,
    REGISTER,
    RIGHT_SO,
    SERVERS_WAIT,
    STILL_OLD,
    TARGET_ADVICE,
    TO_BALANCER,
    WAIT,
)
from portico.domains.checking.serials import serials_of
from portico.kernel.sentences import Facts, Sentence


@dataclass(frozen=True)
class _Verdict:
    ok: bool | None
    code: str
    meaning: str
    advice: str = ""
    facts: tuple[tuple[str, str | int], ...] = ()


def check_routing(question: Question, routes: Routes, lookups: Lookups) -> Check:
    """Judge where the domain leads."""
    verdict = _verdict(question, routes, lookups)
    facts: Facts = {
        "domain": question.domain,
        "target": question.target,
        "zone": routes.apex or registered_part(question.domain),
        "records": _records(question),
        **dict(verdict.facts),
    }
    advice = Sentence(verdict.advice, facts) if verdict.advice else NOTHING
    return Check(
        CheckName.ROUTING,
        verdict.ok,
        expected=expected(question),
        seen=routes.seen,
        meaning=Sentence(verdict.meaning, facts),
        advice=advice,
        code=verdict.code,
        notes=tuple(_notes(question, routes, lookups, facts, verdict.code)),
    )


def expected(question: Question) -> str:
    """What should be entered, in the words of the DNS."""
    if question.tls_elsewhere:
        return ""
    alias = f"CNAME {question.target}"
    addresses = " ".join(str(address) for address in question.addresses)
    if is_apex(question.domain):
        return f"A/AAAA {addresses}" if addresses else f"ALIAS {question.target}"
    return alias


def _verdict(question: Question, routes: Routes, lookups: Lookups) -> _Verdict:
    world = [view for view in routes.resolvers if view.lead is not Lead.UNKNOWN]
    own = [view for view in routes.own if view.lead is not Lead.UNKNOWN]
    if not world and (not own or own[0].right):  # what is entered helps nobody
        return _unanswered(question, routes, lookups)
    if question.tls_elsewhere:
        return _elsewhere(world or own)
    return _odd(question, routes) or _waiting(own, world) or _settled(question, own, world, lookups)


def _waiting(own: Sequence[View], world: Sequence[View]) -> _Verdict | None:
    """Right in one place and not yet in another."""
    entered = [view for view in own if view.right]
    if entered and len(entered) < len(own):
        return _differing(own, DISAGREE, SERVERS_WAIT, "servers_disagree")
    late = [view for view in world if not view.right]
    if late and (entered or (not own and len(late) < len(world))):
        return _differing(world, STILL_OLD, WAIT, "resolvers_wait")
    return None


def _settled(
    question: Question, own: Sequence[View], world: Sequence[View], lookups: Lookups
) -> _Verdict:
    wrong = [view for view in (*own, *world) if not view.right]
    if wrong:
        return _wrong(question, wrong[0], lookups)
    how = ", ".join(world[0].chain) or ", ".join(str(one) for one in world[0].addresses)
    return _Verdict(True, "right", RIGHT_SO, facts=(("how", how),))


def _elsewhere(views: Sequence[View]) -> _Verdict:
    """A load balancer stands in between; all that DNS can tell is whether it leads anywhere."""
    leading = [view for view in views if view.addresses]
    if leading:
        addresses = listed(str(address) for address in leading[0].addresses)
        return _Verdict(True, "balancer", BALANCER, facts=(("addresses", addresses),))
    lead = views[0].lead if views[0].lead in MEANINGS else Lead.NOWHERE
    return _Verdict(False, lead.value.replace(" ", "_"), MEANINGS[lead], TO_BALANCER)


def _odd(question: Question, routes: Routes) -> _Verdict | None:
    """An alias where there can be none."""
    views = (*routes.own, *routes.resolvers)
    if any(view.mixed for view in views):
        return _Verdict(False, "mixed", MIXED, ENTER)
    aliased = [view for view in views if view.chain]
    if aliased and question.domain == routes.apex:
        facts = (("alias", aliased[0].chain[0]),)
        return _Verdict(False, "alias_at_apex", ALIAS_AT_APEX, AT_APEX, facts)
    return None


def _differing(views: Sequence[View], meaning: str, advice: str, code: str) -> _Verdict:
    right = [view for view in views if view.right]
    wrong = [view for view in views if not view.right]
    facts: tuple[tuple[str, str | int], ...] = (
        ("right", listed(view.server.name or view.server.where for view in right)),
        ("wrong", listed(view.server.name or view.server.where for view in wrong)),
        ("values", listed(value for view in wrong for value in view.seen.values)),
        ("minutes", max(1, minutes(view.ttl for view in wrong))),
    )
    return _Verdict(False, code, meaning, advice, facts)


def _wrong(question: Question, view: View, lookups: Lookups) -> _Verdict:
    values = listed(view.seen.values)
    facts = (("values", values), ("chain", " → ".join((question.domain, *view.chain))))
    registered = registered_part(question.domain)
    if view.lead is Lead.NO_NAME and lookups.first(registered, "NS").word is Word.NO_NAME:
        named = (*facts, ("registered", registered))
        return _Verdict(False, "not_registered", NOT_REGISTERED, REGISTER, named)
    code = view.lead.value.replace(" ", "_")
    return _Verdict(False, code, MEANINGS[view.lead], ADVICE.get(view.lead, ENTER), facts)


def _unanswered(question: Question, routes: Routes, lookups: Lookups) -> _Verdict:
    """Nobody said where it leads. A fault of the domain's only if the resolvers work."""
    words = {view.word for view in (*routes.resolvers, *routes.own)}
    chain, circle = broken_chain(question.domain, lookups)
    facts = (("chain", " → ".join((question.domain, *chain))),)
    if circle:
        return _Verdict(False, "loop", CIRCLE, ENTER, facts)
    if routes.own and all(view.word is Word.LAME for view in routes.own):
        names = (("servers", listed(view.server.name for view in routes.own)),)
        return _Verdict(False, "lame", LAME, ANSWERS, names)
    if Word.FAILED in words and routes.target.answered:
        return _Verdict(False, "broken", MEANINGS[Lead.UNKNOWN], ANSWERS, facts)
    return _Verdict(None, "unanswered", NOT_ANSWERED, TARGET_ADVICE)


def _notes(
    question: Question, routes: Routes, lookups: Lookups, facts: Facts, code: str
) -> list[Sentence]:
    notes: list[Sentence] = []
    if code == "servers_disagree":
        servers = [view.server for view in routes.own]
        notes += filter(None, [serials_of(servers, routes.apex, lookups)])
    copied = any(view.lead is Lead.BY_ADDRESS for view in routes.resolvers)
    if copied and not question.tls_elsewhere and not question.addresses:
        notes.append(Sentence(COPIED, facts))
    leading = next((view for view in routes.resolvers if view.addresses or view.chain), None)
    if leading is None or is_apex(question.domain):
        return notes
    above = question.domain.partition(".")[2]
    reply = lookups.one(leading.server, f"portico-{secrets.token_hex(6)}.{above}", "A")
    same = reply.chain == leading.chain and set(reply.values) <= {
        str(address) for address in leading.addresses
    }
    if reply.definite and same and (reply.chain or reply.values):
        notes.append(Sentence(BY_WILDCARD, {**facts, "above": above}))
    return notes


def _records(question: Question) -> str:
    return "; ".join(
        f"{record.name} {record.type} {record.value}"
        for record in instructions(question)
        if record.type != "TXT"
    )
