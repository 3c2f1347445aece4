"""Which addresses the About Us link may lead to."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from typing import Final

from portico.kernel.errors import Invalid, gettext_noop

LANGUAGE: Final = "{lang}"
MOST_CHARACTERS: Final = 2048

WEB_ADDRESS = re.compile(r"https?://(?P<authority>[^/?#]*).*", re.IGNORECASE)
# A name before a colon, unless a port follows: "localhost:8000" only lacks its scheme.
SCHEME = re.compile(r"(?P<scheme>[a-z][a-z0-9+-]*):(?!\d)", re.IGNORECASE)
AUTHORITY = re.compile(r"(?P<host>\[[^\[\]]*\]|[^:\[\]]*)(?::(?P<port>[^:]*))?")
LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
# A browser takes a host that ends like this for an IPv4 address, in any of its old notations.
NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\{[^{}]*\}?|\}")


class AddressTooLong(Invalid):
    code = "address_too_long"
    sentence = gettext_noop("This address has %(length)s characters. At most 2,048 are accepted.")


class NotAWholeAddress(Invalid):
    code = "not_a_whole_address"
    sentence = gettext_noop(
        "Write the whole address, beginning with https:// or http://, "
        "for example https://www.example.com/about."
    )


class OtherScheme(Invalid):
    code = "other_scheme"
    sentence = gettext_noop(
        "An address that begins with “%(scheme)s:” cannot be used here. "
        "Accepted are addresses that begin with https:// or http://."
    )


class SpaceInAddress(Invalid):
    code = "space_in_address"
    sentence = gettext_noop(
        "An address has no spaces. Remove the space, or write %%20 where it belongs to the address."
    )


class BackslashInAddress(Invalid):
    code = "backslash_in_address"
    sentence = gettext_noop("An address has no backslashes. Write / between its parts.")


class InvisibleCharacter(Invalid):
    code = "invisible_character"
    sentence = gettext_noop(
        "This address holds an invisible character (%(code_point)s). Remove it, or type the "
        "address by hand."
    )


class RefusedCharacter(Invalid):
    code = "refused_character"
    sentence = gettext_noop(
        "An address cannot hold the character %(character)s. Write %(encoded)s in its place."
    )


class LanguageInHost(Invalid):
    code = "language_in_host"
    sentence = gettext_noop(
        "{lang} can only stand after the host, for example https://www.example.com/{lang}/about."
    )


class UnknownPlaceholder(Invalid):
    code = "unknown_placeholder"
    sentence = gettext_noop(
        "%(placeholder)s cannot be filled in: {lang} is the only word in braces that is known. "
        "Write %%7B and %%7D for braces that belong to the address."
    )


class HasCredentials(Invalid):
    code = "has_credentials"
    sentence = gettext_noop(
        "Everybody can read this address, so it must not hold a user name or password. "
        "Leave out what stands before the @ and the @ itself."
    )


class NoHost(Invalid):
    code = "no_host"
    sentence = gettext_noop(
        "This address names no host. Write one after the two slashes, "
        "for example https://www.example.com/about."
    )


class UnusableHost(Invalid):
    code = "unusable_host"
    sentence = gettext_noop(
        "“%(host)s” is not a host. Accepted are a name such as www.example.com, an "
        "IPv4 address such as 192.0.2.10, and an IPv6 address in brackets such as [2001:db8::10]."
    )


class UnusablePort(Invalid):
    code = "unusable_port"
    sentence = gettext_noop(
        "“%(port)s” is not a port. Write a number from 1 to 65535, or leave it out with its colon."
    )


def check_url(url: str) -> str:
    """The address as it is, if a visitor's browser can safely be sent there; "" passes too.

    `{lang}` may stand anywhere after the host. Raises one of the errors above.
    """
    if not url:
        return url
    if len(url) > MOST_CHARACTERS:
        raise AddressTooLong(length=f"{len(url):,}")
    for character in url:
        _check_character(character)
    parts = WEB_ADDRESS.fullmatch(url)
    if parts is None:
        raise _not_of_the_web(url)
    if LANGUAGE in parts["authority"]:
        raise LanguageInHost
    if stray := PLACEHOLDER.search(url.replace(LANGUAGE, "")):
        raise UnknownPlaceholder(placeholder=stray[0])
    _check_authority(parts["authority"])
    return url


def for_language(url: str, language: str) -> str:
    """The address for a page in this language: `{lang}` becomes its code, such as `zh-hans`."""
    return url.replace(LANGUAGE, language)


def _not_of_the_web(url: str) -> Invalid:
    found = SCHEME.match(url)
    if found is None or found["scheme"].lower() in {"http", "https"}:
        return NotAWholeAddress()
    return OtherScheme(scheme=found["scheme"])


def _check_character(character: str) -> None:
    """Browsers drop, encode or turn some characters; what is stored must be what is opened."""
    category = unicodedata.category(character)
    if category == "Zs":
        raise SpaceInAddress
    if category in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        raise InvisibleCharacter(code_point=f"U+{ord(character):04X}")
    if character == "\\":
        raise BackslashInAddress
    if character in '"<>':
        raise RefusedCharacter(character=character, encoded=f"%{ord(character):02X}")


def _check_authority(authority: str) -> None:
    if "@" in authority:
        raise HasCredentials
    parts = AUTHORITY.fullmatch(authority)
    if parts is None:
        raise UnusableHost(host=authority)
    host, port = parts["host"], parts["port"]
    if not host:
        raise NoHost
    if not (_is_ipv6(host) if host.startswith("[") else _is_name_or_ipv4(host)):
        raise UnusableHost(host=host)
    if port and not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise UnusablePort(port=port)


def _is_ipv6(host: str) -> bool:
    try:
        ipaddress.IPv6Address(host[1:-1])
    except ValueError:
        return False
    return "%" not in host  # a zone means something on one machine only


def _is_name_or_ipv4(host: str) -> bool:
    try:
        # The browser does the real conversion; the codec is as lenient as browsers are, and what
        # it yields shows whether any label is empty, too long or turns into something else.
        name = host.encode("idna").decode("ascii").removesuffix(".")
    except UnicodeError:
        return False
    labels = name.split(".")
    if NUMBER.fullmatch(labels[-1]):
        return _is_ipv4(name)
    return len(name) <= 253 and all(_is_label(label) for label in labels)


def _is_ipv4(name: str) -> bool:
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return True


def _is_label(label: str) -> bool:
    if not LABEL.fullmatch(label):
        return False
    if not label.lower().startswith("xn--"):
        return True
    try:
        word = label[4:].lower().encode("ascii").decode("punycode")
    except UnicodeError:
        return False
    kinds = [unicodedata.category(character) for character in word]
    settled = unicodedata.normalize("NFKC", word.lower()) == word and not word.isascii()
    return settled and not kinds[0].startswith("M") and not {"Cc", "Cs", "Zs"} & set(kinds)
