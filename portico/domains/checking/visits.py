"""One visit over HTTPS to one address of the domain: who answers, and with which certificate.

The address is checked against the policy for outgoing calls before, and connected to from where
the calls of this workspace leave from. Nobody is believed: certificate, status and body are a
stranger's.
"""

from __future__ import annotations

import http
import re
import ssl
import time
from dataclasses import dataclass
from enum import StrEnum
from socket import socket
from typing import Final

import httpcore2

from portico.domains.checking.reports import Limits, Question
from portico.egress.calls.streams import Limits as CallLimits
from portico.egress.calls.streams import Patience, Stream
from portico.egress.calls.troubles import CallTrouble, of_certificate, of_obstacle
from portico.egress.configuration import Egress
from portico.egress.connecting import NotReached, Obstacle, reach
from portico.egress.rules import Address
from portico.egress.trust import tls_context
from portico.kernel.errors import DomainError, gettext_noop
from portico.kernel.sentences import Sentence
from portico.service_email.smtp.certificates import Certificate, certificate_of

MOST_READ: Final = 16 * 1024
TITLE: Final = re.compile(rb"<title[^>]*>([^<]{1,200})", re.IGNORECASE)
NO_ROUTE: Final = (Obstacle.UNREACHABLE, Obstacle.OTHER_FAMILY, Obstacle.NO_SOURCE)
OF_THE_INSTALLATION: Final = (Obstacle.NOT_LOCAL, Obstacle.PROXY_AWAY, Obstacle.PROXY_REFUSED)
NO_TLS: Final = gettext_noop("The TLS handshake failed: %(reason)s.")
HUNG_UP: Final = gettext_noop("The connection was closed before a certificate was shown.")


class Kind(StrEnum):
    """What came of a visit."""

    RIGHT = "right"
    OTHER_WORKSPACE = "other workspace"
    REDIRECT = "redirect"
    OTHER_SITE = "other site"
    CERTIFICATE = "certificate"
    NO_TLS = "no tls"
    CLOSED = "closed"  # nobody listens, or nobody answers
    BROKEN = "broken"  # something that is no HTTP, or has no end
    NOT_REACHABLE = "not reachable"  # from this machine: no IPv6, or the policy


@dataclass(frozen=True)
class Visit:
    """What was met at an address.

    `code` tells kinds of certificate trouble apart. `page` is what the page calls itself: server,
    title.
    """

    address: Address
    kind: Kind
    code: str = ""
    trouble: Sentence | None = None
    certificate: Certificate | None = None
    status: int = 0
    page: str = ""
    location: str = ""


def visit(address: Address, question: Question, egress: Egress, limits: Limits) -> Visit:
    """Ask for the marker at this address, which was held against the policy. Never raises."""
    context = tls_context(egress)
    try:
        plain = _connected(address, question, egress, limits)
    except NotReached as met:
        return _not_reached(address, question, met, limits)
    try:
        tls = context.wrap_socket(plain, server_hostname=question.domain)
    except ssl.SSLCertVerificationError as error:
        certificate = _shown(address, question, egress, limits)
        trouble = of_certificate(error.verify_code, error.verify_message, host=question.domain)
        code = trouble.code.removeprefix("tls_certificate_")
        return Visit(address, Kind.CERTIFICATE, code, _sentence(trouble), certificate)
    except ssl.SSLEOFError:
        return Visit(address, Kind.NO_TLS, "closed", Sentence(HUNG_UP))
    except ssl.SSLError as error:
        reason = (error.reason or "TLS").replace("_", " ").lower()
        return Visit(address, Kind.NO_TLS, "refused", Sentence(NO_TLS, {"reason": reason}))
    except OSError as error:
        late = isinstance(error, TimeoutError)
        reason = "time is up" if late else (error.strerror or "closed").lower()
        return Visit(address, Kind.NO_TLS, "closed", Sentence(NO_TLS, {"reason": reason}))
    finally:
        plain.close()
    with tls:
        certificate = certificate_of(tls.getpeercert(binary_form=True))
        return _asked(address, question, tls, certificate, limits)


def _connected(address: Address, question: Question, egress: Egress, limits: Limits) -> socket:
    patience = Patience(CallLimits(connect=limits.connect, read=limits.connect))
    ends = time.monotonic() + limits.connect
    reached = reach(address, question.https_port, egress, wait=patience.wait, ends=ends)
    reached.socket.settimeout(limits.connect)
    return reached.socket


def _not_reached(address: Address, question: Question, met: NotReached, limits: Limits) -> Visit:
    trouble = of_obstacle(met, port=question.https_port, seconds=limits.connect)
    here = met.obstacle in OF_THE_INSTALLATION
    # Many machines have no IPv6; that says nothing about the tenant's.
    no_route = met.obstacle in NO_ROUTE and (address.version == 6 or "source" in trouble.code)
    kind = Kind.NOT_REACHABLE if here or no_route else Kind.CLOSED
    return Visit(address, kind, met.obstacle.value, _sentence(trouble))


def _shown(
    address: Address, question: Question, egress: Egress, limits: Limits
) -> Certificate | None:
    """The certificate that was refused, to say whose it is. Nothing is sent to who shows it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        plain = _connected(address, question, egress, limits)
    except NotReached:
        return None
    with plain:
        try:
            with context.wrap_socket(plain, server_hostname=question.domain) as tls:
                return certificate_of(tls.getpeercert(binary_form=True))
        except OSError:
            return None


def _asked(
    address: Address,
    question: Question,
    tls: ssl.SSLSocket,
    certificate: Certificate | None,
    limits: Limits,
) -> Visit:
    call_limits = CallLimits(read=limits.answer, whole=limits.answer, most_read=MOST_READ)
    stream = Stream(tls, Patience(call_limits))
    host = question.domain.encode()
    url = httpcore2.URL(
        scheme=b"https", host=host, port=question.https_port, target=question.marker_path.encode()
    )
    headers = [(b"host", host), (b"user-agent", b"Portico"), (b"accept", b"text/plain, */*")]
    headers += [(b"accept-encoding", b"identity"), (b"connection", b"close")]
    try:
        connection = httpcore2.HTTP11Connection(origin=url.origin, stream=stream)
        answer = connection.handle_request(httpcore2.Request("GET", url, headers=headers))
        body = _read(answer)
    except CallTrouble as trouble:
        return Visit(address, Kind.BROKEN, trouble.code, _sentence(trouble), certificate)
    except (httpcore2.ProtocolError, httpcore2.NetworkError):
        text = gettext_noop("What the server answered is not HTTP, or breaks off in the middle.")
        return Visit(address, Kind.BROKEN, "not_http", Sentence(text), certificate)
    return _judged(address, question, certificate, answer, body)


def _read(answer: httpcore2.Response) -> bytes:
    body = bytearray()
    for piece in answer.iter_stream():
        body += piece
        if len(body) > MOST_READ:
            break
    return bytes(body[:MOST_READ])


def _judged(
    address: Address,
    question: Question,
    certificate: Certificate | None,
    answer: httpcore2.Response,
    body: bytes,
) -> Visit:
    said = body.decode("utf-8", "replace").strip()
    headers = {name.lower(): value for name, value in answer.headers}
    kind = Kind.OTHER_SITE
    if answer.status == http.HTTPStatus.OK and said == question.marker and said:
        kind = Kind.RIGHT
    elif answer.status == http.HTTPStatus.OK and _is_marker(said, question.marker):
        kind = Kind.OTHER_WORKSPACE
    elif 300 <= answer.status < 400:
        kind = Kind.REDIRECT
    title = TITLE.search(body)
    names = (headers.get(b"server", b""), title[1] if title else b"")
    page = ", ".join(text for name in names if (text := one_line(name)))
    location = one_line(headers.get(b"location", b""))
    return Visit(
        address,
        kind,
        certificate=certificate,
        status=answer.status,
        page=page,
        location=location,
    )


def one_line(text: bytes) -> str:
    """What a stranger wrote, printable and short."""
    words = " ".join(text.decode("utf-8", "replace").split())
    return "".join(sign if sign.isprintable() else "�" for sign in words)[:120]


def _is_marker(said: str, marker: str) -> bool:
    """Whether it is made as our markers are, for another workspace."""
    if not marker or len(said) != len(marker) or not said.isascii():
        return False
    same = re.sub(r"[0-9a-zA-Z]", "x", said) == re.sub(r"[0-9a-zA-Z]", "x", marker)
    return same and "\n" not in said


def _sentence(trouble: DomainError) -> Sentence:
    return Sentence(trouble.sentence, {name: str(fact) for name, fact in trouble.facts.items()})
