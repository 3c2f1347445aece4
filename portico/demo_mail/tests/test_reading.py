from __future__ import annotations

from email.message import EmailMessage

import pytest

from portico.demo_mail.reading import headers_of, letter_of

PICTURE = b"\x89PNG picture"


def letter() -> bytes:
    message = EmailMessage()
    message["From"] = "Acmé Pay <service@acme.example.com>"
    message["To"], message["Subject"] = "ada@example.com", "Grüße"
    message["Message-ID"] = "<1@acme.example.com>"
    message.set_content("Open https://acme.example.com/a and\nhttps://acme.example.com/b\n")
    html = '<p>Hi</p><img src="cid:logo@acme"><img src="cid:other"><img src="cid:script">'
    message.add_alternative(html, subtype="html")
    _text, page = message.iter_parts()
    page.add_related(PICTURE, "image", "png", cid="<logo@acme>")
    page.add_related("<script>", "html", cid="<script>")
    return message.as_bytes()


def test_a_mail_is_read_whole() -> None:
    found = letter_of(letter())

    assert found.headers.nickname == "Acmé Pay"
    assert found.headers.account == "service@acme.example.com"
    assert found.headers.subject == "Grüße"
    assert found.headers.to == "ada@example.com"
    assert found.headers.message_id == "<1@acme.example.com>"
    assert found.links == ("https://acme.example.com/a", "https://acme.example.com/b")
    assert "Subject: " in found.source


def test_pictures_that_come_with_a_mail_stand_in_its_html_and_nothing_else_does() -> None:
    html = letter_of(letter()).html

    assert '<img src="data:image/png;base64,iVBORyBwaWN0dXJl">' in html
    assert '<img src="cid:other">' in html
    assert '<img src="cid:script">' in html


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"no header at all",
        b"From: \xff\xfe <\xff@\xff>\r\nSubject: \xff\r\n\r\n\xff",
        b"From: =?bogus?q?=ff?= <a@b>\r\nSubject: =?utf-8?b?!!!?=\r\n\r\n",
        b"From: " + b"<" * 5000 + b"\r\n\r\n",
        b"From: a\r\n\tb@c\r\nSubject: " + b"=?utf-8?q?a?= " * 500 + b"\r\n\r\n",
        b"Content-Type: text/html; charset=no-such-thing\r\n\r\n<p>\xff",
        b"Content-Type: text/html; charset*=utf-8''%00\r\n\r\n<p>",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n--a\r\n",
        b"Content-Type: multipart/mixed\r\n\r\nnothing",
        b"Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\n",
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!not base64",
        b"Content-Type: \r\nContent-ID: <>\r\n\r\ncid:",
    ],
)
def test_whatever_comes_can_be_read(raw: bytes) -> None:
    found = letter_of(raw)

    assert found.headers == headers_of(raw)
    assert all(len(text) <= 1000 for text in vars(found.headers).values())


def test_a_long_mail_is_shown_in_part() -> None:
    found = letter_of(b"Subject: long\r\n\r\n" + b"x" * 300_000)

    assert found.is_cut
    assert len(found.source) == 200_000
