"""Looking up names for outgoing calls, each within a time that holds.

Check once, pinned: whoever calls out looks the name up here, holds the addresses against
`rules.check_address`, and connects to that very address, with the name for TLS and in greetings
only. Nothing looks the name up a second time, so an answer that changes in between (DNS
rebinding) leads nowhere.

Addresses come from the configured name servers or, where there are none, from the system's
resolver, so that /etc/hosts counts. Other records come from name servers always: the configured
ones, or the system's. Answers are not kept: whoever mends a record sees it in the next test.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import time
from collections.abc import Callable, Sequence
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final, Literal

import dns.exception
import dns.name
import dns.nameserver
import dns.rcode
import dns.rdatatype
import dns.resolver

from portico.egress.configuration import Egress
from portico.egress.rules import Address, address_in, check_host, is_this_machine
from portico.kernel.errors import Invalid, gettext_noop

logger = logging.getLogger(__name__)

RecordKind = Literal["A", "AAAA", "MX", "TXT"]

# Once there are addresses of one family, how long the other one's may still take, in seconds.
# Broken name servers answer A and stay silent about AAAA.
GRACE: Final = 0.5
LONGEST_TRY: Final = 2.0  # until a question is sent again, to the next server if there is one
LOOPBACK: Final = (ipaddress.IPv4Address("127.0.0.1"), ipaddress.IPv6Address("::1"))
# What the system says of a name that exists and has no address; not every system knows both.
NO_ADDRESS: Final = {getattr(socket, name, None) for name in ("EAI_NODATA", "EAI_ADDRFAMILY")}


class LookupTrouble(Invalid):
    """A name that could not be looked up; its kinds follow. `host` is in `facts`."""

    code = "lookup_trouble"
    sentence = gettext_noop("The name %(host)s could not be looked up.")


class NameNotFound(LookupTrouble):
    code = "name_not_found"
    sentence = gettext_noop("There is no host with the name %(host)s. Check its spelling.")


class NoAddress(LookupTrouble):
    code = "name_without_address"
    sentence = gettext_noop(
        "The name %(host)s exists, but no address is entered for it in the DNS. Check whether it "
        "is the name of a server; a domain for mail alone often has none."
    )


class LookupTimedOut(LookupTrouble):
    code = "lookup_timed_out"
    sentence = gettext_noop(
        "The name servers did not say in time what %(host)s is. Try again in a minute; if it "
        "stays so, the domain's name servers or those of this installation are out of reach."
    )


class LookupFailed(LookupTrouble):
    """`reason` is in `facts`: the name servers' own word, such as SERVFAIL, or an empty text."""

    code = "lookup_failed"
    sentence = gettext_noop(
        "The name servers could not answer for %(host)s. Whoever runs the domain's DNS should "
        "look into it; often its name servers disagree, or a signature (DNSSEC) has expired."
    )


# No name server could know such names; they come from records that others wrote.
UNUSABLE: Final = (
    dns.name.BadEscape,
    dns.name.EmptyLabel,
    dns.name.LabelTooLong,
    dns.name.NameTooLong,
)

Outcome = tuple[str, ...] | LookupTrouble
Question = Callable[[], tuple[str, ...]]


def resolve(host: str, egress: Egress, *, timeout: float) -> tuple[Address, ...]:
    """The addresses of a host, at least one, within `timeout` seconds. None is checked yet.

    An address is its own answer, `localhost` and names below it are loopback; nobody is asked.
    The system's resolver says the order; from configured name servers IPv4 comes first. Raises
    HostRefused, NameNotFound, NoAddress, LookupTimedOut or LookupFailed.
    """
    host = check_host(host)
    if literal := address_in(host):
        return (literal,)
    if is_this_machine(host):
        return LOOPBACK
    if egress.name_servers:
        kinds: tuple[RecordKind, ...] = ("A", "AAAA")
        questions = [partial(_ask, host, kind, egress, timeout) for kind in kinds]
    else:
        questions = [partial(_ask_system, host)]
    outcomes = _outcomes(host, questions, timeout)
    found = [address for outcome in outcomes if isinstance(outcome, tuple) for address in outcome]
    if found:
        return tuple(ipaddress.ip_address(address) for address in dict.fromkeys(found))
    raise _gravest(host, outcomes)


def txt_records(name: str, egress: Egress, *, timeout: float) -> tuple[str, ...]:
    """The TXT records of a name, each in one piece; none: the name has no such records.

    Raises NameNotFound, LookupTimedOut or LookupFailed.
    """
    return records(name, "TXT", egress, timeout=timeout)


def records(name: str, kind: RecordKind, egress: Egress, *, timeout: float) -> tuple[str, ...]:
    """A name's records of a kind, from name servers only; none: it has no such records.

    The name is in ASCII. Of MX: the hosts, the best first. Raises NameNotFound, LookupTimedOut or
    LookupFailed.
    """
    (outcome,) = _outcomes(name, [partial(_ask, name, kind, egress, timeout)], timeout)
    if isinstance(outcome, LookupTrouble):
        raise outcome
    return outcome


def _outcomes(host: str, questions: Sequence[Question], timeout: float) -> list[Outcome]:
    """Ask all at once, and wait for the answers no longer than this, whatever blocks meanwhile.

    The system's resolver cannot be interrupted, so each question has a thread, which is left
    behind if need be. The answers are in the order of the questions.
    """
    answers: SimpleQueue[tuple[int, Outcome]] = SimpleQueue()

    def ask(number: int, question: Question) -> None:
        try:
            answers.put((number, question()))
        except LookupTrouble as trouble:
            answers.put((number, trouble))
        except Exception:
            logger.exception("A lookup broke")
            answers.put((number, LookupFailed(host=host, reason="")))

    for number, question in enumerate(questions):
        Thread(target=ask, args=(number, question), name="lookup", daemon=True).start()
    outcomes: list[Outcome] = [LookupTimedOut(host=host) for _question in questions]
    until = time.monotonic() + timeout
    for _question in questions:
        try:
            number, outcome = answers.get(timeout=max(0.0, until - time.monotonic()))
        except Empty:
            break
        outcomes[number] = outcome
        if outcome and isinstance(outcome, tuple):
            until = min(until, time.monotonic() + GRACE)
    return outcomes


def _gravest(host: str, outcomes: Sequence[Outcome]) -> LookupTrouble:
    """What says most, where no family has an address: first what speaks of the name itself."""
    troubles = [outcome for outcome in outcomes if isinstance(outcome, LookupTrouble)]
    for kind in (NameNotFound, LookupTimedOut, LookupFailed):
        for trouble in troubles:
            if isinstance(trouble, kind):
                return trouble
    return NoAddress(host=host)


def _ask_system(host: str) -> tuple[str, ...]:
    try:
        entries = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_NONAME:
            raise NameNotFound(host=host) from None
        if error.errno in NO_ADDRESS:
            return ()
        raise LookupFailed(host=host, reason="") from None
    return tuple(str(entry[4][0]) for entry in entries)


def _ask(name: str, kind: RecordKind, egress: Egress, timeout: float) -> tuple[str, ...]:
    try:
        answer = _resolver(egress, timeout).resolve(
            dns.name.from_text(name), kind, lifetime=timeout, search=False
        )
    except (
        dns.resolver.NXDOMAIN,
        dns.name.LabelTooLong,
        dns.name.EmptyLabel,
        dns.name.NameTooLong,
    ):
        raise NameNotFound(host=name) from None
    except dns.resolver.NoAnswer as error:
        if _is_lame(error):
            raise LookupFailed(host=name, reason="lame") from None
        return ()
    except dns.exception.Timeout:
        raise LookupTimedOut(host=name) from None
    except dns.resolver.NoNameservers as error:
        raise LookupFailed(host=name, reason=_reason(error)) from None
    except (dns.exception.DNSException, OSError):
        raise LookupFailed(host=name, reason="") from None
    return _texts(answer)


def _resolver(egress: Egress, timeout: float) -> dns.resolver.Resolver:
    resolver = dns.resolver.Resolver(configure=not egress.name_servers)
    if egress.name_servers:
        resolver.nameservers = [
            dns.nameserver.Do53Nameserver(server.address, server.port)
            for server in egress.name_servers
        ]
    # Short enough that a silent server leaves time for the next one.
    resolver.timeout = min(LONGEST_TRY, timeout / (len(resolver.nameservers) + 1))
    return resolver


def _texts(answer: dns.resolver.Answer) -> tuple[str, ...]:
    rdatas = list(answer)
    if answer.rdtype == dns.rdatatype.TXT:
        return tuple(b"".join(rdata.strings).decode("utf-8", "replace") for rdata in rdatas)
    if answer.rdtype == dns.rdatatype.MX:
        rdatas.sort(key=lambda rdata: rdata.preference)
        return tuple(rdata.exchange.to_text(omit_final_dot=True) for rdata in rdatas)
    return tuple(rdata.address for rdata in rdatas)


def _is_lame(error: dns.resolver.NoAnswer) -> bool:
    """Whether the server only points elsewhere, as one does that knows nothing of the zone."""
    response = error.kwargs["response"]
    kinds = {rrset.rdtype for rrset in response.authority}
    return dns.rdatatype.NS in kinds and dns.rdatatype.SOA not in kinds


def _reason(error: dns.resolver.NoNameservers) -> str:
    """The word of the last server that gave one: SERVFAIL, REFUSED, ..."""
    for *_where, response in reversed(error.kwargs.get("errors", [])):
        if response is not None and response.rcode() != dns.rcode.NOERROR:
            return dns.rcode.to_text(response.rcode())
    return ""
