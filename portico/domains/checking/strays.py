"""Whether the domain has addresses that lead elsewhere, beside right ones.

An old AAAA record is the usual one: it stays behind when A is changed, and whoever has IPv6 still
comes to the former server.
"""

from __future__ import annotations

from typing import Final

from portico.domains.checking.leads import Lead, Routes, View
from portico.domains.checking.places import listed, minutes
from portico.domains.checking.reports import NOTHING, Check, CheckName, Question
from portico.egress.rules import Address
from portico.kernel.errors import gettext_noop
from portico.kernel.sentences import Facts, Sentence

NONE: Final = gettext_noop("All addresses of %(domain)s lead here.")
OF_ALIAS: Final = gettext_noop("%(domain)s is an alias and has no addresses of its own.")
STRAYS: Final = gettext_noop(
    "Beside the right address, %(domain)s has others, which lead elsewhere: %(strays)s. Some "
    "visitors come there."
)
REMOVE: Final = gettext_noop("Remove these records at %(domain)s: %(records)s")
GOING: Final = gettext_noop(
    "The addresses %(strays)s were removed, but resolvers still have them (%(wrong)s)."
)
WAIT: Final = gettext_noop("Nothing more is to be done. Wait at most %(minutes)s minutes.")
ROUTE_FIRST: Final = gettext_noop("This can be said once %(domain)s leads here.")
BALANCER: Final = gettext_noop(
    "Not looked at: which addresses your load balancer has is known to you alone."
)


def check_addresses(question: Question, routes: Routes) -> Check:
    """Look for addresses that are not ours."""
    facts: Facts = {"domain": question.domain}
    if question.tls_elsewhere:
        return _check(routes, None, "balancer", Sentence(BALANCER, facts))
    views = [view for view in (*routes.own, *routes.resolvers) if view.right]
    if not views:
        return _check(routes, None, "route_first", Sentence(ROUTE_FIRST, facts))
    with_strays = [(view, found) for view in views if (found := _strays(view, routes))]
    if not with_strays:
        by_alias = all(view.lead is Lead.BY_ALIAS for view in views)
        return _check(routes, True, "clean", Sentence(OF_ALIAS if by_alias else NONE, facts))
    strays = list(dict.fromkeys(one for _view, found in with_strays for one in found))
    facts["strays"] = listed(str(one) for one in strays)
    own_ones = [view for view in views if view.server.name]
    if own_ones and not any(view.server.name for view, _found in with_strays):
        facts["wrong"] = listed(view.server.where for view, _found in with_strays)
        facts["minutes"] = max(1, minutes(view.ttl for view, _found in with_strays))
        return _check(routes, False, "going", Sentence(GOING, facts), Sentence(WAIT, facts))
    facts["records"] = listed(_record(one) for one in strays)
    return _check(routes, False, "strays", Sentence(STRAYS, facts), Sentence(REMOVE, facts))


def _strays(view: View, routes: Routes) -> tuple[Address, ...]:
    if view.lead is not Lead.BY_ADDRESS:
        return ()
    return tuple(one for one in view.addresses if one not in routes.target.addresses)


def _record(address: Address) -> str:
    return f"{'AAAA' if address.version == 6 else 'A'} {address}"


def _check(
    routes: Routes, ok: bool | None, code: str, meaning: Sentence, advice: Sentence = NOTHING
) -> Check:
    expected = sorted(routes.target.addresses, key=lambda one: (one.version, int(one)))
    return Check(
        CheckName.ADDRESSES,
        ok,
        expected=" ".join(str(one) for one in expected),
        seen=() if ok is None else routes.seen,
        meaning=meaning,
        advice=advice,
        code=code,
    )
