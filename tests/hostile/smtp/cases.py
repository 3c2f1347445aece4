"""What a server is, and what must come of a mail through it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from portico.egress.configuration import LOOPBACK, Network, OutboundAddress
from portico.service_email.smtp.failures import FailureKind
from portico.service_email.smtp.limits import Limits
from portico.service_email.smtp.server import Security
from portico.service_email.smtp.stages import StageName
from tests.hostile.smtp.authority import HOST
from tests.hostile.smtp.talks import Manners, Talk

Values = Mapping[str, str | int]

ACCOUNT = "service@acme.test"
PASSWORD = "Gehe1m-Wort:9Zq/ü"
RECIPIENT = "ines@example.test"
MESSAGE = b"Subject: Hello\r\nMessage-ID: <1@acme.test>\r\n\r\nHello\r\n.\r\nGood-bye\r\n"
LARGE = b"Subject: Large\r\n\r\n" + (b"0123456789" * 99 + b"\r\n") * 7_000  # fills any buffer

NO_HURRY = Limits(connect=10, reply=20, whole=60)  # for servers that are wrong in other ways
HURRY = Limits(connect=10, reply=0.6, whole=20)  # for servers that are slow; nothing is encrypted
WHOLE = Limits(connect=10, reply=20, whole=2)


@dataclass(frozen=True)
class Case:
    """`stage` is the one that fails; None: the mail is accepted. `says` is a part of what is
    shown of it: reply, meaning, cause, advice."""

    name: str
    manners: Manners | None
    stage: StageName | None = None
    code: str = ""
    says: str = ""
    mode: Security | None = None  # what we are set to; None: just as the server is
    host: str = HOST
    username: str = ACCOUNT
    password: str = PASSWORD
    recipient: str = RECIPIENT
    sender: str = ACCOUNT
    message: bytes = MESSAGE
    smtputf8: bool = False
    limits: Limits = NO_HURRY
    corrects: Values = field(default_factory=dict)
    kind: FailureKind | None = None
    permanent: bool | None = None
    address: str = "127.0.0.1"
    allowed: tuple[Network, ...] = LOOPBACK
    open_port: bool = True
    sources: tuple[OutboundAddress, ...] | None = None

    def __str__(self) -> str:
        return self.name

    @property
    def security(self) -> Security:
        if self.mode is not None:
            return self.mode
        return self.manners.tls if self.manners else Security.NONE


def secret_forms(username: str, password: str) -> dict[str, str]:
    """How the password travels, and how a hostile server may repeat it."""

    def armored(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    plain = armored(f"\0{username}\0{password}")
    return {
        "password": password,
        "armored": armored(password),
        "bare": armored(password).rstrip("="),
        "plain": plain,
        "bare_plain": plain.rstrip("="),
    }


def echo(text: str) -> Callable[[Talk], None]:
    """Hear the password, then reply with this text: {password}, {armored}, {plain} are repeated."""

    def reply(talk: Talk) -> None:
        talk.check(talk.line)
        talk.say(_filled(text, talk))

    return reply


def repeat(text: str) -> Callable[[Talk], None]:
    """Reply with this text later on, when the password has been heard."""
    return lambda talk: talk.say(_filled(text, talk))


def _filled(text: str, talk: Talk) -> str:
    for place, form in secret_forms(talk.username, talk.password).items():
        text = text.replace(f"{{{place}}}", form)
    return text.replace("{scattered}", "\x00".join(talk.password))


TO_SSL: Values = {"security": "ssl"}
TO_STARTTLS: Values = {"security": "starttls"}
TO_465: Values = {"port": 465, "security": "ssl"}
TO_587: Values = {"port": 587, "security": "starttls"}

PARROT = " you said {password} {armored} {plain}"
