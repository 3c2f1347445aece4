"""What happens on the way to a mail server, stage by stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portico.kernel.sentences import Sentence

__all__ = ["Correction", "Sentence", "Stage", "StageName"]


class StageName(StrEnum):
    """The stages of a test, in their order. The last three look at the sender's domain."""

    RESOLVE = "resolve"
    POLICY = "policy"
    CONNECT = "connect"
    GREETING = "greeting"
    TLS = "tls"
    SIGN_IN = "sign_in"
    SENDER = "sender"
    RECIPIENT = "recipient"
    MESSAGE = "message"
    SPF = "spf"
    DKIM = "dkim"
    DMARC = "dmarc"


@dataclass(frozen=True)
class Correction:
    """Values of the section that are likely to mend it, such as `{"port": 587}`."""

    values: Mapping[str, str | int]
    why: Sentence


@dataclass(frozen=True)
class Stage:
    """How one stage went.

    `ok` None: not done, because it does not apply (no TLS asked for) or an earlier one failed.
    `ms` is how long it took. `seen` is what the server, or the network, showed: facts in the
    server's own words. `meaning`: what happened; `cause`: the likely reason; `advice`: what to do.
    """

    name: StageName
    ok: bool | None
    ms: int = 0
    seen: tuple[Sentence, ...] = ()
    code: str = ""
    meaning: Sentence | None = None
    cause: Sentence | None = None
    advice: Sentence | None = None
    correction: Correction | None = None
