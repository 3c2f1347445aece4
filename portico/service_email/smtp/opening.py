"""From a connection to a server that takes mail: greeting, protection, sign-in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portico.egress.configuration import Egress
from portico.egress.rules import check_host
from portico.egress.trust import tls_context
from portico.kernel.clock import now
from portico.kernel.errors import gettext_noop
from portico.service_email.smtp.certificates import protection
from portico.service_email.smtp.client import Client
from portico.service_email.smtp.server import Security, Server, SignIn, TokenAccess
from portico.service_email.smtp.signing_in import (
    WITH_PASSWORD,
    WITH_TOKEN,
    Keys,
    offered_mechanisms,
    sign_in,
)
from portico.service_email.smtp.stages import Sentence
from portico.service_email.smtp.tokens import Fetch, Token, Tokens, endpoint_of
from portico.service_email.smtp.troubles import Condition, Trouble

ANSWERED = gettext_noop("The server answered: %(reply)s")


def greet(client: Client, seen: list[Sentence]) -> None:
    """Hear the server's greeting, and introduce ourselves."""
    try:
        reply = client.read()
    except Trouble as trouble:
        silent = trouble.condition in (Condition.SILENT, Condition.SLOW)
        if silent and client.wire.speaks_tls():
            raise Trouble(Condition.TLS_EXPECTED) from None
        raise
    if reply.code != 220:
        refused = Condition.REPLY if reply.code >= 400 else Condition.UNEXPECTED
        raise Trouble(refused, reply=reply)
    seen.append(Sentence(ANSWERED, {"reply": str(reply)}))
    introduce(client)


def introduce(client: Client) -> None:
    """EHLO; afterwards the client knows what the server offers."""
    reply = client.introduce()
    if not 200 <= reply.code < 300:
        refused = Condition.HELLO_REFUSED if reply.code >= 400 else Condition.UNEXPECTED
        raise Trouble(refused, reply=reply)


def protect(client: Client, server: Server, egress: Egress, seen: list[Sentence]) -> None:
    """Go over to TLS as the server's mode says; never go on without it."""
    if server.security is Security.STARTTLS:
        _ask_for_tls(client)
    try:
        context = tls_context(egress)
    except OSError as error:  # also what OpenSSL says of a file that is none
        raise Trouble(Condition.TRUST_UNREADABLE, reason=error.strerror or "") from None
    # The connection is with a checked address; the certificate must be for the name.
    tls = client.wire.protect(context, check_host(server.host))
    seen += protection(tls, at=now())
    if server.security is Security.STARTTLS:
        introduce(client)  # what was offered before counts no more


def _ask_for_tls(client: Client) -> None:
    if client.offered("starttls") is None:
        raise Trouble(Condition.STARTTLS_MISSING)
    reply = client.ask("STARTTLS")
    if reply.code != 220:
        raise Trouble(Condition.STARTTLS_REFUSED, reply=reply)
    if client.wire.pending:  # sent in the clear, it would be taken for protected
        raise Trouble(Condition.STARTTLS_TALKED_OVER)


@dataclass(frozen=True)
class TokenDesk:
    """Where access tokens are had: kept ones, or new ones by `fetch`, which raises Trouble. `wait`
    lets a moment pass; `hide` keeps a text out of everything that is shown."""

    kept: Tokens
    fetch: Fetch
    hide: Callable[[str], None]
    wait: Callable[[], None]


def enter(client: Client, server: Server, desk: TokenDesk, seen: list[Sentence]) -> None:
    """Sign in; over an unprotected connection only if that is the server's mode, and saying so."""
    offered = ", ".join(offered_mechanisms(client)) or "–"
    seen.append(Sentence(gettext_noop("Offered: %(ways)s."), {"ways": offered}))
    if client.wire.tls is None:
        if server.security is not Security.NONE:
            raise Trouble(Condition.STARTTLS_MISSING)
        seen.append(
            Sentence(gettext_noop("The password goes over a connection without protection."))
        )
    if server.tokens is None:
        way = sign_in(client, Keys(server.username, server.password), WITH_PASSWORD)
    else:
        way = _sign_in_with_token(client, server, server.tokens, desk, seen)
    facts = {"username": server.username, "way": way.value}
    seen.append(Sentence(gettext_noop("Signed in as %(username)s with %(way)s."), facts))


def _sign_in_with_token(
    client: Client, server: Server, access: TokenAccess, desk: TokenDesk, seen: list[Sentence]
) -> SignIn:
    """A kept token that the server does not take any more is tried again as a new one, once."""
    if SignIn.XOAUTH2 not in offered_mechanisms(client):
        # Nothing is asked for what cannot be used.
        return sign_in(client, Keys(server.username, ""), WITH_TOKEN)
    keys, is_kept = _token_keys(server, access, desk, seen)
    try:
        return sign_in(client, keys, WITH_TOKEN)
    except Trouble as trouble:
        if trouble.reply is None or trouble.reply.code != 535:
            raise
        desk.kept.refused(access)
        if not is_kept:  # each refused sign-in counts towards a lock
            raise
    keys, _is_kept = _token_keys(server, access, desk, seen)
    return sign_in(client, keys, WITH_TOKEN)


def _token_keys(
    server: Server, access: TokenAccess, desk: TokenDesk, seen: list[Sentence]
) -> tuple[Keys, bool]:
    """What to sign in with, and whether it is a kept token."""
    fetched: list[Token] = []

    def fetch(newest: TokenAccess) -> Token:
        desk.hide(newest.refresh_token)
        token = desk.fetch(newest)
        desk.hide(token.refresh_token)
        fetched.append(token)
        return token

    text = desk.kept.token(access, fetch, desk.wait)
    desk.hide(text)
    endpoint = endpoint_of(access)
    if fetched:
        told = gettext_noop("%(endpoint)s gave an access token for %(minutes)s minutes.")
        seen.append(Sentence(told, {"endpoint": endpoint, "minutes": fetched[0].seconds // 60}))
    else:
        told = gettext_noop("An access token of %(endpoint)s is still good.")
        seen.append(Sentence(told, {"endpoint": endpoint}))
    return Keys(server.username, text), not fetched
