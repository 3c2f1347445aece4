"""Certificates of all kinds, made once for a run."""

from __future__ import annotations

import ipaddress
import ssl
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.now(UTC)  # TLS looks at the machine's clock
HOST = "mail.test"


class Kind(StrEnum):
    """What is wrong with a certificate, or with the TLS that comes with it."""

    GOOD = "good"
    WILDCARD = "wildcard"
    OF_AN_ADDRESS = "of an address"
    EXPIRED = "expired"
    NOT_YET_VALID = "not yet valid"
    SELF_SIGNED = "self-signed"
    UNKNOWN_CA = "unknown authority"
    WRONG_NAME = "wrong name"
    NAMELESS = "nameless"
    FOR_CLIENTS = "for clients only"
    TLS_1_0 = "TLS 1.0 only"
    TLS_1_2 = "TLS 1.2 only"
    NO_COMMON_CIPHER = "no common cipher"


NAMES: dict[Kind, tuple[str, ...]] = {
    Kind.WILDCARD: ("*.wild.test",),
    Kind.OF_AN_ADDRESS: ("127.0.0.1",),
    Kind.WRONG_NAME: ("smtp.elsewhere.test", "mx.elsewhere.test"),
    Kind.NAMELESS: (),
}
DAYS: dict[Kind, tuple[int, int]] = {Kind.EXPIRED: (-90, -3), Kind.NOT_YET_VALID: (3, 90)}


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass
class Authority:
    """Signs certificates, and keeps them in a folder. `ca_file` is what to trust."""

    folder: Path
    key: ec.EllipticCurvePrivateKey = field(default_factory=_key)
    stranger: ec.EllipticCurvePrivateKey = field(default_factory=_key)
    contexts: dict[Kind, ssl.SSLContext] = field(default_factory=dict)

    def __post_init__(self) -> None:
        own = _certificate(_name("Test Root"), _name("Test Root"), self.key, (-30, 30))
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.ca_file.write_bytes(
            own.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        )

    @property
    def ca_file(self) -> Path:
        return self.folder / "ca.pem"

    def context(self, kind: Kind) -> ssl.SSLContext:
        """A server's context with a certificate of this kind."""
        if kind not in self.contexts:
            self.contexts[kind] = _server_context(self._files(kind), kind)
        return self.contexts[kind]

    def _files(self, kind: Kind) -> Path:
        names, own = NAMES.get(kind, (HOST,)), _key()
        subject = _name(names[0] if names else "Acme Mail")
        issuer, signer = _name("Test Root"), self.key
        if kind is Kind.SELF_SIGNED:
            issuer, signer = subject, own
        elif kind is Kind.UNKNOWN_CA:
            issuer, signer = _name("Strange Root"), self.stranger
        made = _certificate(subject, issuer, own, DAYS.get(kind, (-30, 30)))
        if names:
            alternatives = x509.SubjectAlternativeName([_general(name) for name in names])
            made = made.add_extension(alternatives, critical=False)
        if kind is Kind.FOR_CLIENTS:
            use = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
            made = made.add_extension(use, critical=True)
        path = self.folder / f"{kind.name.lower()}.pem"
        pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        path.write_bytes(
            made.sign(signer, hashes.SHA256()).public_bytes(pem)
            + own.private_bytes(pem, pkcs8, serialization.NoEncryption())
        )
        return path


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: tuple[int, int]
) -> x509.CertificateBuilder:
    first, last = days
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=first))
        .not_valid_after(NOW + timedelta(days=last))
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _server_context(path: Path, kind: Kind) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    if kind is Kind.TLS_1_0:
        with warnings.catch_warnings():  # that it is old is the point
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1
        context.set_ciphers("ALL:@SECLEVEL=0")
    elif kind is Kind.TLS_1_2:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    elif kind is Kind.NO_COMMON_CIPHER:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("AES256-SHA:@SECLEVEL=0")  # needs a key of RSA, and has none
    return context
