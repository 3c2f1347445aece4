"""From a host's name to a connection with a checked address."""

from __future__ import annotations

import time
from collections.abc import Sequence

from portico.egress.configuration import Egress
from portico.egress.connecting import SENTENCES, NotReached, Obstacle, Reached, reach
from portico.egress.resolving import (
    LookupTimedOut,
    LookupTrouble,
    NameNotFound,
    NoAddress,
    resolve,
)
from portico.egress.rules import (
    Address,
    HostRefused,
    PortRefused,
    check_port,
    sort_addresses,
)
from portico.kernel.errors import DomainError, gettext_noop
from portico.service_email.smtp.limits import Patience
from portico.service_email.smtp.server import Server
from portico.service_email.smtp.stages import Sentence
from portico.service_email.smtp.troubles import Condition, Trouble
from portico.service_email.smtp.watching import watched

MOST_TRIED = 4  # addresses of one name

CONNECTED_FROM = gettext_noop("Connected from %(source)s.")

_CONDITIONS = {
    Obstacle.REFUSED: Condition.CONNECTION_REFUSED,
    Obstacle.TIMED_OUT: Condition.CONNECT_TIMED_OUT,
    Obstacle.UNREACHABLE: Condition.UNREACHABLE,
    Obstacle.NO_SOURCE: Condition.NO_SOURCE_LEFT,
    Obstacle.OTHER_FAMILY: Condition.SOURCE_OF_OTHER_KIND,
    Obstacle.NOT_LOCAL: Condition.SOURCE_NOT_HERE,
    Obstacle.PROXY_AWAY: Condition.PROXY_AWAY,
    Obstacle.PROXY_REFUSED: Condition.PROXY_REFUSED,
}
# What says most about a server that has several addresses, when none can be connected to.
_TELLING = (
    Obstacle.REFUSED,
    Obstacle.TIMED_OUT,
    Obstacle.PROXY_REFUSED,
    Obstacle.NOT_LOCAL,
    Obstacle.PROXY_AWAY,
    Obstacle.UNREACHABLE,
    Obstacle.OTHER_FAMILY,
    Obstacle.NO_SOURCE,
)


def look_up(
    server: Server, egress: Egress, patience: Patience, seen: list[Sentence]
) -> tuple[Address, ...]:
    """All addresses of the server's host. This is the only time that its name is looked up."""
    timeout = patience.left(patience.limits.connect)
    try:
        addresses = watched(
            lambda: resolve(server.host, egress, timeout=timeout), patience, name="mail-lookup"
        )
    except HostRefused:
        raise Trouble(Condition.HOST_UNUSABLE) from None
    except LookupTrouble as trouble:
        raise Trouble(_kind(trouble)) from None
    seen.append(
        Sentence(
            gettext_noop("%(host)s: %(addresses)s"),
            {"host": server.host, "addresses": _listed(addresses)},
        )
    )
    return addresses


def permitted(
    addresses: Sequence[Address], server: Server, egress: Egress, seen: list[Sentence]
) -> tuple[Address, ...]:
    """Those of the addresses that may be connected to; raises Trouble if there is none."""
    try:
        check_port(server.port, egress.mail_ports)
    except PortRefused as refusal:
        accepted = ", ".join(str(port) for port in sorted(egress.mail_ports))
        seen.append(_sentence(refusal))
        raise Trouble(Condition.PORT_REFUSED, accepted=accepted) from None
    answer = sort_addresses(addresses, egress)
    seen += [_sentence(refusal) for refusal in answer.refused]
    if not answer.allowed:
        raise Trouble(Condition.ADDRESS_REFUSED, addresses=_listed(addresses))
    seen.append(
        Sentence(
            gettext_noop("Allowed: %(addresses)s, port %(port)s."),
            {"addresses": _listed(answer.allowed), "port": server.port},
        )
    )
    return answer.allowed


def connect(
    addresses: Sequence[Address],
    port: int,
    egress: Egress,
    patience: Patience,
    seen: list[Sentence],
) -> Reached:
    """A connection with the first of these addresses that accepts one, from one of the sources.

    They share the time for connecting, so that one that is silent leaves some for the next.
    """
    ends = time.monotonic() + patience.limits.connect
    met: list[NotReached] = []
    tried = addresses[:MOST_TRIED]
    for number, address in enumerate(tried):
        share = (ends - time.monotonic()) / (len(tried) - number)
        until = time.monotonic() + share
        try:
            reached = reach(address, port, egress, wait=patience.wait, ends=until)
        except NotReached as obstacle:
            met.append(obstacle)
            seen.append(Sentence(SENTENCES[obstacle.obstacle], obstacle.facts))
            continue
        text = gettext_noop("Connected to %(address)s, port %(port)s.")
        seen.append(Sentence(text, {"address": str(address), "port": port}))
        if reached.public:
            seen.append(Sentence(CONNECTED_FROM, {"source": reached.public}))
        return reached
    telling = min(met, key=lambda obstacle: _TELLING.index(obstacle.obstacle))
    raise Trouble(
        _CONDITIONS[telling.obstacle],
        seconds=f"{patience.limits.connect:g}",
        address=telling.facts["address"],
        source=telling.source,
        reason=telling.reason,
    )


def _kind(trouble: LookupTrouble) -> Condition:
    if isinstance(trouble, NameNotFound):
        return Condition.NAME_NOT_FOUND
    if isinstance(trouble, NoAddress):
        return Condition.NO_ADDRESS
    if isinstance(trouble, LookupTimedOut):
        return Condition.LOOKUP_TIMED_OUT
    return Condition.LOOKUP_FAILED


def _sentence(refusal: DomainError) -> Sentence:
    return Sentence(refusal.sentence, {name: str(fact) for name, fact in refusal.facts.items()})


def _listed(addresses: Sequence[Address]) -> str:
    shown = ", ".join(str(address) for address in addresses[:8])
    return f"{shown} …" if len(addresses) > 8 else shown
