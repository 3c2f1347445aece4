"""What can go wrong with a call to somebody else's server. All of it is safe to show."""

from __future__ import annotations

from typing import Final

from portico.egress import resolving
from portico.egress.connecting import SENTENCES, NotReached, Obstacle
from portico.kernel.errors import DomainError, Invalid, gettext_noop


class CallTrouble(Invalid):
    """A call that brought no answer; its kinds follow. Facts hold no path and no query: these may
    be secret.

    `source` is the public address that it left from, empty where that is unknown or it did not
    leave at all; `milliseconds` how long it took.
    """

    code = "call_trouble"
    sentence = gettext_noop("The call did not succeed.")
    source: str = ""
    milliseconds: int = 0


class CallRefused(CallTrouble):
    """A call that Portico does not make. Says why in the words of the rule that refuses it, whose
    code is `reason`."""

    code = "call_refused"
    sentence = gettext_noop("Portico does not call this address.")

    def __init__(self, why: DomainError) -> None:
        self.reason = why.code
        vars(self)["sentence"] = why.sentence
        super().__init__(**why.facts)


class NameNotFound(CallTrouble):
    code = "name_not_found"
    sentence = resolving.NameNotFound.sentence


class NameWithoutAddress(CallTrouble):
    code = "name_without_address"
    sentence = gettext_noop(
        "The name %(host)s exists, but no address is entered for it in the DNS."
    )


class NameLookupTimedOut(CallTrouble):
    code = "name_lookup_timed_out"
    sentence = resolving.LookupTimedOut.sentence


class NameLookupFailed(CallTrouble):
    code = "name_lookup_failed"
    sentence = resolving.LookupFailed.sentence


class ConnectionRefused(CallTrouble):
    code = "connection_refused"
    sentence = gettext_noop(
        "%(address)s refused the connection to port %(port)s: no server listens there, or a "
        "firewall turns the call away."
    )


class ConnectionTimedOut(CallTrouble):
    code = "connection_timed_out"
    sentence = gettext_noop(
        "%(address)s did not answer on port %(port)s within %(seconds)s seconds: the server is "
        "down, or a firewall drops the call."
    )


class ConnectionUnreachable(CallTrouble):
    code = "connection_unreachable"
    sentence = SENTENCES[Obstacle.UNREACHABLE]


class ConnectionLost(CallTrouble):
    code = "connection_lost"
    sentence = gettext_noop("The server hung up before it had answered in full.")


class NoSourceLeft(CallTrouble):
    code = "connection_no_source_left"
    sentence = SENTENCES[Obstacle.NO_SOURCE]


class SourceOfOtherKind(CallTrouble):
    code = "connection_source_of_other_kind"
    sentence = SENTENCES[Obstacle.OTHER_FAMILY]


class SourceNotHere(CallTrouble):
    code = "connection_source_not_here"
    sentence = SENTENCES[Obstacle.NOT_LOCAL]


class ProxyAway(CallTrouble):
    code = "connection_proxy_away"
    sentence = SENTENCES[Obstacle.PROXY_AWAY]


class ProxyRefused(CallTrouble):
    code = "connection_proxy_refused"
    sentence = SENTENCES[Obstacle.PROXY_REFUSED]


class TlsFailed(CallTrouble):
    code = "tls_failed"
    sentence = gettext_noop(
        "No protected connection with %(host)s came about: %(reason)s. Check that the server "
        "speaks TLS 1.2 or newer on port %(port)s."
    )


class CertificateRefused(CallTrouble):
    code = "tls_certificate_refused"
    sentence = gettext_noop("The certificate of %(host)s is not accepted: %(reason)s.")


class CertificateExpired(CertificateRefused):
    code = "tls_certificate_expired"
    sentence = gettext_noop("The certificate of %(host)s has expired.")


class CertificateNotYetValid(CertificateRefused):
    code = "tls_certificate_not_yet_valid"
    sentence = gettext_noop("The certificate of %(host)s is not valid yet.")


class CertificateSelfSigned(CertificateRefused):
    code = "tls_certificate_self_signed"
    sentence = gettext_noop(
        "The certificate of %(host)s is signed by itself, so nobody vouches for it. Accepted are "
        "certificates of authorities that are trusted publicly or by the operator."
    )


class CertificateOfUnknownIssuer(CertificateRefused):
    code = "tls_certificate_unknown_issuer"
    sentence = gettext_noop(
        "The certificate of %(host)s comes from an authority that is not known here, or the server "
        "does not send the certificates in between."
    )


class CertificateOfOtherName(CertificateRefused):
    code = "tls_certificate_wrong_name"
    sentence = gettext_noop("The certificate that the server sends is not for %(host)s.")


class TrustUnreadable(CallTrouble):
    code = "tls_trust_unreadable"
    sentence = gettext_noop(
        "The certificate authorities that this installation trusts cannot be read. The operator "
        "has to look into it (PORTICO_CA_FILE)."
    )


class CallTimedOut(CallTrouble):
    code = "call_timed_out"
    sentence = gettext_noop("The server did not answer in full within %(seconds)s seconds.")


class AnswerBroken(CallTrouble):
    code = "answer_broken"
    sentence = gettext_noop("What the server answered is not HTTP, or breaks off in the middle.")


class AnswerTooLong(CallTrouble):
    code = "answer_too_long"
    sentence = gettext_noop("The server's answer has no end that Portico waits for.")


_LOOKUPS: Final[dict[type[resolving.LookupTrouble], type[CallTrouble]]] = {
    resolving.NameNotFound: NameNotFound,
    resolving.NoAddress: NameWithoutAddress,
    resolving.LookupTimedOut: NameLookupTimedOut,
}
_OBSTACLES: Final[dict[Obstacle, type[CallTrouble]]] = {
    Obstacle.REFUSED: ConnectionRefused,
    Obstacle.TIMED_OUT: ConnectionTimedOut,
    Obstacle.UNREACHABLE: ConnectionUnreachable,
    Obstacle.NO_SOURCE: NoSourceLeft,
    Obstacle.OTHER_FAMILY: SourceOfOtherKind,
    Obstacle.NOT_LOCAL: SourceNotHere,
    Obstacle.PROXY_AWAY: ProxyAway,
    Obstacle.PROXY_REFUSED: ProxyRefused,
}
# X509_V_ERR_... of OpenSSL.
_VERDICTS: Final[dict[int, type[CertificateRefused]]] = {
    9: CertificateNotYetValid,
    10: CertificateExpired,
    18: CertificateSelfSigned,
    19: CertificateOfUnknownIssuer,
    20: CertificateOfUnknownIssuer,
    21: CertificateOfUnknownIssuer,
    62: CertificateOfOtherName,
    64: CertificateOfOtherName,
}


def of_lookup(trouble: resolving.LookupTrouble) -> CallTrouble:
    """What a failed lookup means for the call."""
    return _LOOKUPS.get(type(trouble), NameLookupFailed)(**trouble.facts)


def of_obstacle(met: NotReached, *, port: int, seconds: float) -> CallTrouble:
    """What a connection that did not come about means for the call."""
    trouble = _OBSTACLES[met.obstacle](**met.facts, port=port, seconds=f"{seconds:g}")
    trouble.source = met.source
    return trouble


def of_certificate(verdict: int, reason: str, *, host: str) -> CertificateRefused:
    """What OpenSSL's verdict on a certificate means."""
    return _VERDICTS.get(verdict, CertificateRefused)(host=host, reason=reason)
