"""Name servers that fail, lie or lead astray, and what CAA records say."""

from __future__ import annotations

from portico.domains.checking import CheckName
from tests.hostile.dns import wires
from tests.hostile.dns.cases import (
    CHALLENGE,
    DOMAIN,
    NAME_SERVERS,
    QUICK,
    TARGET,
    THERE,
    Case,
    zone_kept,
)
from tests.peers.dns import Trouble

ROUTING, CAA = CheckName.ROUTING, CheckName.CAA
BOTH = ("first", "second")
NS1, NS2 = NAME_SERVERS


def everywhere(name: str, twist: object, **more: object) -> Case:
    """All servers send the same nonsense: nothing can be said, and nothing breaks."""
    return Case(
        name,
        twists={"resolver": twist, "first": twist, "second": twist},  # type: ignore[dict-item]
        ownership="?unanswered",
        routing="?unanswered",
        addresses="?route_first",
        caa="?unanswered",
        https="?route_first",
        limits=QUICK,
        **more,  # type: ignore[arg-type]
    )


def at_zone(name: str, twist: object, *says: str, **more: object) -> Case:
    """The zone's servers send nonsense, and resolvers know nevertheless."""
    return Case(
        name,
        twists={"first": twist, "second": twist},  # type: ignore[dict-item]
        says=says,
        **more,  # type: ignore[arg-type]
    )


def caa(name: str, values: list[str], expected: str, *says: str, **more: object) -> Case:
    """These CAA records at the zone."""
    top = {**zone_kept(0), "CAA": values}
    culprit = CAA if expected.startswith("-") else None
    return Case(
        name,
        {"example.com": top},
        caa=expected,
        culprit=culprit,
        says=says,
        **more,  # type: ignore[arg-type]
    )


WIRES = [
    everywhere("pointers in a circle", wires.pointer_to_itself, says=("makes no sense",)),
    everywhere("pointers behind the end", wires.pointer_forward),
    everywhere("messages cut short", wires.cut_short),
    everywhere("one byte", wires.one_byte),
    everywhere("answers to other questions", wires.other_question),
    everywhere("answers to other messages", wires.other_id),
    everywhere("the question itself as answer", wires.echo),
    everywhere(
        "truncated, and no TCP",
        wires.truncated,
        no_tcp=("resolver", *BOTH),
        says=("gives no longer ones over TCP",),
    ),
    Case("truncated, the rest over TCP", twists={"resolver": wires.truncated}),
    Case("letters in other cases", twists=dict.fromkeys(("resolver", *BOTH), wires.swapped_case)),
    Case("records that nobody asked for", twists=dict.fromkeys(("resolver", *BOTH), wires.poison)),
    Case(
        "servers that know no EDNS", twists=dict.fromkeys(("resolver", *BOTH), wires.without_edns)
    ),
    at_zone(
        "records of another name",
        wires.other_name,
        ownership="-missing",
        routing="-nowhere",
        addresses="+clean",
        culprit=CheckName.OWNERSHIP,
        https="+served",
    ),
    at_zone(
        "records of another class",
        wires.other_class,
        ownership="-missing",
        routing="-nowhere",
        culprit=CheckName.OWNERSHIP,
    ),
    at_zone(
        "servers of the zone that are no authority", wires.not_authoritative, "lame delegation"
    ),
    Case(
        "alias and address at one name",
        twists=dict.fromkeys(("resolver", *BOTH), wires.alias_and_address),
        routing="-mixed",
        culprit=ROUTING,
        says=("An alias (CNAME) and other records",),
    ),
]
SERVERS = [
    Case(
        "SERVFAIL on one resolver",
        resolver={DOMAIN: Trouble.SERVFAIL, CHALLENGE: Trouble.SERVFAIL},
        second_resolver={},
        says=("SERVFAIL",),
    ),
    Case(
        "SERVFAIL on all resolvers",
        resolver={DOMAIN: Trouble.SERVFAIL, CHALLENGE: Trouble.SERVFAIL},
        routing="-broken",
        addresses="+clean",
        caa="-failed",
        https="?route_first",
        culprit=ROUTING,
        says=("a signature (DNSSEC) is wrong",),
    ),
    Case(
        "lame delegation: servers that refuse the zone",
        resolver=dict.fromkeys(("example.com", DOMAIN, CHALLENGE), Trouble.SERVFAIL),
        zone={"com": {"SOA": "a. b. 1 2 3 4 5", "NS": ["a.registry.com"]}},
        twists=dict.fromkeys(BOTH, wires.not_authoritative),
        ownership="?broken",
        routing="-lame",
        addresses="?route_first",
        caa="-failed",
        https="?route_first",
        culprit=ROUTING,
        says=(
            "but they know nothing of it (lame delegation)",
            "The registry names ns1.example.com",
        ),
    ),
    Case(
        "silent servers of the zone",
        twists=dict.fromkeys(BOTH, lambda _question, _reply, _tcp: None),
        limits=QUICK,
        says=("It did not answer in time.",),
    ),
    Case(
        "all silent",
        dict.fromkeys((DOMAIN, CHALLENGE, "example.com"), Trouble.SILENCE),
        ownership="?unanswered",
        routing="?unanswered",
        addresses="?route_first",
        caa="?unanswered",
        https="?route_first",
        limits=QUICK,
    ),
    Case(
        "everything silent, target too",
        resolver={
            **dict.fromkeys((DOMAIN, CHALLENGE, TARGET), Trouble.SILENCE),
            **dict.fromkeys(("example.com", "com"), Trouble.SILENCE),
        },
        ownership="?unanswered",
        routing="?unanswered",
        addresses="?route_first",
        caa="?unanswered",
        https="?route_first",
        limits=QUICK,
    ),
    Case(
        "all refuse",
        dict.fromkeys((DOMAIN, CHALLENGE, "example.com"), Trouble.REFUSED),
        ownership="?unanswered",
        routing="?unanswered",
        addresses="?route_first",
        caa="?unanswered",
        https="?route_first",
        says=("It refuses to answer.",),
    ),
    Case(
        "one server of the zone leads elsewhere",
        second={DOMAIN: {"A": [THERE]}},
        routing="-servers_disagree",
        https="-closed_refused",
        culprit=ROUTING,
        says=("ns1.example.com lead here, ns2.example.com do not", "have the same serial"),
    ),
    Case(
        "one server of the zone is silent",
        twists={"second": lambda _question, _reply, _tcp: None},
        limits=QUICK,
    ),
    Case("one server of the zone is lame", twists={"second": wires.not_authoritative}),
    Case(
        "name servers at private addresses, in production",
        {NS1: {"A": ["127.0.0.1"]}, NS2: {"A": ["10.0.0.1"]}},
        production=True,
        https="?not_reachable",
        says=("leads back to the machine", "10.0.0.1 is an address of a private network"),
    ),
    Case(
        "name servers without addresses",
        {NS1: None, NS2: None},
        says=("No address of this name server can be found",),
    ),
    Case(
        "name servers with names that nobody can have",
        {"example.com": {**zone_kept(0), "NS": ["127.0.0.21", "-"]}},
    ),
    Case(
        "forty name servers",
        {"example.com": {**zone_kept(0), "NS": [NS1, *(f"ns{a}.example.net" for a in range(40))]}},
    ),
]
CAAS = [
    caa("CAA allows", ['0 issue "letsencrypt.org"'], "+allowed"),
    caa("CAA in capital letters", ['0 ISSUE "LetsEncrypt.org"'], "+allowed"),
    caa(
        "CAA forbids",
        ['0 issue "ca.example.net"'],
        "-forbidden",
        "only ca.example.net may issue",
        'Name: example.com, type: CAA, value: 0 issue "letsencrypt.org"',
    ),
    caa("CAA forbids all", ['0 issue ";"'], "-forbidden", "forbid all authorities"),
    caa("CAA for wildcards only", ['0 issuewild "ca.example.net"'], "+not_limited"),
    caa("CAA for reports only", ['0 iodef "mailto:a@example.com"'], "+not_limited"),
    caa(
        "CAA with an unknown critical tag",
        ['0 issue "letsencrypt.org"', '128 tbs "unknown"'],
        "-critical",
        "“tbs” marked as critical",
    ),
    caa("CAA with an unknown tag", ['0 tbs "unknown"'], "+not_limited"),
    caa(
        "CAA for another way to prove it",
        ['0 issue "letsencrypt.org; validationmethods=dns-01"'],
        "-methods",
        "dns-01",
    ),
    caa(
        "CAA for one account",
        ['0 issue "letsencrypt.org; accounturi=https://a.example/1"'],
        "+allowed",
        "one account with the authority only",
    ),
    Case(
        "CAA of the alias's end",
        resolver={TARGET: {"A": ["127.0.0.30"], "CAA": ['0 issue "ca.example.net"']}},
        caa="-forbidden",
        culprit=CAA,
        says=("Nothing is to be done in your DNS: acme.portico.example is a name",),
    ),
    Case(
        "CAA cannot be looked up",
        {DOMAIN: {"CNAME": TARGET, "CAA": Trouble.SERVFAIL}},
        caa="-failed",
        culprit=CAA,
        says=("Authorities issue no certificate then.",),
    ),
    Case(
        "CAA changed, a resolver keeps the former",
        {"example.com": {**zone_kept(0), "CAA": ['0 issue "letsencrypt.org"']}},
        resolver={"example.com": {**zone_kept(0), "CAA": ['0 issue "ca.example.net"']}},
        caa="-disagree",
        culprit=CAA,
    ),
]
