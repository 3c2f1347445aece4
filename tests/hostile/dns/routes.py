"""Where a domain may lead."""

from __future__ import annotations

import ipaddress
from itertools import pairwise

from portico.domains.checking import CheckName
from tests.hostile.dns.cases import (
    CHALLENGE,
    DOMAIN,
    HERE,
    QUICK,
    TARGET,
    THERE,
    TOKEN,
    Case,
    Changes,
    zone_kept,
)
from tests.peers.dns import Kept, Records, Trouble

ROUTING, ADDRESSES = CheckName.ROUTING, CheckName.ADDRESSES
OURS = {"addresses": (ipaddress.ip_address(HERE),)}
APEX = {"domain": "example.com", "record_name": "_portico-challenge.example.com", **OURS}
APEX_ZONE = {"SOA": "ns1.example.com. h.example.com. 7 3600 600 86400 300"}
APEX_NS = ["ns1.example.com", "ns2.example.com"]
APEX_PROOF = {"_portico-challenge.example.com": {"TXT": [TOKEN]}}
NEW = {DOMAIN: {"CNAME": TARGET}}
CLOSED = "-closed_refused"


def apex(**records: Records) -> Changes:
    """The top of the zone with these records."""
    return {**APEX_PROOF, "example.com": {**APEX_ZONE, "NS": APEX_NS, **records}}


def long_chain(length: int) -> Changes:
    """So many aliases until the target."""
    names = [DOMAIN, *(f"hop{at}.example.com" for at in range(length - 1)), TARGET]
    return {one: {"CNAME": two} for one, two in pairwise(names)}


def lost(
    name: str, zone: Changes, code: str, says: str, *, unproven: bool = False, **more: object
) -> Case:
    """A domain that leads to no address."""
    return Case(
        name,
        zone,
        ownership="-missing" if unproven else "+proven",
        routing=f"-{code}",
        addresses="?route_first",
        https="?route_first",
        culprit=CheckName.OWNERSHIP if unproven else ROUTING,
        says=(says,),
        **more,  # type: ignore[arg-type]
    )


ROUTES = [
    Case("alias over another name", long_chain(2)),
    Case("alias over eight names", long_chain(8)),
    Case(
        "alias over twelve names",
        long_chain(12),
        routing="-too_long",
        addresses="?route_first",
        culprit=ROUTING,
        says=("Too many aliases",),
    ),
    Case("address right", {DOMAIN: {"A": [HERE]}}, question=OURS),
    Case(
        "address copied from the target",
        {DOMAIN: {"A": [HERE]}},
        says=("were copied",),
    ),
    lost("proof entered, route missing", {DOMAIN: None}, "nowhere", "neither an alias"),
    lost("name without routes", {DOMAIN: {"MX": ["10 mx.example.com"]}}, "nowhere", "neither"),
    lost(
        "domain not registered",
        {
            "example.com": None,
            DOMAIN: None,
            "_portico-challenge.pay.example.com": None,
            "ns1.example.com": None,
            "ns2.example.com": None,
        },
        "not_registered",
        "There is no domain example.com",
        unproven=True,
    ),
    lost("alias of itself", {DOMAIN: {"CNAME": DOMAIN}}, "loop", "in a circle"),
    lost(
        "alias in a circle",
        {DOMAIN: {"CNAME": "www.example.com"}, "www.example.com": {"CNAME": DOMAIN}},
        "loop",
        "pay.example.com → www.example.com → pay.example.com",
    ),
    lost(
        "circle that resolvers answer with SERVFAIL",
        {DOMAIN: {"CNAME": "www.example.com"}, "www.example.com": {"CNAME": DOMAIN}},
        "loop",
        "in a circle",
        resolver={DOMAIN: {"CNAME": "www.example.com", "A": Trouble.SERVFAIL}},
    ),
    lost("alias of nothing", {DOMAIN: {"CNAME": "gone.example.net"}}, "dangling", "gone.example"),
    lost("target without address", {TARGET: None}, "target_gone", "a name of this installation"),
    Case(
        "alias of another site",
        {DOMAIN: {"CNAME": "shop.example.com"}, "shop.example.com": {"A": [THERE]}},
        routing="-elsewhere",
        addresses="?route_first",
        https=CLOSED,
        culprit=ROUTING,
        says=("leads elsewhere: CNAME shop.example.com",),
    ),
    Case(
        "address of another site",
        {DOMAIN: {"A": [THERE]}},
        question=OURS,
        routing="-elsewhere",
        addresses="?route_first",
        https=CLOSED,
        culprit=ROUTING,
    ),
    Case(
        "apex with the right address",
        apex(A=[HERE]),
        question=APEX,
    ),
    Case(
        "apex with an alias",
        apex(CNAME=TARGET),
        question=APEX,
        routing="-alias_at_apex",
        culprit=ROUTING,
        says=("is the top of its zone and has an alias",),
    ),
    Case(
        "apex with nothing",
        apex(),
        question=APEX,
        routing="-nowhere",
        addresses="?route_first",
        https="?route_first",
        culprit=ROUTING,
        says=(f"example.com A {HERE}",),
    ),
    Case(
        "old AAAA remains",
        {DOMAIN: {"A": [HERE], "AAAA": ["2001:db8::99"]}},
        question=OURS,
        addresses="-strays",
        culprit=ADDRESSES,
        says=("Remove these records at pay.example.com: AAAA 2001:db8::99",),
    ),
    Case(
        "old A remains",
        {DOMAIN: {"A": [HERE, THERE]}},
        question=OURS,
        addresses="-strays",
        https=CLOSED,
        culprit=ADDRESSES,
        says=(f"A {THERE}",),
    ),
    Case(
        "old AAAA removed, a resolver keeps it",
        {DOMAIN: {"A": [HERE]}},
        resolver={DOMAIN: {"A": [HERE], "AAAA": Kept(600, "2001:db8::99")}},
        question=OURS,
        addresses="-going",
        culprit=ADDRESSES,
        says=("Wait at most 10 minutes",),
    ),
    Case(
        "resolvers differ, one keeps the former address",
        resolver={DOMAIN: {"A": Kept(720, THERE)}},
        second_resolver={},
        routing="-resolvers_wait",
        https=CLOSED,
        culprit=ROUTING,
        says=("Wait at most 12 minutes", f"(A {THERE})"),
    ),
    Case(
        "entered just now, no resolver knows it",
        resolver={DOMAIN: {"MX": ["10 mx.example.com"]}, "example.com": zone_kept(300)},
        routing="-resolvers_wait",
        addresses="+clean",
        https="?route_first",
        culprit=ROUTING,
        says=("Wait at most 5 minutes",),
    ),
    Case(
        "moved away, resolvers do not know yet",
        {DOMAIN: {"A": [THERE]}},
        resolver={DOMAIN: {"CNAME": Kept(300, TARGET)}},
        routing="-elsewhere",
        https=CLOSED,
        culprit=ROUTING,
    ),
    Case(
        "answers of zero seconds",
        {DOMAIN: {"CNAME": Kept(0, TARGET)}},
        resolver={DOMAIN: {"A": Kept(0, THERE)}},
        routing="-resolvers_wait",
        https=CLOSED,
        culprit=ROUTING,
        says=("Wait at most 1 minutes",),
    ),
    Case(
        "answered by a wildcard",
        {CHALLENGE: None, DOMAIN: None, "*.example.com": {"CNAME": TARGET}},
        ownership="-missing",
        culprit=CheckName.OWNERSHIP,
        says=("comes from a wildcard record (*.example.com)", "a record of its own"),
    ),
    Case(
        "wildcard to another site",
        {CHALLENGE: None, DOMAIN: None, "*.example.com": {"A": [THERE]}},
        ownership="-missing",
        routing="-elsewhere",
        addresses="?route_first",
        https=CLOSED,
        culprit=CheckName.OWNERSHIP,
        says=("comes from a wildcard record (*.example.com)",),
    ),
    Case(
        "behind a load balancer",
        {DOMAIN: {"A": [HERE]}},
        question={"tls_elsewhere": True},
        routing="+balancer",
        addresses="?balancer",
        caa="?balancer",
        says=("is taken for your load balancer",),
    ),
    Case(
        "behind a load balancer that is not there yet",
        {DOMAIN: None},
        question={"tls_elsewhere": True},
        routing="-nowhere",
        addresses="?balancer",
        caa="?balancer",
        https="?route_first",
        culprit=ROUTING,
    ),
    Case(
        "A answered, AAAA silent",
        {DOMAIN: {"A": [HERE], "AAAA": Trouble.SILENCE}},
        question=OURS,
        limits=QUICK,
    ),
]
