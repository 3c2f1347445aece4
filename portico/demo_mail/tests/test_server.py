from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest

from portico.demo_mail.ports import PASSWORD, Manner
from portico.demo_mail.server import listen_on
from tests.peers.demo_mail import DemoMailPeer

ACCOUNT = "service@acme.example.com"


@contextmanager
def connected(peer: DemoMailPeer, manner: Manner) -> Iterator[smtplib.SMTP]:
    """A client at a port, which is protected as that port wants it."""
    context = ssl.create_default_context(cafile=str(peer.authority))
    port = peer.ports[manner]
    if manner is Manner.IMPLICIT_TLS:
        client: smtplib.SMTP = smtplib.SMTP_SSL("localhost", port, timeout=5, context=context)
    else:
        client = smtplib.SMTP("localhost", port, timeout=5)
    with client:
        if manner not in {Manner.IMPLICIT_TLS, Manner.NO_TLS}:
            client.starttls(context=context)
        yield client


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = f"Acme <{ACCOUNT}>", "ada@example.com"
    message["Subject"] = "Hello"
    message.set_content("How do you do?\n.\nA line with a dot was above.")
    return message


@pytest.mark.parametrize("manner", [Manner.STARTTLS, Manner.IMPLICIT_TLS, Manner.NO_TLS])
def test_a_mail_is_kept_as_it_was_sent(peer: DemoMailPeer, manner: Manner) -> None:
    with connected(peer, manner) as client:
        client.login(ACCOUNT, PASSWORD)
        refused = client.send_message(letter())

    (kept,) = peer.received()
    assert refused == {}
    assert (kept["Subject"], kept["From"]) == ("Hello", f"Acme <{ACCOUNT}>")
    assert (kept["Return-Path"], kept["Delivered-To"]) == (f"<{ACCOUNT}>", "ada@example.com")
    assert "\n.\n" in str(kept.get_payload()).replace("\r\n", "\n")


def test_any_user_name_gets_in_with_the_password_and_none_without(peer: DemoMailPeer) -> None:
    with connected(peer, Manner.STARTTLS) as client:
        with pytest.raises(smtplib.SMTPAuthenticationError) as refusal:
            client.login(ACCOUNT, "another")
        code, _text = client.login("whoever", PASSWORD)

    assert refusal.value.smtp_code == 535
    assert "5.7.8 " in str(refusal.value.smtp_error)
    assert code == 235


@pytest.mark.parametrize("manner", [Manner.STARTTLS, Manner.IMPLICIT_TLS, Manner.GREYLISTS])
def test_nothing_is_taken_from_who_has_not_signed_in(peer: DemoMailPeer, manner: Manner) -> None:
    with connected(peer, manner) as client, pytest.raises(smtplib.SMTPSenderRefused) as refusal:
        client.send_message(letter())

    assert refusal.value.smtp_code == 530
    assert peer.received() == []


def test_no_password_crosses_the_line_before_tls(peer: DemoMailPeer) -> None:
    with smtplib.SMTP("localhost", peer.ports[Manner.STARTTLS], timeout=5) as client:
        client.ehlo()

        assert client.has_extn("starttls")
        assert not client.has_extn("auth")
        assert client.docmd("AUTH PLAIN AGEAYg==")[0] in {530, 538}
        assert client.mail(ACCOUNT)[0] == 530


def test_without_tls_it_offers_no_starttls(peer: DemoMailPeer) -> None:
    with smtplib.SMTP("localhost", peer.ports[Manner.NO_TLS], timeout=5) as client:
        client.ehlo()

        assert not client.has_extn("starttls")
        assert client.has_extn("auth")


def test_one_port_refuses_the_right_password(peer: DemoMailPeer) -> None:
    with (
        connected(peer, Manner.REFUSES_PASSWORDS) as client,
        pytest.raises(smtplib.SMTPAuthenticationError) as refusal,
    ):
        client.login(ACCOUNT, PASSWORD)

    assert "5.7.8 " in str(refusal.value.smtp_error)


def test_one_port_wants_every_recipient_to_be_tried_later(peer: DemoMailPeer) -> None:
    with connected(peer, Manner.GREYLISTS) as client:
        client.login(ACCOUNT, PASSWORD)
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
            client.send_message(letter())

    ((code, text),) = refusal.value.recipients.values()
    assert code == 450
    assert text.startswith(b"4.7.1 ")
    assert peer.received() == []


def test_one_port_shows_a_certificate_that_has_expired(
    peer: DemoMailPeer, capfd: pytest.CaptureFixture[str]
) -> None:
    with (
        pytest.raises(ssl.SSLCertVerificationError, match="expired"),
        connected(peer, Manner.EXPIRED_CERTIFICATE),
    ):
        pass

    assert "Traceback" not in capfd.readouterr().err


def test_one_port_takes_connections_and_never_greets(peer: DemoMailPeer) -> None:
    with socket.create_connection(("127.0.0.1", peer.ports[Manner.SILENT])) as client:
        client.sendall(b"EHLO impatient\r\n")
        client.settimeout(0.2)

        with pytest.raises(TimeoutError):
            client.recv(1)


def test_the_certificate_holds_for_its_names_alone(peer: DemoMailPeer) -> None:
    context = ssl.create_default_context(cafile=str(peer.authority))
    address = ("127.0.0.1", peer.ports[Manner.IMPLICIT_TLS])

    for name in ("mail.localhost", "localhost", "127.0.0.1"):
        with (
            socket.create_connection(address) as plain,
            context.wrap_socket(plain, server_hostname=name) as protected,
        ):
            assert protected.version() in {"TLSv1.2", "TLSv1.3"}
    with (
        socket.create_connection(address) as plain,
        pytest.raises(ssl.SSLCertVerificationError, match=r"evil\.example"),
    ):
        context.wrap_socket(plain, server_hostname="evil.example")


def test_a_taken_port_is_refused() -> None:
    bound = listen_on(0)
    taken = int(bound[Manner.SILENT].getsockname()[1])
    try:
        with pytest.raises(OSError, match="in use"):
            listen_on(taken - Manner.SILENT)
    finally:
        for one in bound:
            one.close()
