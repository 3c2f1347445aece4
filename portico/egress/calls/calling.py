"""One guarded HTTP call."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import httpcore2
import httpx2

from portico.egress.calls.streams import Limits, Patience, Stream
from portico.egress.calls.targets import Target, UrlRefused, target_of
from portico.egress.calls.troubles import (
    AnswerBroken,
    AnswerTooLong,
    CallRefused,
    CallTrouble,
    TrustUnreadable,
    of_lookup,
    of_obstacle,
)
from portico.egress.configuration import Address, Egress
from portico.egress.connecting import OF_THE_SOURCE, NotReached, Obstacle, Reached, reach
from portico.egress.resolving import LOOPBACK as LOOPBACK_ADDRESSES
from portico.egress.resolving import LookupTrouble, resolve
from portico.egress.rules import HostRefused, address_in, is_this_machine, sort_addresses
from portico.egress.trust import tls_context

MOST_TRIED: Final = 4  # addresses of one name
RENEWED_EVERY: Final = 600  # seconds, after which authorities are read anew
OURS: Final = frozenset(
    {"accept-encoding", "connection", "content-length", "host", "transfer-encoding", "upgrade"}
)
NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
# What says most about a server that has several addresses, when none can be connected to.
_TELLING: Final = (
    Obstacle.REFUSED,
    Obstacle.TIMED_OUT,
    Obstacle.PROXY_REFUSED,
    *OF_THE_SOURCE,
    Obstacle.UNREACHABLE,
    Obstacle.OTHER_FAMILY,
    Obstacle.NO_SOURCE,
)


@dataclass(frozen=True)
class Answer:
    """What a server answered, whatever its status: a redirect is an answer, too.

    `body` is as it came over the wire, and ends after `Limits.most_read` bytes; then it is `cut`.
    `source`: the public address that the call left from, empty where that is unknown. `peer`: the
    address that was connected to.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    cut: bool
    source: str
    peer: str
    milliseconds: int

    def header(self, name: str) -> str:
        """The first header of this name, whatever its case; empty: there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def call(
    method: str,
    url: str,
    *,
    egress: Egress,
    headers: Mapping[str, str] = NO_HEADERS,
    body: bytes = b"",
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Answer:
    """Call somebody else's server, once, over a connection of its own. Raises CallTrouble.

    The name is looked up once, its addresses are held against the policy, and one that passed is
    connected to, from one of `egress.sources`. TLS is verified against the name. Redirects are not
    followed, proxies of the environment not used, cookies not kept, bodies not decompressed.
    Headers that frame a request are not for callers to set (ValueError).
    """
    if taken := OURS.intersection(name.lower() for name in headers):
        raise ValueError(f"{', '.join(sorted(taken))}: set by the call itself")
    patience = Patience(limits)
    reached: Reached | None = None
    try:
        target = _target(url, egress)
        reached = _connect(target, _addresses(target, egress, patience), egress, patience)
        stream = Stream(reached.socket, patience)
        try:
            if target.protected:
                stream.protect(_trust(egress), target.host, target.port)
            return _ask(_request(method, target, headers, body), stream, reached, patience)
        finally:
            stream.close()
    except CallTrouble as trouble:
        trouble.source = reached.public if reached else trouble.source
        trouble.milliseconds = patience.milliseconds
        raise


def check_url(url: str, egress: Egress) -> str:
    """The URL in one spelling, if it may be called as far as can be told without looking its name
    up; for fields in which somebody enters it. Raises CallRefused."""
    target = _target(url, egress)
    if (literal := address_in(target.host)) is not None or is_this_machine(target.host):
        _permitted(LOOPBACK_ADDRESSES if literal is None else (literal,), egress)
    return target.url


def _target(url: str, egress: Egress) -> Target:
    try:
        return target_of(url, egress)
    except (UrlRefused, HostRefused) as refusal:
        raise CallRefused(refusal) from None


def _addresses(target: Target, egress: Egress, patience: Patience) -> tuple[Address, ...]:
    timeout = patience.left(patience.limits.connect)
    try:
        return _permitted(resolve(target.host, egress, timeout=timeout), egress)
    except LookupTrouble as trouble:
        raise of_lookup(trouble) from None


def _permitted(addresses: Iterable[Address], egress: Egress) -> tuple[Address, ...]:
    found = sort_addresses(addresses, egress)
    if not found.allowed:
        raise CallRefused(found.refused[0])
    return found.allowed


def _connect(
    target: Target, addresses: tuple[Address, ...], egress: Egress, patience: Patience
) -> Reached:
    """A connection with the first address that accepts one; they share the time for it."""
    patience.left(patience.limits.connect)
    ends = patience.ends(patience.limits.connect)
    tried = addresses[:MOST_TRIED]
    met: list[NotReached] = []
    for number, address in enumerate(tried):
        share = (ends - time.monotonic()) / (len(tried) - number)
        until = time.monotonic() + share
        try:
            return reach(address, target.port, egress, wait=patience.wait, ends=until)
        except NotReached as obstacle:
            met.append(obstacle)
    telling = min(met, key=lambda obstacle: _TELLING.index(obstacle.obstacle))
    raise of_obstacle(telling, port=target.port, seconds=patience.limits.connect)


def _request(
    method: str, target: Target, headers: Mapping[str, str], body: bytes
) -> httpx2.Request:
    fixed = {"accept-encoding": "identity", "connection": "close"}
    usual = {"user-agent": "Portico", "accept": "*/*"}
    given = {name.lower(): value for name, value in headers.items()}
    return httpx2.Request(method, target.url, headers={**usual, **given, **fixed}, content=body)


def _ask(request: httpx2.Request, stream: Stream, reached: Reached, patience: Patience) -> Answer:
    transport = _OneConnection(stream)
    # The transport is asked itself: httpx2's Client would log the whole URL, query and all, which
    # may be a secret.
    try:
        response = transport.handle_request(request)
        body, cut = _body(response, patience.limits.most_read)
    except (httpcore2.ProtocolError, httpcore2.NetworkError):
        raise AnswerBroken from None
    return Answer(
        status=response.status_code,
        headers=tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in response.headers.raw
        ),
        body=body,
        cut=cut,
        source=reached.public,
        peer=str(reached.address),
        milliseconds=patience.milliseconds,
    )


def _body(response: httpx2.Response, most: int) -> tuple[bytes, bool]:
    body = bytearray()
    try:
        for piece in response.iter_raw():
            body += piece
            if len(body) > most:
                break
    except AnswerTooLong:  # a few bytes in endless chunks
        return bytes(body[:most]), True
    return bytes(body[:most]), len(body) > most


class _OneConnection(httpx2.BaseTransport):
    """HTTP/1.1 over the one connection that was checked; there is no pool to take another from."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Ask, and read the answer up to its body."""
        url = httpcore2.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        connection = httpcore2.HTTP11Connection(origin=url.origin, stream=self._stream)
        answer = connection.handle_request(
            httpcore2.Request(
                request.method, url, headers=request.headers.raw, content=request.read()
            )
        )
        return httpx2.Response(
            answer.status, headers=answer.headers, stream=_Pieces(answer), request=request
        )


class _Pieces(httpx2.SyncByteStream):
    """The body, piece by piece."""

    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        """Give the connection back."""
        self._answer.close()


def _trust(egress: Egress) -> ssl.SSLContext:
    try:
        stamp = egress.ca_file.stat().st_mtime_ns if egress.ca_file else 0
        return _context(egress.ca_file, stamp, int(time.monotonic()) // RENEWED_EVERY)
    except OSError:
        raise TrustUnreadable from None


@lru_cache(maxsize=4)
def _context(ca_file: Path | None, stamp: int, period: int) -> ssl.SSLContext:
    """To make a context reads hundreds of certificates; the arguments say when to do it anew."""
    del stamp, period
    return tls_context(Egress(ca_file=ca_file))
