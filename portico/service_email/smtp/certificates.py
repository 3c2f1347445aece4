"""What a server's certificate says, and why it was refused."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.x509.oid import NameOID

from portico.kernel.errors import gettext_noop
from portico.service_email.smtp.masks import one_line
from portico.service_email.smtp.stages import Sentence
from portico.service_email.smtp.troubles import Condition, Fact, Trouble

LONGEST_NAME = 200
MOST_NAMES = 20

# X509_V_ERR_... of OpenSSL.
_VERDICTS = {
    9: Condition.CERTIFICATE_NOT_YET_VALID,
    10: Condition.CERTIFICATE_EXPIRED,
    18: Condition.CERTIFICATE_SELF_SIGNED,
    19: Condition.CERTIFICATE_UNKNOWN_ISSUER,
    20: Condition.CERTIFICATE_UNKNOWN_ISSUER,
    21: Condition.CERTIFICATE_UNKNOWN_ISSUER,
    62: Condition.CERTIFICATE_WRONG_NAME,
    64: Condition.CERTIFICATE_WRONG_NAME,
}
_TOO_OLD = frozenset(
    "NO_PROTOCOLS_AVAILABLE TLSV1_ALERT_PROTOCOL_VERSION UNSUPPORTED_PROTOCOL WRONG_SSL_VERSION"
    " UNSUPPORTED_SSL_VERSION".split()
)
_UNKNOWN: dict[str, Fact] = dict.fromkeys(("subject", "issuer", "names", "starts", "ends"), "?")


@dataclass(frozen=True)
class Certificate:
    """The facts of a certificate that people ask for."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    starts: datetime
    ends: datetime

    def days_left(self, at: datetime) -> int:
        """Whole days until it ends; negative once it has."""
        return (self.ends - at) // timedelta(days=1)

    def facts(self) -> dict[str, Fact]:
        """For the sentences of an explanation."""
        return {
            "subject": self.subject,
            "issuer": self.issuer,
            "names": _listed(self.names),
            "starts": f"{self.starts:%Y-%m-%d}",
            "ends": f"{self.ends:%Y-%m-%d}",
        }


def certificate_of(der: bytes | None) -> Certificate | None:
    """The facts of a certificate in DER; None if it cannot be read."""
    try:
        certificate = x509.load_der_x509_certificate(der or b"")
        return Certificate(
            subject=_name(certificate.subject),
            issuer=_name(certificate.issuer),
            names=_names(certificate),
            starts=certificate.not_valid_before_utc,
            ends=certificate.not_valid_after_utc,
        )
    except (ValueError, x509.UnsupportedGeneralNameType):
        return None


def protection(tls: ssl.SSLObject, *, at: datetime) -> tuple[Sentence, ...]:
    """What a finished handshake came to: version, cipher, certificate."""
    cipher = tls.cipher()
    seen = [
        Sentence(
            gettext_noop("%(version)s with %(cipher)s."),
            {"version": tls.version() or "", "cipher": cipher[0] if cipher else ""},
        )
    ]
    certificate = certificate_of(tls.getpeercert(binary_form=True))
    if certificate is not None:
        facts = certificate.facts()
        seen += [
            Sentence(
                gettext_noop("The certificate is for %(subject)s, issued by %(issuer)s."),
                {"subject": facts["subject"], "issuer": facts["issuer"]},
            ),
            Sentence(gettext_noop("It names %(names)s."), {"names": facts["names"]}),
            Sentence(
                gettext_noop("It is valid until %(ends)s; days left: %(days)s."),
                {"ends": facts["ends"], "days": certificate.days_left(at)},
            ),
        ]
    return tuple(seen)


def trouble_of(error: ssl.SSLError, tls: ssl.SSLObject) -> Trouble:
    """What an error of OpenSSL means."""
    if isinstance(error, ssl.SSLCertVerificationError):
        verdict = _VERDICTS.get(error.verify_code, Condition.CERTIFICATE_REFUSED)
        certificate = _refused_certificate(tls)
        trouble = Trouble(verdict, reason=one_line(error.verify_message))
        trouble.facts |= certificate.facts() if certificate is not None else _UNKNOWN
        return trouble
    reason = one_line(error.reason or "")
    if isinstance(error, ssl.SSLEOFError):
        return Trouble(Condition.CLOSED)
    if reason in _TOO_OLD:
        return Trouble(Condition.TLS_TOO_OLD, reason=reason)
    return Trouble(Condition.TLS_FAILED, reason=reason.replace("_", " ").lower() or "TLS")


def _refused_certificate(tls: ssl.SSLObject) -> Certificate | None:
    """The certificate that was refused, to say whose it is.

    Python shows it publicly from 3.13 on (`get_unverified_chain`); before that the same method is
    one step further in. Where neither is there, the certificate stays unnamed.
    """
    inner = getattr(tls, "_sslobj", None)
    ask = getattr(tls, "get_unverified_chain", getattr(inner, "get_unverified_chain", None))
    chain: Sequence[object] = (ask() if ask is not None else None) or ()
    if not chain:
        return None
    first = chain[0]
    der = first if isinstance(first, bytes) else ssl.PEM_cert_to_DER_cert(_pem(first))
    return certificate_of(der)


def _pem(certificate: object) -> str:
    public_bytes = getattr(certificate, "public_bytes", None)
    return str(public_bytes()) if public_bytes is not None else ""


def _name(name: x509.Name) -> str:
    """The common name and the organization, or all of it."""
    parts = [
        str(attribute.value)
        for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
        for attribute in name.get_attributes_for_oid(oid)[:1]
    ]
    return one_line(", ".join(parts) or name.rfc4514_string())[:LONGEST_NAME] or "?"


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        alternatives = certificate.extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        ).value
    except x509.ExtensionNotFound:
        return ()
    hosts = alternatives.get_values_for_type(x509.DNSName)
    addresses = alternatives.get_values_for_type(x509.IPAddress)
    return tuple(one_line(str(name))[:LONGEST_NAME] for name in (*hosts, *addresses))


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    return f"{shown} …" if len(names) > MOST_NAMES else shown or "–"
