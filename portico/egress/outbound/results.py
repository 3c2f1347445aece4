"""What a verification found out, address by address. Plain Python."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypedDict

from portico.egress.calls import Answer, CallTrouble
from portico.egress.calls.troubles import ProxyAway, SourceNotHere
from portico.kernel.errors import gettext_noop

MOST_QUOTED: Final = 60

NO_ADDRESS: Final = gettext_noop(
    "The echo address did not answer with an address, but with “%(said)s”."
)
NOT_OK: Final = gettext_noop("The echo address answered with status %(status)s.")
NO_LONGER_OFFERED: Final = gettext_noop(
    "The operator of this platform offers this address no longer, so nothing leaves from it. "
    "Choose another one."
)
SEEN_ELSEWHERE: Final = gettext_noop(
    "Others see these calls come from %(seen)s. The operator of this platform has to compare "
    "PORTICO_EGRESS_IPS with how the network translates addresses; until then a partner's "
    "firewall that knows %(expected)s only turns the calls away."
)
ASK_OPERATOR: Final = gettext_noop(
    "Try again in a few minutes. If it stays so, tell the operator of this platform: the echo "
    "address (PORTICO_EGRESS_ECHO_URL) cannot be reached from this address."
)


class Verdict(StrEnum):
    """What came of one address."""

    OK = "ok"
    DIFFERS = "differs"
    FAILED = "failed"


class KeptResult(TypedDict):
    """A result as JSON."""

    public: str
    verdict: str
    seen: str
    text: str
    facts: dict[str, str]
    advice: str
    milliseconds: int


@dataclass(frozen=True)
class Result:
    """One call from one address.

    `seen`: the address that the other side saw, empty where none was told. `text`, a %-format with
    `facts`, says what went wrong; `advice` (with the same facts) what to do. Both are translated
    where they are shown, and empty where all is well.
    """

    public: str
    verdict: Verdict
    seen: str = ""
    text: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    advice: str = ""
    milliseconds: int = 0

    def kept(self) -> KeptResult:
        """As JSON."""
        return KeptResult(
            public=self.public,
            verdict=self.verdict.value,
            seen=self.seen,
            text=self.text,
            facts=dict(self.facts),
            advice=self.advice,
            milliseconds=self.milliseconds,
        )


def result_kept(kept: KeptResult) -> Result:
    """The result that was kept as this JSON."""
    return Result(
        public=kept["public"],
        verdict=Verdict(kept["verdict"]),
        seen=kept["seen"],
        text=kept["text"],
        facts=kept["facts"],
        advice=kept["advice"],
        milliseconds=kept["milliseconds"],
    )


def result_of(public: str, answer: Answer) -> Result:
    """What the echo address's answer says of a call from this public address."""
    took = answer.milliseconds
    if answer.status != 200:
        facts = {"status": str(answer.status)}
        return Result(public, Verdict.FAILED, "", NOT_OK, facts, ASK_OPERATOR, took)
    seen = address_told(answer.body)
    if not seen:
        facts = {"said": _quoted(answer.body)}
        return Result(public, Verdict.FAILED, "", NO_ADDRESS, facts, ASK_OPERATOR, took)
    if seen != public:
        facts = {"seen": seen, "expected": public}
        return Result(public, Verdict.DIFFERS, seen, "", facts, SEEN_ELSEWHERE, took)
    return Result(public, Verdict.OK, seen, milliseconds=took)


def result_of_trouble(public: str, trouble: CallTrouble) -> Result:
    """What a call that brought no answer says."""
    facts = {name: str(fact) for name, fact in trouble.facts.items()}
    # These sentences say themselves whose turn it is.
    advice = "" if isinstance(trouble, (SourceNotHere, ProxyAway)) else ASK_OPERATOR
    return Result(public, Verdict.FAILED, "", trouble.sentence, facts, advice, trouble.milliseconds)


def no_longer_offered(public: str) -> Result:
    """An address that was chosen, and that the operator has taken out since."""
    return Result(public, Verdict.FAILED, text=NO_LONGER_OFFERED)


def address_told(body: bytes) -> str:
    """The address in an echo's answer: plain text, or JSON with `ip`; empty: there is none."""
    text = body.decode("utf-8", "replace").strip()
    if text.startswith("{"):
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            return ""
        text = str(told.get("ip", "")).strip()
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)


def _quoted(body: bytes) -> str:
    text = " ".join(body.decode("utf-8", "replace").split())
    shown = "".join(c for c in text if c.isprintable())
    return f"{shown[:MOST_QUOTED]}…" if len(shown) > MOST_QUOTED else shown
