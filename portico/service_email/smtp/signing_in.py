"""Signing in to a mail server (SASL)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from portico.service_email.smtp.client import Client
from portico.service_email.smtp.replies import Reply
from portico.service_email.smtp.server import SignIn
from portico.service_email.smtp.troubles import Condition, Trouble

LONGEST_COMMAND = 510  # a longer first answer waits until it is asked for (RFC 4954, 4)

# "Wrong mechanism" from a server that means something else: it wants another kind of password.
_ABOUT_THE_PASSWORD = re.compile(r"application.specific|app.password|web browser", re.IGNORECASE)


@dataclass(frozen=True)
class Keys:
    """What one signs in with; `secret` is a password, or an access token."""

    username: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Mechanism:
    """A way to sign in. `first` is sent along with the command, `answers` when asked, in turn."""

    name: SignIn
    first: Callable[[Keys], bytes] | None
    answers: tuple[Callable[[Keys], bytes], ...] = ()


def _username(keys: Keys) -> bytes:
    return keys.username.encode()


def _secret(keys: Keys) -> bytes:
    return keys.secret.encode()


# In the order in which they are tried.
WITH_PASSWORD: tuple[Mechanism, ...] = (
    Mechanism(SignIn.PLAIN, first=lambda keys: b"\0%b\0%b" % (_username(keys), _secret(keys))),
    Mechanism(
        SignIn.LOGIN,
        first=None,
        answers=(_username, _secret),
    ),
)
WITH_TOKEN: tuple[Mechanism, ...] = (
    Mechanism(
        SignIn.XOAUTH2,
        first=lambda keys: b"user=%b\1auth=Bearer %b\1\1" % (_username(keys), _secret(keys)),
        answers=(lambda _keys: b"",),  # asks for the refusal that a first answer announced
    ),
)


def offered_mechanisms(client: Client) -> tuple[str, ...]:
    """What the server offers, each once, in its order."""
    return tuple(dict.fromkeys((client.offered("auth") or "").upper().split()))


def sign_in(client: Client, keys: Keys, mechanisms: Sequence[Mechanism]) -> SignIn:
    """Sign in with the first of these mechanisms that the server knows, too.

    A mechanism that the server offers and then does not know (504, 534) is passed over. A refused
    password is not tried again another way: each attempt counts towards a lock.
    """
    offered = offered_mechanisms(client)
    listed = ", ".join(offered)
    if not offered:
        raise Trouble(Condition.SIGN_IN_MISSING)
    usable = [mechanism for mechanism in mechanisms if mechanism.name in offered]
    reply: Reply | None = None
    for mechanism in usable:
        with client.signing_in():
            reply = _exchange(client, keys, mechanism)
        if 200 <= reply.code < 300:
            return mechanism.name
        if not _passed_over(reply):
            condition = Condition.REPLY if reply.code >= 400 else Condition.UNEXPECTED
            raise Trouble(condition, reply=reply, mechanisms=listed)
    raise Trouble(Condition.MECHANISM_MISSING, reply=reply, mechanisms=listed)


def _exchange(client: Client, keys: Keys, mechanism: Mechanism) -> Reply:
    command, answers = f"AUTH {mechanism.name}", list(mechanism.answers)
    if mechanism.first is not None:
        whole = f"{command} {_armored(mechanism.first(keys))}"
        if len(whole) <= LONGEST_COMMAND:
            command = whole
        else:
            answers.insert(0, mechanism.first)
    reply = client.ask(command)
    for answer in answers:
        if reply.code != 334:
            return reply
        reply = client.ask(_armored(answer(keys)))
    # Asked for more than the mechanism has: ask to be let out.
    return client.ask("*") if reply.code == 334 else reply


def _passed_over(reply: Reply) -> bool:
    return reply.code in (504, 534) and _ABOUT_THE_PASSWORD.search(reply.text) is None


def _armored(answer: bytes) -> str:
    return base64.b64encode(answer).decode("ascii")
