"""A certificate authority of our own, and certificates as they should and should not be."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portico.egress.configuration import LOOPBACK, Egress

PEM = serialization.Encoding.PEM


class Authority:
    """A certificate authority of our own. Give `egress()` or `ca_file` to whoever trusts it."""

    def __init__(self, folder: Path | None = None, *, name: str = "Test Root") -> None:
        self.folder = Path(folder or mkdtemp(prefix="portico-authority-"))
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        own = self._builder(self.name, self.key, self.name, -30, 300).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.ca_file = self.folder / f"{id(self)}-ca.pem"
        self.ca_file.write_bytes(own.sign(self.key, hashes.SHA256()).public_bytes(PEM))
        self._made: dict[tuple[object, ...], Path] = {}

    def egress(self, egress: Egress | None = None) -> Egress:
        """What trusts it. Loopback is allowed unless `egress` says otherwise."""
        return replace(egress or Egress(allowed=LOOPBACK), ca_file=self.ca_file)

    def certificate(
        self, *names: str, starts: int = -30, days: int = 60, self_signed: bool = False
    ) -> Path:
        """A file with a certificate for these names or addresses, and its key.

        `starts` and `days`: in how many days from now it begins and ends.
        """
        made = (names, starts, days, self_signed)
        if made not in self._made:
            self._made[made] = self._write(names, starts, days, self_signed=self_signed)
        return self._made[made]

    def good(self, name: str) -> Path:
        """A certificate as it has to be."""
        return self.certificate(name)

    def expired(self, name: str) -> Path:
        """One that ended the day before yesterday."""
        return self.certificate(name, days=-2)

    def not_yet(self, name: str) -> Path:
        """One that begins in two days."""
        return self.certificate(name, starts=2)

    def self_signed(self, name: str) -> Path:
        """One that nobody vouches for."""
        return self.certificate(name, self_signed=True)

    def wrong_name(self, _name: str) -> Path:
        """One for another site."""
        return self.certificate("parking.example.net")

    def _write(self, names: tuple[str, ...], starts: int, days: int, *, self_signed: bool) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        issuer = subject if self_signed else self.name
        alternatives = x509.SubjectAlternativeName([_general(name) for name in names])
        builder = self._builder(subject, key, issuer, starts, days)
        signed = builder.add_extension(alternatives, critical=False).sign(
            key if self_signed else self.key, hashes.SHA256()
        )
        path = self.folder / f"{id(self)}-{len(self._made)}.pem"
        path.write_bytes(
            signed.public_bytes(PEM)
            + key.private_bytes(
                PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return path

    @staticmethod
    def _builder(
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        issuer: x509.Name,
        starts: int,
        days: int,
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)  # TLS looks at the machine's clock
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=min(starts, days - 1)))
            .not_valid_after(now + timedelta(days=days, hours=1))
        )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
