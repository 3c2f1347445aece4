"""The URL of a call, taken apart in one way only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from portico.egress.configuration import Egress
from portico.egress.rules import check_host
from portico.kernel.errors import Invalid, gettext_noop

LONGEST: Final = 2048
PORTS: Final = {"http": 80, "https": 443}
URL: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?]*)(?P<rest>.*)", re.DOTALL
)
AUTHORITY: Final = re.compile(r"(?P<host>\[[^\[\]]*\]|[^:\[\]]*)(?::(?P<port>[0-9]{1,5}))?")


class UrlRefused(Invalid):
    """A URL that cannot be called as it is written; its kinds follow."""

    code = "url_refused"
    sentence = gettext_noop(
        "This is not a web address. Accepted is one such as https://www.example.com/path."
    )


class UrlTooLong(UrlRefused):
    code = "url_too_long"
    sentence = gettext_noop(
        "This web address is too long. It can have at most %(most)s characters."
    )


class OddCharacterInUrl(UrlRefused):
    code = "odd_character_in_url"
    sentence = gettext_noop(
        "This web address holds a space, a backslash or a control character. Write it without, or "
        "percent-encoded (a space as %%20)."
    )


class FragmentInUrl(UrlRefused):
    code = "fragment_in_url"
    sentence = gettext_noop(
        "This web address holds a #. What follows it is never sent to a server; leave it out."
    )


class SchemeRefused(UrlRefused):
    code = "scheme_refused"
    sentence = gettext_noop("Only addresses that begin with https:// or http:// can be called.")


class UserInUrl(UrlRefused):
    code = "user_in_url"
    sentence = gettext_noop(
        "This web address holds an @ before its path, so a user name or a password. Leave them "
        "out: they would be shown to others."
    )


class PortOfUrlRefused(UrlRefused):
    code = "port_of_url_refused"
    sentence = gettext_noop(
        "Port %(port)s is not open for calls. Accepted are the ports %(accepted)s. The operator of "
        "this installation can allow others (PORTICO_CALL_PORTS)."
    )


@dataclass(frozen=True)
class Target:
    """Where a call goes. `host` is as `rules.check_host` gives it; `rest` is path and query."""

    scheme: str
    host: str
    port: int
    rest: str

    @property
    def protected(self) -> bool:
        """Whether it is called over TLS."""
        return self.scheme == "https"

    @property
    def url(self) -> str:
        """The address, in one spelling."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.rest}"


def target_of(url: str, egress: Egress) -> Target:
    """Take a URL apart. Nothing is guessed or mended: what programs read in different ways is
    refused. Raises an UrlRefused or a HostRefused."""
    if len(url) > LONGEST:
        raise UrlTooLong(most=LONGEST)
    if any(not c.isprintable() or c.isspace() or c == "\\" for c in url):
        raise OddCharacterInUrl
    if "#" in url:
        raise FragmentInUrl
    apart = URL.fullmatch(url)
    if apart is None:
        raise UrlRefused
    scheme = apart["scheme"].lower()
    if scheme not in PORTS:
        raise SchemeRefused
    if "@" in apart["authority"]:
        raise UserInUrl
    authority = AUTHORITY.fullmatch(apart["authority"])
    if authority is None:
        raise UrlRefused
    rest = apart["rest"]
    return Target(
        scheme=scheme,
        host=check_host(authority["host"]),
        port=_port(authority["port"], scheme, egress),
        rest=rest if rest.startswith("/") else f"/{rest}",
    )


def _port(text: str | None, scheme: str, egress: Egress) -> int:
    port = PORTS[scheme] if text is None else int(text)
    if not 1 <= port <= 65535:
        raise UrlRefused
    if egress.call_ports is not None and port not in egress.call_ports:
        accepted = ", ".join(str(one) for one in sorted(egress.call_ports))
        raise PortOfUrlRefused(port=port, accepted=accepted)
    return port
