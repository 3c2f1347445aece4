"""What may be wrong with the record that proves ownership."""

from __future__ import annotations

from portico.domains.checking import CheckName
from tests.hostile.dns.cases import CHALLENGE, QUICK, TOKEN, Case, zone_kept
from tests.peers.dns import Kept, Trouble

OWNERSHIP = CheckName.OWNERSHIP
NOT_YET = "?not_yet"  # unproven, so that whoever answers over HTTPS is not to blame
OTHER_TOKEN = "portico-ffffffffffffffffffffffffffffffff"


def wrong(name: str, *values: str, code: str, says: str) -> Case:
    """A case with these values in the place of the token."""
    return Case(
        name,
        {CHALLENGE: {"TXT": list(values)}},
        ownership=f"-{code}",
        culprit=OWNERSHIP,
        says=(says,),
    )


PROOFS = [
    Case("all in order"),
    Case(
        "TXT missing",
        {CHALLENGE: None},
        ownership="-missing",
        culprit=OWNERSHIP,
        says=(f"There is no TXT record at {CHALLENGE}.", f"type: TXT, value: {TOKEN}"),
    ),
    Case(
        "TXT missing, other records there",
        {CHALLENGE: {"A": ["192.0.2.1"]}},
        ownership="-missing",
        culprit=OWNERSHIP,
    ),
    wrong("TXT empty", "", code="wrong", says="does not hold the token"),
    wrong("TXT of something else", "v=spf1 -all", code="wrong", says="v=spf1 -all"),
    wrong("TXT in quotation marks", f'"{TOKEN}"', code="quoted", says="without them"),
    wrong("TXT in curly marks", f"“{TOKEN}”", code="quoted", says="quotation marks"),
    wrong("TXT with a space after it", f"{TOKEN} ", code="quoted", says="spaces"),
    wrong("TXT with spaces within", f"{TOKEN[:16]} {TOKEN[16:]}", code="spaced", says="one piece"),
    wrong("TXT in capital letters", TOKEN.upper(), code="case", says="capital letters"),
    wrong("TXT cut off", TOKEN[:20], code="cut", says="cut off"),
    wrong("TXT with more around it", f"{CHALLENGE}={TOKEN}", code="more", says="alone"),
    wrong("TXT of another workspace", OTHER_TOKEN, code="another", says="another workspace's"),
    wrong("TXT with markup", "<script>alert(1)</script>", code="wrong", says="<script>"),
    wrong("TXT with NUL and escapes", "a\0b\x1b[31m", code="wrong", says="a�b�[31m"),
    wrong("TXT of 60,000 signs", "x" * 60_000, code="wrong", says="xxx…"),
    Case(
        "300 TXT records, the last one right",
        {CHALLENGE: {"TXT": [*(f"v={at}" for at in range(300)), TOKEN]}},
    ),
    wrong("200 TXT records", *(f"v={at}" for at in range(200)), code="wrong", says="v="),
    Case(
        "several TXT, one right",
        {CHALLENGE: {"TXT": ["v=old", TOKEN, OTHER_TOKEN]}},
        says=("They do no harm and can be removed.", "v=old"),
    ),
    Case(
        "TXT behind an alias in the zone",
        {CHALLENGE: {"CNAME": "proof.example.com"}, "proof.example.com": {"TXT": [TOKEN]}},
        says=("which was followed",),
    ),
    Case(
        "TXT behind an alias into another zone",
        {
            CHALLENGE: {"CNAME": "proof.example.net"},
            "example.net": {"NS": ["a.registry.com"], "SOA": "a. b. 1 2 3 4 5"},
            "proof.example.net": {"TXT": [TOKEN]},
        },
        says=("a.registry.com (127.0.0.25)",),
    ),
    Case(
        "TXT behind an alias into another zone, which has not got it",
        {
            CHALLENGE: {"CNAME": "proof.example.net"},
            "example.net": {"NS": ["a.registry.com"], "SOA": "a. b. 1 2 3 4 5"},
        },
        ownership="-missing",
        culprit=OWNERSHIP,
    ),
    Case(
        "TXT behind an alias into a zone that cannot be asked",
        {CHALLENGE: {"CNAME": "proof.example.org"}, "proof.example.org": {"TXT": [TOKEN]}},
    ),
    Case(
        "TXT behind an alias that leads nowhere",
        {CHALLENGE: {"CNAME": "proof.example.com"}},
        ownership="-missing",
        culprit=OWNERSHIP,
    ),
    Case(
        "TXT behind a circle of aliases",
        {
            CHALLENGE: {"CNAME": "one.example.com"},
            "one.example.com": {"CNAME": "two.example.com"},
            "two.example.com": {"CNAME": "one.example.com"},
        },
        ownership="-loop",
        culprit=OWNERSHIP,
        says=("leads in a circle",),
    ),
    Case(
        "TXT at the doubled name",
        {CHALLENGE: None, f"{CHALLENGE}.example.com": {"TXT": [TOKEN]}},
        ownership="-doubled",
        culprit=OWNERSHIP,
        says=(f"found at {CHALLENGE}.example.com", "_portico-challenge.pay there instead"),
    ),
    Case(
        "TXT at the domain itself",
        {CHALLENGE: None, "pay.example.com": {"A": ["127.0.0.30"], "TXT": [TOKEN]}},
        ownership="-at_domain",
        culprit=OWNERSHIP,
        says=("found at pay.example.com itself",),
    ),
    Case(
        "TXT at the top of the zone",
        {CHALLENGE: None, "_portico-challenge.example.com": {"TXT": [TOKEN]}},
        ownership="-too_high",
        culprit=OWNERSHIP,
        says=("found at _portico-challenge.example.com",),
    ),
    Case(
        "TXT answered by a wildcard",
        {CHALLENGE: None, "*.pay.example.com": {"TXT": ["v=spf1 -all"]}},
        ownership="-wildcard",
        culprit=OWNERSHIP,
        says=("comes from a wildcard record",),
    ),
    Case(
        "token by a wildcard",
        {CHALLENGE: None, "*.pay.example.com": {"TXT": [TOKEN]}},
    ),
    Case(
        "TXT entered, a resolver keeps the no",
        resolver={CHALLENGE: None, "example.com": zone_kept(900)},
        says=("still has the former answer, for 15 minutes",),
    ),
    Case(
        "TXT on one server of the zone only",
        second={CHALLENGE: None, "example.com": zone_kept(0, serial=6)},
        ownership="-servers_disagree",
        culprit=OWNERSHIP,
        says=(
            "ns1.example.com have the token, ns2.example.com do not",
            "ns1.example.com: 7, ns2.example.com: 6",
        ),
    ),
    Case(
        "TXT: SERVFAIL everywhere",
        {CHALLENGE: Trouble.SERVFAIL},
        ownership="?broken",
        https="+served",
    ),
    Case(
        "TXT: silence everywhere",
        {CHALLENGE: Trouble.SILENCE},
        ownership="?unanswered",
        limits=QUICK,
    ),
    Case(
        "TXT removed, resolvers keep it",
        {CHALLENGE: None},
        resolver={CHALLENGE: {"TXT": Kept(300, TOKEN)}},
        ownership="-missing",
        culprit=OWNERSHIP,
    ),
    Case(
        "TXT missing, and nothing leads here yet",
        {CHALLENGE: None, "pay.example.com": None},
        ownership="-missing",
        routing="-no_name",
        addresses="?route_first",
        https="?route_first",
        culprit=OWNERSHIP,
        says=("There is no pay.example.com in the DNS yet.",),
    ),
]
