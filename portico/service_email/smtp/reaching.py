"""From a host's name to a connection with a checked address."""

from __future__ import annotations

import errno
import os
import socket
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread

from portico.egress.configuration import Egress
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

MOST_TRIED = 4  # addresses of one name
PAUSE = 0.4  # seconds between two looks at whether to go on

_CONDITIONS = {
    errno.ECONNREFUSED: Condition.CONNECTION_REFUSED,
    errno.ETIMEDOUT: Condition.CONNECT_TIMED_OUT,
}
# What says most about a server that has several addresses, when none can be connected to.
_TELLING = (
    Condition.CONNECTION_REFUSED,
    Condition.CONNECT_TIMED_OUT,
    Condition.UNREACHABLE,
)
_ATTEMPTS = {
    Condition.CONNECTION_REFUSED: gettext_noop("%(address)s refused the connection."),
    Condition.CONNECT_TIMED_OUT: gettext_noop("%(address)s did not answer."),
    Condition.UNREACHABLE: gettext_noop("There is no way to %(address)s: %(reason)s."),
}


def look_up(
    server: Server, egress: Egress, patience: Patience, seen: list[Sentence]
) -> tuple[Address, ...]:
    """All addresses of the server's host. This is the only time that its name is looked up."""
    timeout = patience.left(patience.limits.connect)
    try:
        addresses = _watched(lambda: resolve(server.host, egress, timeout=timeout), patience)
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
    addresses: Sequence[Address], port: int, patience: Patience, seen: list[Sentence]
) -> tuple[socket.socket, Address]:
    """A connection with the first of these addresses that accepts one.

    They share the time for connecting, so that one that is silent leaves some for the next.
    """
    ends = time.monotonic() + patience.limits.connect
    met: set[Condition] = set()
    tried = addresses[:MOST_TRIED]
    for number, address in enumerate(tried):
        share = (ends - time.monotonic()) / (len(tried) - number)
        found = _attempt(address, port, patience, until=time.monotonic() + share)
        if isinstance(found, socket.socket):
            text = gettext_noop("Connected to %(address)s, port %(port)s.")
            seen.append(Sentence(text, {"address": str(address), "port": port}))
            return found, address
        condition, reason = found
        met.add(condition)
        seen.append(Sentence(_ATTEMPTS[condition], {"address": str(address), "reason": reason}))
    telling = next(condition for condition in _TELLING if condition in met)
    raise Trouble(telling, seconds=f"{patience.limits.connect:g}")


def _attempt(
    address: Address, port: int, patience: Patience, *, until: float
) -> socket.socket | tuple[Condition, str]:
    """A connected socket, or what came in between."""
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        sock = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:  # a machine without IPv6
        return _met(error.errno or 0)
    try:
        sock.setblocking(False)
        code = sock.connect_ex((str(address), port))
        if code == errno.EINPROGRESS:
            if not patience.wait(sock, ends=until, to_write=True):
                code = errno.ETIMEDOUT
            else:
                code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    except BaseException:
        sock.close()
        raise
    if code in (0, errno.ECONNRESET):  # accepted, and cut off since: the reader will notice
        return sock
    sock.close()
    return _met(code)


def _met(code: int) -> tuple[Condition, str]:
    return _CONDITIONS.get(code, Condition.UNREACHABLE), os.strerror(code)


def _watched(look: Callable[[], tuple[Address, ...]], patience: Patience) -> tuple[Address, ...]:
    """Run a lookup, which keeps to a time but cannot be stopped, and leave it if need be."""
    answers: SimpleQueue[tuple[Address, ...] | DomainError] = SimpleQueue()

    def run() -> None:
        try:
            answers.put(look())
        except DomainError as refusal:
            answers.put(refusal)

    Thread(target=run, name="mail-lookup", daemon=True).start()
    while True:
        patience.check()
        try:
            answer = answers.get(timeout=PAUSE)
        except Empty:
            continue
        if isinstance(answer, DomainError):
            raise answer
        return answer


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
