"""Mail addresses that service mail is sent from, answered to, or asks to write to."""

from __future__ import annotations

import re
import unicodedata

import idna

from portico.kernel.errors import Invalid, gettext_noop

MOST_CHARACTERS = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
MOST_IN_LOCAL_PART = 64  # octets; 4.5.3.1.1
ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]")
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}


class MailAddressTooLong(Invalid):
    code = "mail_address_too_long"
    sentence = gettext_noop(
        "This address has %(length)s characters. At most %(most)s are accepted, %(local)s of them "
        "before the @."
    )


class NotAMailAddress(Invalid):
    code = "not_a_mail_address"
    sentence = gettext_noop(
        "“%(address)s” is not a mail address. Write one name, an @ and a full domain, for example "
        "service@example.com; without quotes, spaces or a person's name."
    )


class HiddenInMailAddress(Invalid):
    code = "hidden_in_mail_address"
    sentence = gettext_noop(
        "This address holds a space or an invisible character (%(code_point)s). Remove it, or "
        "type the address by hand."
    )


class NotAMailDomain(Invalid):
    code = "not_a_mail_domain"
    sentence = gettext_noop(
        "“%(domain)s” cannot stand after the @. Write a full domain, for example mail.example.com."
    )


def check_mail_address(address: str) -> str:
    """The address as it is used on the wire, "" for none.

    A domain in another script becomes its ASCII form (`xn--...`), which every server takes. What
    stands before the @ may be in any script; mail servers take that only if they know SMTPUTF8
    (see `needs_smtputf8`). Raises one of the errors above.
    """
    if not address:
        return address
    for character in address:
        if unicodedata.category(character) in HIDDEN:
            raise HiddenInMailAddress(code_point=f"U+{ord(character):04X}")
    local, at, domain = unicodedata.normalize("NFC", address).rpartition("@")
    if not at or not _is_dot_atom(local):
        raise NotAMailAddress(address=address[:80])
    whole = f"{local}@{_ascii_domain(domain)}"
    if len(whole.encode()) > MOST_CHARACTERS or len(local.encode()) > MOST_IN_LOCAL_PART:
        raise MailAddressTooLong(length=len(whole), most=MOST_CHARACTERS, local=MOST_IN_LOCAL_PART)
    return whole


def needs_smtputf8(address: str) -> bool:
    """Whether only servers that offer SMTPUTF8 take this address."""
    return not address.isascii()


def domain_of(address: str) -> str:
    """What stands after the @, in lower case."""
    return address.rpartition("@")[2].lower()


def _is_dot_atom(local: str) -> bool:
    """Names in quotes are allowed by the letter and refused by half the world; so they are here."""
    return all(
        atom and all(ATOM.match(sign) or not sign.isascii() for sign in atom)
        for atom in local.split(".")
    )


def _ascii_domain(domain: str) -> str:
    try:
        name = idna.encode(domain, uts46=True).decode().lower()
    except idna.IDNAError:
        raise NotAMailDomain(domain=domain[:80]) from None
    labels = name.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(map(LABEL.fullmatch, labels)):
        raise NotAMailDomain(domain=domain[:80])
    return name
