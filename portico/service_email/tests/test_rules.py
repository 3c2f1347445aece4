"""What is accepted in each field, what is refused, and with which words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portico.kernel.errors import Invalid
from portico.service_email.rules.mail_addresses import check_mail_address, needs_smtputf8
from portico.service_email.rules.modes import following_mode, usual_pair
from portico.service_email.rules.providers import PROVIDERS, provider_named, provider_of
from portico.service_email.rules.texts import (
    check_contact_url,
    check_nickname,
    check_password,
    check_selector,
    check_username,
)
from portico.service_email.rules.together import check_together
from portico.service_email.smtp.server import Security


def code_of(rule: Callable[[str], str], value: str) -> str:
    """With which code a rule refuses a value."""
    with pytest.raises(Invalid) as refusal:
        rule(value)
    return refusal.value.code


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("", ""),
        ("service@example.com", "service@example.com"),
        ("Service.Desk+x@EXAMPLE.com", "Service.Desk+x@example.com"),
        ("o'brien_1!#$%&*+/=?^`{|}~-@mail.example.co.uk", None),
        ("dienst@bücher.example", "dienst@xn--bcher-kva.example"),
        ("服务@例子.测试", "服务@xn--fsqu00a.xn--0zwm56d"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        (f"{'a' * 64}@example.com", None),
    ],
)
def test_a_mail_address_is_taken_as_servers_take_it(given: str, used: str | None) -> None:
    assert check_mail_address(given) == (given if used is None else used)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("service", "not_a_mail_address"),
        ("@example.com", "not_a_mail_address"),
        ("a..b@example.com", "not_a_mail_address"),
        (".a@example.com", "not_a_mail_address"),
        ('"a b"@example.com', "hidden_in_mail_address"),
        ('"ab"@example.com', "not_a_mail_address"),
        ("a,b@example.com", "not_a_mail_address"),
        ("Ada <ada@example.com>", "hidden_in_mail_address"),
        ("a@b@example.com", "not_a_mail_address"),
        ("ada@example.com\r\nBcc: eve@example.com", "hidden_in_mail_address"),
        ("ada\u202e@example.com", "hidden_in_mail_address"),
        ("ada\u200b@example.com", "hidden_in_mail_address"),
        ("ada@localhost", "not_a_mail_domain"),
        ("ada@127.0.0.1", "not_a_mail_domain"),
        ("ada@[127.0.0.1]", "not_a_mail_domain"),
        ("ada@-a.example", "not_a_mail_domain"),
        ("ada@exa_mple.com", "not_a_mail_domain"),
        ("ada@example..com", "not_a_mail_domain"),
        ("ada@", "not_a_mail_domain"),
        (f"{'a' * 65}@example.com", "mail_address_too_long"),
        (
            f"{'a' * 20}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 50}.example",
            "mail_address_too_long",
        ),
    ],
)
def test_what_is_no_mail_address_is_refused(given: str, code: str) -> None:
    assert code_of(check_mail_address, given) == code


def test_an_address_in_another_script_needs_smtputf8_only_before_the_at() -> None:
    assert needs_smtputf8(check_mail_address("dienst@bücher.example")) is False
    assert needs_smtputf8(check_mail_address("büro@example.com")) is True


@pytest.mark.parametrize("given", ["", "Acme Pay", "Ácmé „Pay“ 支付", "👩\u200d💻 Team", "a" * 100])
def test_a_nickname_is_any_line_of_visible_text(given: str) -> None:
    assert check_nickname(given) == given


@pytest.mark.parametrize(
    "sign",
    [
        *("\r\n", "\n", "\r", "\0", "\x0b", "\x1b", "\x85", "\u2028", "\u2029"),
        *("\u202e", "\u2066", "\u200f", "\u061c", "\ufeff", "\u00ad"),
    ],
)
def test_no_nickname_begins_another_header_or_turns_the_text(sign: str) -> None:
    assert code_of(check_nickname, f"Acme{sign}Bcc: eve@example.com") == "hidden_in_nickname"


def test_a_nickname_has_at_most_100_characters() -> None:
    assert code_of(check_nickname, "a" * 101) == "nickname_too_long"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("", ""),
        ("https://www.example.com/help?topic=mail#top", None),
        ("http://192.0.2.1:8080/", None),
        ("mailto:help@example.com", None),
        ("MAILTO:help@EXAMPLE.com", "mailto:help@example.com"),
    ],
)
def test_a_contact_url_leads_to_the_web_or_to_a_mailbox(given: str, used: str | None) -> None:
    assert check_contact_url(given) == (given if used is None else used)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("javascript:alert(1)", "unusable_contact_url"),
        ("www.example.com", "unusable_contact_url"),
        ("tel:+4312345", "unusable_contact_url"),
        ("https://example.com/{lang}", "unusable_contact_url"),
        ("mailto:", "unusable_contact_url"),
        ("mailto:a@example.com?bcc=eve@example.com", "mailto_with_more"),
        ("mailto:a@example.com,b@example.com", "mailto_with_more"),
        ("mailto:a%0d%0abcc@example.com", "mailto_with_more"),
        ("mailto:nobody", "not_a_mail_address"),
        ("https://ada:secret@example.com/", "has_credentials"),
        ("https://", "no_host"),
        ("https://exa mple.com/", "space_in_address"),
    ],
)
def test_other_contact_urls_are_refused(given: str, code: str) -> None:
    assert code_of(check_contact_url, given) == code


@pytest.mark.parametrize("given", ["", "s1", "google", "mail-2026", "k1.example"])
def test_a_dkim_selector_is_a_name_in_the_dns(given: str) -> None:
    assert check_selector(given) == given


@pytest.mark.parametrize("given", ["-", "s 1", "a..b", "s1;", "ä", "a" * 64, ".a", "a\n"])
def test_other_selectors_are_refused(given: str) -> None:
    assert code_of(check_selector, given) == "unusable_selector"


def test_a_password_is_taken_as_it_is_and_never_with_a_line_end() -> None:
    assert check_password("  pass word ü ") == "  pass word ü "
    assert code_of(check_password, "secret\r\n") == "unusable_password"
    assert code_of(check_password, "a" * 1001) == "unusable_password"
    assert "secret" not in str(_refusal(check_password, "secret\n"))
    assert code_of(check_username, "ada\n") == "unusable_username"


@pytest.mark.parametrize(
    ("host", "account", "username", "has_password", "wrong"),
    [
        ("", "", "", False, {}),
        ("h", "a@b.c", "", False, {}),
        ("h", "a@b.c", "", True, {}),
        ("h", "a@b.c", "u", True, {}),
        ("h", "", "", False, {"account": "account_needed"}),
        ("", "a@b.c", "", False, {"host": "host_needed"}),
        ("", "", "u", False, {"host": "host_needed_for_sign_in"}),
        ("h", "a@b.c", "u", False, {"password": "password_needed"}),
    ],
)
def test_the_values_must_be_enough_together(
    host: str, account: str, username: str, has_password: bool, wrong: dict[str, str]
) -> None:
    errors = check_together(
        host=host, account=account, username=username, has_password=has_password
    )

    assert {field: error.code for field, error in errors.items()} == wrong


def test_the_mode_follows_the_port() -> None:
    assert [following_mode(port) for port in (465, 587, 25, 2525)] == [
        Security.SSL,
        Security.STARTTLS,
        Security.STARTTLS,
        Security.STARTTLS,
    ]


@pytest.mark.parametrize(
    ("port", "security", "proposed"),
    [
        (465, Security.STARTTLS, (465, Security.SSL)),
        (465, Security.NONE, (465, Security.SSL)),
        (587, Security.SSL, (587, Security.STARTTLS)),
        (587, Security.NONE, (587, Security.STARTTLS)),
        (25, Security.SSL, (25, Security.STARTTLS)),
        (465, Security.SSL, None),
        (587, Security.STARTTLS, None),
        (25, Security.NONE, None),
        (10025, Security.SSL, None),
    ],
)
def test_a_pair_that_does_not_go_together_has_one_that_does(
    port: int, security: Security, proposed: tuple[int, Security] | None
) -> None:
    assert usual_pair(port, security) == proposed


@pytest.mark.parametrize(
    ("host", "account", "key"),
    [
        ("smtp.gmail.com", "", "gmail"),
        ("", "ada@gmail.com", "gmail"),
        ("smtp.office365.com", "ada@example.com", "microsoft365"),
        ("acme.mail.onmicrosoft.com", "", "microsoft365"),
        ("email-smtp.eu-west-1.amazonaws.com", "", "ses"),
        ("smtp.sendgrid.net", "", "sendgrid"),
        ("smtp.eu.mailgun.org", "", "mailgun"),
        ("smtp.postmarkapp.com", "", "postmark"),
        ("smtpdm.aliyun.com", "", "directmail"),
        ("mail.example.com", "ada@gmail.com", None),
        ("notsmtp.gmail.com.example.com", "", None),
        ("", "", None),
        ("", "ada@example.com", None),
    ],
)
def test_a_provider_is_recognized_by_its_host_or_its_accounts(
    host: str, account: str, key: str | None
) -> None:
    found = provider_of(host=host, account=account)

    assert (found.key if found else None) == key


def test_what_a_provider_fills_in_is_a_usual_pair_on_an_allowed_port() -> None:
    for provider in PROVIDERS:
        assert usual_pair(provider.port, provider.security) is None
        assert provider.port in {465, 587}
        assert provider_of(host=provider.hosts[0]) is provider
        assert provider_named(provider.key) is provider
        assert provider.hint.endswith(".")
    assert provider_named("nobody") is None


def _refusal(rule: Callable[[str], str], value: str) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        rule(value)
    return refusal.value
