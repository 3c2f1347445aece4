"""The demo's certificates, made by code: an authority, a good certificate and an expired one.

The authority's key is used while they are made and kept nowhere, so nobody can have it sign more.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from portico.demo_mail.ports import HOST

LASTS = timedelta(days=825)
MADE_ANEW_BEFORE = timedelta(days=30)
LOOPBACK = ipaddress.ip_address("127.0.0.1")

Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Certificates:
    """Where they are, in PEM. `good` and `expired` hold a key and its certificate."""

    authority: Path
    good: Path
    expired: Path


def ensure_certificates(folder: Path, *, at: datetime) -> Certificates:
    """The certificates in this folder; made, or made anew, where they are not fit for use."""
    found = Certificates(folder / "ca.pem", folder / "server.pem", folder / "expired.pem")
    if not _are_fit(found, at=at):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(found, at=at)
    return found


def trust_also(folder: Path, authorities: Iterable[Path]) -> Path:
    """One file with all of these authorities, for whoever can be told of one only."""
    path = folder / "trusted.pem"
    _write(path, b"\n".join(one.read_bytes() for one in authorities))
    return path


def _are_fit(found: Certificates, *, at: datetime) -> bool:
    try:
        authority, good = _read(found.authority), _read(found.good)
        good.verify_directly_issued_by(authority)
        _read(found.expired).verify_directly_issued_by(authority)
    except (OSError, ValueError, TypeError, InvalidSignature):
        return False
    ends = min(authority.not_valid_after_utc, good.not_valid_after_utc)
    return ends > at + MADE_ANEW_BEFORE


def _make(places: Certificates, *, at: datetime) -> None:
    key = _new_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Portico demo authority")])
    begins = at - timedelta(days=365)
    authority = (
        _builder(name, name, key, key, begins=begins, ends=at + LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    good, expired = _new_key(), _new_key()
    yesterday, long_ago = at - timedelta(days=1), at - timedelta(days=120)
    _write(places.good, _pem(good) + _signed(good, name, key, begins=yesterday, ends=at + LASTS))
    _write(
        places.expired,
        _pem(expired) + _signed(expired, name, key, begins=long_ago, ends=at - timedelta(days=30)),
    )
    _write(places.authority, authority.public_bytes(serialization.Encoding.PEM))


def _signed(key: Key, issuer: x509.Name, signer: Key, *, begins: datetime, ends: datetime) -> bytes:
    """A certificate of the mail server, in PEM."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    names = [x509.DNSName(HOST), x509.DNSName("localhost"), x509.IPAddress(LOOPBACK)]
    certificate = (
        _builder(name, issuer, key, signer, begins=begins, ends=ends)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .sign(signer, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


def _builder(
    name: x509.Name, issuer: x509.Name, key: Key, signer: Key, *, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    of_key = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    of_signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(of_key, critical=False)
        .add_extension(of_signer, critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _new_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def _pem(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _write(path: Path, content: bytes) -> None:
    """Put a file in its place whole, readable to us alone."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    beside.replace(path)
