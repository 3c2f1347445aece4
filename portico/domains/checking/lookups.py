"""All questions of one `examine`: each put once, several at the same time.

Every question has a thread of its own, which ends by itself within the limit of one question, so
that nobody has to wait for a server that is silent. Nothing is kept from one run to the next.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Final, TypeVar

import dns.exception
import dns.resolver

from portico.domains.checking.asking import Reply, Server, Word, ask
from portico.domains.checking.reports import Limits
from portico.egress.configuration import Egress

MOST_RESOLVERS: Final = 6
DEAD_AFTER: Final = 2  # questions without an answer, of all that were put
T = TypeVar("T")


class TimeOver(Exception):
    """The whole time is over, or nobody wants to know any more."""


class Lookups:
    """Asks, and remembers for as long as it lives."""

    def __init__(self, egress: Egress, limits: Limits) -> None:
        self.egress = egress
        self.limits = limits
        self.ends = time.monotonic() + limits.whole
        self.stopped = False
        self.resolvers = _resolvers(egress)
        self._asked: dict[tuple[Server, str, str], Future[Reply]] = {}
        self._lock = Lock()

    def stop(self) -> None:
        """Ask nothing more."""
        self.stopped = True

    def all_of(self, servers: Sequence[Server], name: str, *kinds: str) -> list[list[Reply]]:
        """What each server says of a name, for each kind; all are asked at the same time."""
        futures = [[self._put(server, name, kind) for kind in kinds] for server in servers]
        return [[self.waited(future) for future in row] for row in futures]

    def each(self, server: Server, names: Iterable[str], kind: str) -> list[Reply]:
        """What one server says of several names, asked at the same time."""
        futures = [self._put(server, name, kind) for name in names]
        return [self.waited(future) for future in futures]

    def one(self, server: Server, name: str, kind: str) -> Reply:
        """What one server says."""
        return self.waited(self._put(server, name, kind))

    def first(self, name: str, kind: str) -> Reply:
        """What the first resolver says that knows; else what the last one met. Those that have not
        answered anything yet are not waited for again and again."""
        reply = Reply(Word.SILENT if self.resolvers else Word.UNREACHABLE)
        for resolver in self.resolvers:
            if self._is_dead(resolver):
                continue
            reply = self.one(resolver, name, kind)
            if reply.definite:
                break
        return reply

    def _is_dead(self, resolver: Server) -> bool:
        with self._lock:
            ended = [
                future.result().word
                for (server, _name, _kind), future in self._asked.items()
                if server == resolver and future.done() and not future.exception()
            ]
        silent = [word for word in ended if word in (Word.SILENT, Word.UNREACHABLE)]
        return len(silent) >= DEAD_AFTER and len(silent) == len(ended)

    def left(self) -> float:
        """Seconds until the whole time is over. Raises TimeOver."""
        left = self.ends - time.monotonic()
        if self.stopped or left <= 0:
            raise TimeOver
        return left

    def _put(self, server: Server, name: str, kind: str) -> Future[Reply]:
        name = name.lower()
        self.left()
        with self._lock:
            known = self._asked.get((server, name, kind))
            if known is not None:
                return known
            patience = self.limits.question
            future = spawn(lambda: ask(server, name, kind, ends=self.ends, patience=patience))
            self._asked[server, name, kind] = future
            return future

    def waited(self, future: Future[T]) -> T:
        """What comes of it. Raises TimeOver."""
        try:
            return future.result(timeout=self.left())
        except TimeoutError:
            raise TimeOver from None


def spawn(work: Callable[[], T]) -> Future[T]:
    """Run it in a thread that nothing waits for at the end of the process."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - whoever waits for it is told
            future.set_exception(error)

    Thread(target=run, name="domain-check", daemon=True).start()
    return future


def _resolvers(egress: Egress) -> tuple[Server, ...]:
    """The configured name servers, or the system's."""
    if egress.name_servers:
        found = [Server(one.address, one.port) for one in egress.name_servers]
    else:
        try:
            system = dns.resolver.Resolver()
        except (dns.exception.DNSException, OSError):
            return ()
        addresses = [one for one in system.nameservers if isinstance(one, str)]
        found = [Server(address, system.port) for address in addresses]
    return tuple(dict.fromkeys(found))[:MOST_RESOLVERS]
