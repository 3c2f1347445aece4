"""Signing in with access tokens: a real token endpoint, a real mail server, both on loopback."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, quote_plus

import pytest

from portico.egress.configuration import Egress
from portico.service_email.smtp.doctoring import examine
from portico.service_email.smtp.limits import Limits
from portico.service_email.smtp.server import Security, Server, TokenAccess
from portico.service_email.smtp.stages import Stage, StageName
from portico.service_email.smtp.tokens import FRESH, Fetch, Token, Tokens
from tests.peers.https import Authority, Behavior, Request, Response, https_server
from tests.peers.smtp import MailServer, mail_server

MESSAGE = b"From: service@acme.test\r\nSubject: Hello\r\n\r\nHello\r\n"
ACCESS, REFRESH, SECRET = "at-7f3c9b21aa", "rt-55d0c2e9bb", "cs-1b9e77f0cc"
LIMITS = Limits(connect=0.8, reply=0.8, whole=1.6)
GOOD = {"access_token": ACCESS, "token_type": "Bearer", "expires_in": 3599}


@dataclass
class Provider:
    """A mail provider: where its tokens are had, and its mail server."""

    mail: MailServer
    egress: Egress
    token_port: int = 0
    answer: Response | Behavior = field(default_factory=lambda: said(GOOD))
    asked: list[dict[str, str]] = field(default_factory=list)

    def server(self, **changed: str) -> Server:
        """The mail server, to be signed in to with tokens."""
        access = {
            "url": f"https://localhost:{self.token_port}/token",
            "client_id": "app-1",
            "scope": "smtp.send",
            "client_secret": SECRET,
            "refresh_token": REFRESH,
            **changed,
        }
        return Server(
            host="localhost",
            port=self.mail.port,
            security=Security.SSL,
            account="service@acme.test",
            username="service@acme.test",
            tokens=TokenAccess(**access),
        )

    def test(self, server: Server | None = None, tokens: Tokens = FRESH) -> tuple[bool, Stage, str]:
        """Send a test mail: whether it was accepted, how the sign-in went, the transcript."""
        accepted, stages, transcript = examine(
            server or self.server(),
            egress=self.egress,
            recipient="ada@example.com",
            message=MESSAGE,
            limits=LIMITS,
            tokens=tokens,
        )
        return accepted, next(one for one in stages if one.name is StageName.SIGN_IN), transcript


def said(answer: object, status: int = 200) -> Response:
    """An answer in JSON."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return Response(status, body, (("Content-Type", "application/json"),))


@pytest.fixture
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    authority = Authority(tmp_path_factory.mktemp("authority"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.good("localhost"))
    egress = Egress(
        allowed=authority.egress().allowed, mail_ports=frozenset(), ca_file=authority.ca_file
    )
    with mail_server(tls=context, tokens={ACCESS}) as mail:
        found = Provider(mail, egress)
        found.egress = Egress(
            allowed=egress.allowed, mail_ports=frozenset({mail.port}), ca_file=authority.ca_file
        )

        def answer(request: Request) -> Response | Behavior:
            asked = parse_qs(request.body.decode(), keep_blank_values=True)
            found.asked.append({name: values[0] for name, values in asked.items()})
            return found.answer

        with https_server(answer, authority=authority) as endpoint:
            found.token_port = endpoint.port
            yield found


def test_a_mail_is_sent_with_a_token_in_the_place_of_a_password(provider: Provider) -> None:
    accepted, sign_in, _transcript = provider.test()

    assert accepted
    assert provider.asked == [
        {
            "grant_type": "refresh_token",
            "refresh_token": REFRESH,
            "client_id": "app-1",
            "client_secret": SECRET,
            "scope": "smtp.send",
        }
    ]
    assert provider.mail.signed_in_with == [
        f"user=service@acme.test\x01auth=Bearer {ACCESS}\x01\x01".encode()
    ]
    assert "localhost gave an access token for 59 minutes." in [
        seen.text % seen.facts for seen in sign_in.seen
    ]


def test_an_application_that_sends_by_itself_has_no_refresh_token(provider: Provider) -> None:
    accepted, _sign_in, _transcript = provider.test(provider.server(refresh_token=""))

    assert accepted
    assert provider.asked[0]["grant_type"] == "client_credentials"
    assert "refresh_token" not in provider.asked[0]


def test_a_long_token_waits_until_it_is_asked_for(provider: Provider) -> None:
    long = "eyJ" + "a" * 2500
    provider.mail.tokens = {long}
    provider.answer = said({**GOOD, "access_token": long})

    accepted, _sign_in, transcript = provider.test()

    assert accepted
    assert "aaaa" not in transcript


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (said({"error": "invalid_grant"}, 400), "refresh_token_refused"),
        (said({"error": "invalid_client"}, 401), "token_client_refused"),
        (said({"error": "invalid_scope"}, 400), "token_scope_refused"),
        (said({"error": "unsupported_grant_type"}, 400), "token_refused"),
        (said({"error": "slow_down"}, 429), "token_later"),
        (said(b"<html>busy</html>", 503), "token_later"),
        (said(b"<html>hello</html>"), "token_answer_unreadable"),
        (said(b"[" * 50_000), "token_answer_unreadable"),
        (said({"access_token": "a b\x01c"}), "token_answer_unreadable"),
        (said({"access_token": ""}), "token_answer_unreadable"),
        (said({"access_token": 7}), "token_answer_unreadable"),
        (said([]), "token_answer_unreadable"),
        (Response(302, b"", (("Location", "https://localhost/else"),)), "token_answer_unreadable"),
        (Behavior.HANG_UP, "token_unreachable"),
        (Behavior.GARBAGE, "token_unreachable"),
        (Behavior.SILENCE, "token_unreachable"),
        (Behavior.DRIP, "token_unreachable"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_the_endpoint_says_is_explained(
    provider: Provider, answer: Response | Behavior, code: str
) -> None:
    provider.answer = answer

    accepted, sign_in, transcript = provider.test()

    assert not accepted
    assert sign_in.code == code
    assert sign_in.advice is not None
    assert not provider.mail.signed_in_with
    for secret in (ACCESS, REFRESH, SECRET):
        assert secret not in f"{sign_in}{transcript}"


def test_an_endpoint_that_repeats_the_secrets_shows_none_of_them(provider: Provider) -> None:
    repeated = f"{REFRESH} {SECRET} is not ours"
    provider.answer = said({"error": "invalid_grant", "error_description": repeated}, 400)

    _accepted, sign_in, transcript = provider.test()

    assert "******** ******** is not ours" in str(sign_in)
    assert REFRESH not in f"{sign_in}{transcript}"


def test_a_token_that_the_mail_server_refuses(provider: Provider) -> None:
    provider.mail.tokens = {"another"}

    accepted, sign_in, transcript = provider.test()

    assert not accepted
    assert sign_in.code == "token_not_accepted"
    assert len(provider.asked) == 1
    assert ACCESS not in transcript


def test_a_server_that_knows_no_tokens_is_asked_for_none(provider: Provider) -> None:
    with mail_server(tls=provider.mail.tls, password="x", token_sign_in=False) as plain:
        provider.mail.port = plain.port
        provider.egress = Egress(
            allowed=provider.egress.allowed,
            mail_ports=frozenset({plain.port}),
            ca_file=provider.egress.ca_file,
        )

        accepted, sign_in, _transcript = provider.test()

    assert not accepted
    assert sign_in.code == "xoauth2_missing"
    assert not provider.asked


class Kept:
    """Keeps one token."""

    def __init__(self, text: str) -> None:
        self.text = text

    def token(self, access: TokenAccess, fetch: Fetch, _wait: Callable[[], None]) -> str:
        self.text = self.text or fetch(access).text
        return self.text

    def refused(self, _access: TokenAccess) -> None:
        self.text = ""

    def late(self, _access: TokenAccess, token: Token) -> None:
        self.text = token.text


def test_a_kept_token_is_used_without_asking(provider: Provider) -> None:
    accepted, _sign_in, _transcript = provider.test(tokens=Kept(ACCESS))

    assert accepted
    assert not provider.asked


def test_a_kept_token_that_is_refused_is_tried_again_as_a_new_one(provider: Provider) -> None:
    accepted, _sign_in, transcript = provider.test(tokens=Kept("old-token-000"))

    assert accepted
    assert len(provider.asked) == 1
    assert provider.mail.sign_ins == 2
    assert "old-token-000" not in transcript


def test_a_new_token_that_is_refused_is_not_tried_again(provider: Provider) -> None:
    provider.mail.tokens = set()

    accepted, sign_in, _transcript = provider.test(tokens=Kept(""))

    assert not accepted
    assert sign_in.code == "token_not_accepted"
    assert (len(provider.asked), provider.mail.sign_ins) == (1, 1)


@pytest.mark.parametrize("before", [0, 290], ids=["whole", "cut"])
def test_an_endpoint_that_repeats_a_long_secret_shows_nothing_of_it(
    provider: Provider, before: int
) -> None:
    secret = "0.AXoA/" + "k3" * 400 + "+end=="
    told = f"{'x' * before} {secret} {quote_plus(secret)} {quote(secret, safe='').lower()}"
    provider.answer = said({"error": secret, "error_description": told}, 400)

    _accepted, sign_in, transcript = provider.test(provider.server(refresh_token=secret))

    shown = repr(sign_in) + transcript
    assert "0.AXoA" not in shown
    assert "k3k3" not in shown


@pytest.mark.parametrize("renewed", ["\ud800", "a\0b", "", 7, "a" * 9000, "a b"], ids=repr)
def test_a_new_refresh_token_that_cannot_be_one_is_passed_over(
    provider: Provider, renewed: object
) -> None:
    kept: list[Token] = []

    class Watching(Kept):
        def token(self, access: TokenAccess, fetch: Fetch, _wait: Callable[[], None]) -> str:
            kept.append(fetch(access))
            return kept[0].text

    provider.answer = said({**GOOD, "refresh_token": renewed})

    accepted, _sign_in, _transcript = provider.test(tokens=Watching(""))

    assert accepted
    assert kept[0].refresh_token == ""


def test_an_endpoint_that_is_away_for_a_while_is_explained(provider: Provider) -> None:
    provider.answer = said({"error": "temporarily_unavailable"}, 400)

    _accepted, sign_in, _transcript = provider.test()

    assert sign_in.code == "token_later"
    assert sign_in.meaning is not None
    assert sign_in.meaning.text % sign_in.meaning.facts == (
        "localhost gives no access token now (status 400)."
    )


def test_no_secret_is_in_any_representation(provider: Provider) -> None:
    shown = repr(provider.server()) + repr(Token(ACCESS, 60, REFRESH))

    for secret in (ACCESS, REFRESH, SECRET):
        assert secret not in shown
