"""What is asked of a domain, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from portico.egress.rules import Address
from portico.kernel.sentences import Sentence

NOTHING: Final = Sentence("")


class CheckName(StrEnum):
    """The checks, in their order: an earlier one explains a later one."""

    OWNERSHIP = "ownership"
    ROUTING = "routing"
    ADDRESSES = "addresses"
    CAA = "caa"
    HTTPS = "https"


@dataclass(frozen=True)
class Question:
    """A domain, and what has to be found out there.

    `domain` is as `check_domain` gives it. `record_name` is where a TXT record has to hold the
    `token`. The domain has to lead to `target`, the name of the workspace's own host, or to one of
    `addresses`, those of this installation. `issuers` are the names of certificate authorities as
    CAA records spell them; none: CAA is not looked at. `tls_elsewhere`: a load balancer of the
    tenant's stands in between and has the certificate. `https://<domain><marker_path>` has to
    answer `marker`. `verified`: ownership was proven earlier, so this installation answers for the
    name already; where it was not, a missing certificate is no fault.
    """

    domain: str
    record_name: str
    token: str
    target: str
    addresses: tuple[Address, ...] = ()
    issuers: tuple[str, ...] = ()
    tls_elsewhere: bool = False
    marker_path: str = "/.well-known/portico-domain"
    marker: str = ""
    https_port: int = 443
    verified: bool = True

    def __repr__(self) -> str:
        return f"Question({self.domain!r})"


@dataclass(frozen=True)
class Limits:
    """Seconds. `question`: one question to one name server, with its repetition. `connect`: one
    connection with its TLS handshake. `answer`: from the request to the end of what is read.
    `whole`: one `examine`."""

    question: float = 3.0
    connect: float = 5.0
    answer: float = 5.0
    whole: float = 25.0


@dataclass(frozen=True)
class Seen:
    """What one place says.

    `where`: a resolver's address, `ns1.example.com (192.0.2.1)` for a name server of the zone
    (`authoritative`), an address for HTTPS, a name for a look elsewhere. `values` are in the words
    of the DNS: `CNAME acme.portico.example`, `192.0.2.7`, the text of a TXT record. `trouble`: why
    there are none, or what is wrong with them; `notes`: what else is to be known. `ttl`: seconds
    for which a resolver keeps the answer.
    """

    where: str
    values: tuple[str, ...] = ()
    trouble: Sentence | None = None
    notes: tuple[Sentence, ...] = ()
    ttl: int | None = None
    authoritative: bool = False


@dataclass(frozen=True)
class Check:
    """How one check went.

    `ok` None: it cannot be said, or does not apply. `code` is stable and says why in a word.
    `expected` is in the words of the DNS, as `seen` is. `meaning`: what that means; `advice`: what
    to do, `NOTHING` where nothing is to be done. `notes` are further remarks.
    """

    name: CheckName
    ok: bool | None
    expected: str = ""
    seen: tuple[Seen, ...] = ()
    meaning: Sentence = NOTHING
    advice: Sentence = NOTHING
    milliseconds: int = 0
    code: str = ""
    notes: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class Report:
    """All checks in their order, and the one that explains the others; None: nothing is wrong."""

    checks: tuple[Check, ...]
    culprit: CheckName | None = None

    def check(self, name: CheckName) -> Check:
        """One of them."""
        return next(check for check in self.checks if check.name is name)

    @property
    def owned(self) -> bool:
        """Whether ownership is proven by what was seen now."""
        return self.check(CheckName.OWNERSHIP).ok is True

    @property
    def leads_here(self) -> bool:
        """Whether visitors of the domain come to this installation."""
        routing, addresses = (self.check(n).ok for n in (CheckName.ROUTING, CheckName.ADDRESSES))
        return self.served or (routing is True and addresses is not False)

    @property
    def served(self) -> bool:
        """Whether this workspace answered there, over HTTPS with the right certificate."""
        return self.check(CheckName.HTTPS).ok is True


class Watch(Protocol):
    """Who looks on. Called in the thread that called `examine`."""

    def begun(self, name: CheckName) -> None:
        """A check begins. Several go on at the same time."""

    def done(self, check: Check) -> None:
        """A check has ended."""

    def canceled(self) -> bool:
        """Whether to stop; asked at least every half second."""


class _Silent:
    """Looks away."""

    def begun(self, name: CheckName) -> None:
        pass

    def done(self, check: Check) -> None:
        pass

    def canceled(self) -> bool:
        return False


SILENT: Watch = _Silent()
