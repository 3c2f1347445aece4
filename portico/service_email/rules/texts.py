"""What may stand in a mail's headers, and in the sign-in to its server."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from portico.about_us.rules import LANGUAGE, check_url
from portico.kernel.errors import Invalid, gettext_noop
from portico.kernel.texts import JOINERS
from portico.service_email.rules.mail_addresses import check_mail_address

MOST_IN_NICKNAME: Final = 100
MOST_IN_USERNAME: Final = 254
MOST_IN_PASSWORD: Final = 1000
MAILTO: Final = "mailto:"
# One label, or several with dots between: what stands before `._domainkey` in the DNS.
SELECTOR = re.compile(
    r"(?!.{64})[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_-]+)*", re.IGNORECASE
)


class HiddenInNickname(Invalid):
    """A line end would begin another header, a sign that turns the text would hide the address."""

    code = "hidden_in_nickname"
    sentence = gettext_noop(
        "The nickname holds an invisible character (%(code_point)s), such as the end of a line or "
        "one that turns the direction of text. Write it in one line of visible characters."
    )


class NicknameTooLong(Invalid):
    code = "nickname_too_long"
    sentence = gettext_noop(
        "The nickname has %(length)s characters; at most %(most)s are accepted."
    )


class UnusableUsername(Invalid):
    code = "unusable_username"
    sentence = gettext_noop(
        "A user name has at most %(most)s characters, and none that is invisible. Copy it again, "
        "or type it by hand."
    )


class UnusablePassword(Invalid):
    code = "unusable_password"
    sentence = gettext_noop(
        "A password has at most %(most)s characters, and no line ends or other control "
        "characters. Copy it again, or type it by hand."
    )


class UnusableContactUrl(Invalid):
    code = "unusable_contact_url"
    sentence = gettext_noop(
        "Write an address that begins with https://, http:// or mailto:, for example "
        "https://www.example.com/contact or mailto:help@example.com."
    )


class MailtoWithMore(Invalid):
    code = "mailto_with_more"
    sentence = gettext_noop(
        "After mailto: stands one mail address and nothing else, for example "
        "mailto:help@example.com."
    )


class UnusableSelector(Invalid):
    code = "unusable_selector"
    sentence = gettext_noop(
        "“%(selector)s” is not a DKIM selector. It is the name that your mail provider put before "
        "“._domainkey”: letters, digits and hyphens, at most 63, for example s1."
    )


def check_nickname(nickname: str) -> str:
    """The sender's name in one line, "" for none."""
    for sign in nickname:
        if sign not in JOINERS and unicodedata.category(sign) in {
            "Cc", "Cf", "Cs", "Co", "Zl", "Zp",
        }:  # fmt: skip
            raise HiddenInNickname(code_point=f"U+{ord(sign):04X}")
    if len(nickname) > MOST_IN_NICKNAME:
        raise NicknameTooLong(length=len(nickname), most=MOST_IN_NICKNAME)
    return unicodedata.normalize("NFC", nickname)


def check_username(username: str) -> str:
    """The name to sign in with, "" for the account."""
    if len(username) > MOST_IN_USERNAME or _has_hidden(username):
        raise UnusableUsername(most=MOST_IN_USERNAME)
    return username


def check_password(password: str) -> str:
    """The password exactly as it was typed; spaces belong to it."""
    if len(password) > MOST_IN_PASSWORD or _has_hidden(password):
        raise UnusablePassword(most=MOST_IN_PASSWORD)
    return password


def check_contact_url(url: str) -> str:
    """Where readers of a mail find help: a web address, or `mailto:` and a mail address."""
    if url.lower().startswith(MAILTO):
        address = url[len(MAILTO) :]
        if "?" in address or "," in address or "%" in address:
            raise MailtoWithMore
        return MAILTO + check_mail_address(address) if address else _refuse_contact()
    if LANGUAGE in url or (url and not url.lower().startswith(("https://", "http://"))):
        raise UnusableContactUrl
    return check_url(url)


def check_selector(selector: str) -> str:
    """A DKIM selector in lower case, "" for none."""
    if selector and not SELECTOR.fullmatch(selector):
        raise UnusableSelector(selector=selector[:80])
    return selector.lower()


def _refuse_contact() -> str:
    raise UnusableContactUrl


def _has_hidden(text: str) -> bool:
    return any(unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for sign in text)
