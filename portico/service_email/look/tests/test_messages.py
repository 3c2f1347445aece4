from __future__ import annotations

from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, compat32
from email.policy import default as strict
from email.utils import parseaddr

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portico.service_email.look.content import Content
from portico.service_email.look.messages import (
    UnusableAddress,
    as_bytes,
    message_of,
    needs_smtputf8,
    wire_address,
)
from portico.service_email.look.rendering import Rendered, render
from portico.service_email.look.tests.letters import (
    ACCOUNT,
    drawn_logo,
    make_letterhead,
    make_template,
)
from portico.service_email.look.words import one_line
from tests.make import AT

ID = "<0123456789abcdef@acme.example.com>"
NASTY = "Acme\r\nBcc: eve@example.com\r\n\r\n<script>\u202e\x00"


def mail_of(content: Content | None = None) -> Rendered:
    return render(make_template(content), {}, make_letterhead(), language="en")


def sent(
    rendered: Rendered | None = None,
    *,
    sender: str = ACCOUNT,
    recipient: str = "ada@example.com",
    smtputf8: bool = False,
    **letterhead: object,
) -> EmailMessage:
    """A message as a mail program reads it."""
    return message_from_bytes(
        raw(rendered, sender=sender, recipient=recipient, smtputf8=smtputf8, **letterhead),
        policy=strict,
    )


def raw(
    rendered: Rendered | None = None,
    *,
    sender: str = ACCOUNT,
    recipient: str = "ada@example.com",
    smtputf8: bool = False,
    **letterhead: object,
) -> bytes:
    """A message as it goes over the wire."""
    made = message_of(
        rendered or mail_of(),
        make_letterhead(**letterhead),  # type: ignore[arg-type]
        sender=sender,
        recipient=recipient,
        message_id=ID,
        at=AT,
    )
    return as_bytes(made, smtputf8=smtputf8)


def unread(message: EmailMessage, name: str) -> str:
    """A header as it stands in the message."""
    return str(next(value for key, value in message.raw_items() if key == name))


def test_its_parts_stand_as_mail_programs_expect_them() -> None:
    logo = drawn_logo()

    message = sent(logo=logo)

    shape = [(part.get_content_type(), part.get_content_disposition()) for part in message.walk()]
    assert shape == [
        ("multipart/alternative", None),
        ("text/plain", None),
        ("multipart/related", None),
        ("text/html", None),
        ("image/png", "inline"),
    ]
    picture = list(message.walk())[-1]
    assert picture.get_content() == logo.content
    assert picture["Content-ID"] == f"<{logo.cid}>"
    assert not message.defects


def test_the_parts_arrive_as_they_were_written() -> None:
    rendered = mail_of(
        Content(
            subject="S",
            heading="时间 = 9\N{EM DASH}5",
            paragraphs=(". dot", "From here", "é " * 200),
        )
    )

    message = sent(rendered)

    text = message.get_body(("plain",))
    html = message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == rendered.text
    assert html.get_content().replace("\r\n", "\n") == rendered.html


def test_without_a_logo_there_is_no_part_for_it() -> None:
    message = sent(logo=None)

    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_the_headers_say_who_writes_to_whom_and_that_nobody_needs_to_answer() -> None:
    message = sent(nickname="Acme Pay", reply_to="help@acme.example.com")

    assert message["From"] == f"Acme Pay <{ACCOUNT}>"
    assert message["To"] == "ada@example.com"
    assert message["Reply-To"] == "help@acme.example.com"
    assert message["Subject"] == "Hello"
    assert message["Date"].datetime == AT
    assert message["Message-ID"] == ID
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"
    assert message["MIME-Version"] == "1.0"


def test_where_the_platform_sends_answers_go_to_the_workspace() -> None:
    by_platform = sent(sender="no-reply@platform.example.com")
    by_itself = sent(sender=ACCOUNT)

    assert by_platform["Reply-To"] == ACCOUNT
    assert by_itself["Reply-To"] is None


def test_lines_end_and_are_as_long_as_the_standard_has_it() -> None:
    wire = raw(mail_of(Content(subject="主题 " * 60, heading="x" * 5000)), logo=drawn_logo())

    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert max(map(len, wire.split(b"\r\n"))) <= 78
    assert wire.isascii()


@pytest.mark.parametrize(
    "subject",
    [
        "您的工作区设置已更改：Service Email Preference, ändern 😀 " * 4,
        "A long one of nothing but letters that are old and well known to mail programs " * 3,
        "x" * 290,
        "=?utf-8?q?looks_encoded?= and is not",
        "ends with an emoji 😀",
        "a" * 74 + " é " + "b" * 74,
    ],
)
def test_a_subject_in_any_script_arrives_whole(subject: str) -> None:
    message = sent(mail_of(Content(subject=subject, heading="x")))

    assert message["Subject"] == subject.strip()


@settings(deadline=None, max_examples=60)
@given(st.text(min_size=1, max_size=120), st.text(min_size=1, max_size=90))
def test_whatever_a_subject_and_a_name_are_they_arrive_as_one_line_each(
    subject: str, name: str
) -> None:
    assume(one_line(subject))
    assume(one_line(name))

    message = sent(Rendered(subject, "<p>x</p>", "x", "en"), nickname=name)

    # Not by the newer classes: they do not join the encoded words of a name.
    phrase, address = parseaddr(" ".join(unread(message, "From").split()))
    assert message["Subject"] == one_line(subject)
    assert (str(make_header(decode_header(phrase))), address) == (one_line(name), ACCOUNT)
    assert len(message["From"].addresses) == 1
    assert message["To"] == "ada@example.com"
    assert message.is_multipart()


@pytest.mark.parametrize("field", ["nickname", "subject"])
def test_no_header_can_be_injected(field: str) -> None:
    rendered = Rendered(NASTY if field == "subject" else "S", "<p>x</p>", "x", "en")

    message = sent(rendered, nickname=NASTY if field == "nickname" else "Acme Pay")

    plain = sent(Rendered("S", "<p>x</p>", "x", "en"))
    assert sorted(message.keys()) == sorted(plain.keys())
    assert "Bcc" not in message
    assert "\u202e" not in str(message["From"]) + str(message["Subject"])
    assert message.is_multipart()


def test_a_nickname_that_reads_like_an_address_stays_a_name() -> None:
    message = sent(nickname='ceo@bank.example" <eve@example.com>, "')

    addresses = message["From"].addresses
    assert [str(one.addr_spec) for one in addresses] == [ACCOUNT]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@example.com, eve@example.com",
        "ada @example.com",
        "ada@exa\x00mple.com",
        "ada@" + "ü" * 300 + ".de",
        "<ada@example.com>",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UnusableAddress):
        raw(recipient=address)


@pytest.mark.parametrize("message_id", ["1@example.com", "<a b@c>", "<a@b>\r\nBcc: <c@d>", "<>"])
def test_a_message_id_is_one_or_it_is_a_mistake_of_ours(message_id: str) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        message_of(
            mail_of(),
            make_letterhead(),
            sender=ACCOUNT,
            recipient="ada@example.com",
            message_id=message_id,
            at=AT,
        )


def test_a_domain_of_another_script_is_written_in_ascii() -> None:
    message = sent(recipient="ada@bücher.example", sender="mail@例え.example")

    assert message["To"] == "ada@xn--bcher-kva.example"
    assert ACCOUNT not in message["From"]
    assert "mail@xn--r8jz45g.example" in message["From"]
    assert wire_address("ada@bücher.example") == "ada@xn--bcher-kva.example"
    assert not needs_smtputf8("ada@bücher.example")


def test_a_name_of_another_script_needs_a_server_that_knows_it() -> None:
    wire = raw(recipient="用户@example.com", smtputf8=True)

    assert needs_smtputf8("用户@example.com")
    assert "To: 用户@example.com\r\n".encode() in wire
    assert "用户" in str(message_from_bytes(wire, policy=SMTP.clone(utf8=True))["To"])


def test_a_server_that_does_not_know_it_is_never_sent_such_a_name() -> None:
    with pytest.raises(UnicodeEncodeError):
        raw(recipient="用户@example.com", smtputf8=False)


def test_writing_the_same_mail_again_gives_the_same_bytes() -> None:
    assert raw() == raw()


@pytest.mark.parametrize(
    "name",
    ['é, "q" (c) <eve@example.com>', "Acme <eve@example.com>", "=?utf-8?q?Acme?= x", "x" * 99],
)
@pytest.mark.parametrize("sender", [ACCOUNT, f"{'a' * 64}@{'b' * 63}.example.com"])
def test_however_long_the_senders_address_is_no_name_becomes_one(name: str, sender: str) -> None:
    message = sent(nickname=name, sender=sender)

    (author,) = message["From"].addresses
    assert author.addr_spec == sender
    assert (
        str(make_header(decode_header(unread(message, "From")))).count("@") == name.count("@") + 1
    )
    encoded = message_from_bytes(raw(nickname=name, sender=sender), policy=compat32)["From"]
    assert parseaddr(encoded)[1] == sender
    assert "<eve@example.com> <" not in encoded
