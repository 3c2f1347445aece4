"""Rules about the servers that a version talks to: are they its program's server domains?"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from portico.automated_checks.rules.findings import Finding, Rule, Severity
from portico.automated_checks.rules.javascript import Kind
from portico.automated_checks.rules.markup import Markup
from portico.automated_checks.rules.scripts import Script
from portico.kernel.errors import gettext_noop

ADDRESS: Final = re.compile(
    r"\b(https?|wss?):(?:\\?/){2}(?:[^\s/?#\"'`<>\\@]*@)?([^\s/?#\"'`<>\\:@,;)(\]}]+)(?::(\d{1,5}))?",
    re.IGNORECASE,
)
HOST: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+|localhost", re.IGNORECASE)
# `//host/…`, as browsers read it on an encrypted page: in a style, and as a text of a script.
IN_STYLE_WITHOUT_SCHEME: Final = re.compile(
    r"""(?:url\(\s*+["']?|@import\s*+["'])//""", re.IGNORECASE
)
TEXT_WITHOUT_SCHEME: Final = re.compile(
    r"//[\w-]+(?:\.[\w-]+)*\.(?!(?:m?js|css|html?|json|svg|png|jpe?g|gif|webp)\b)[a-z]{2,24}(?=[:/?#]|\Z)",
    re.IGNORECASE,
)
LISTS: Final = frozenset(("srcset", "imagesrcset"))
FOLLOWED: Final = frozenset(
    ("src", "href", "xlink:href", "action", "formaction", "poster", "data", "background", "ping")
)
STYLE_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
# Names of vocabularies, not addresses: nothing is fetched from there.
VOCABULARIES: Final = frozenset(("www.w3.org", "schema.org", "json-schema.org", "ns.adobe.com"))
DEFAULT_PORTS: Final = {"http": 80, "ws": 80, "https": 443, "wss": 443}
LINKS: Final = frozenset(("a", "area"))

NOT_DECLARED = Rule(
    "domain-not-declared",
    Severity.WARNING,
    gettext_noop("%(host)s is used here and is not among the server domains of the mini program."),
    gettext_noop("Add it to the server domains under Set-up, or take the address out."),
)
LINKED = Rule(
    "domain-linked",
    Severity.INFO,
    gettext_noop("A link leads to %(host)s, which is not among the server domains."),
    gettext_noop("Links may lead anywhere; look whether this one is meant."),
)
NOT_ENCRYPTED = Rule(
    "address-not-encrypted",
    Severity.WARNING,
    gettext_noop("%(host)s is called without encryption."),
    gettext_noop("Write https:// or wss://."),
)
OF_A_MACHINE = Rule(
    "address-of-a-machine",
    Severity.WARNING,
    gettext_noop("%(host)s is an address of somebody's own machine or network."),
    gettext_noop("Write the address that the server has for everybody."),
)

RULES = (NOT_DECLARED, LINKED, NOT_ENCRYPTED, OF_A_MACHINE)


class Address(NamedTuple):
    """An address in a text: its host in lower case, and where it begins. `port` 0: the usual."""

    scheme: str
    host: str
    port: int
    start: int

    @property
    def shown(self) -> str:
        """For people: never more than the host, because paths and queries may hold secrets."""
        return f"{self.host}:{self.port}" if self.port else self.host


@dataclass
class Addresses:
    """Looks at addresses, and remembers what was said: each host once a file."""

    server_domains: Iterable[str]
    said: set[tuple[str, str, str]] = field(default_factory=set)

    def in_script(self, script: Script) -> Iterator[Finding]:
        """Those in the texts of a script. What is handed to `openLink` is a link."""
        for at, token in enumerate(script.tokens):
            if token.kind not in {Kind.STRING, Kind.TEMPLATE}:
                continue
            content = token.content
            if TEXT_WITHOUT_SCHEME.match(content) and script.literal(at) is not None:
                content = f"https:{content}"
            is_link = script.text(at - 1) == "(" and script.text(at - 2) == "openLink"
            for one in addresses_in(content, goes_on=token.text.endswith("${")):
                yield from self._look(script.file, script.line(at), one, is_link=is_link)

    def in_markup(self, file: str, markup: Markup) -> Iterator[Finding]:
        """Those in the attributes of a document."""
        for element in markup.elements:
            for name, value in element.attributes.items():
                if name.startswith(("xmlns", "on")):  # the latter are scripts
                    continue
                is_link = element.tag in LINKS and name == "href"
                for one in addresses_in(_with_scheme(name, value)):
                    yield from self._look(file, element.line, one, is_link=is_link)

    def in_text(self, file: str, text: str, *, first_line: int = 1) -> Iterator[Finding]:
        """Those in a style or in JSON."""
        if "/" not in text:
            return
        text = IN_STYLE_WITHOUT_SCHEME.sub(lambda found: found[0][:-2] + "https://", text)
        lines, place = first_line, 0
        for one in addresses_in(text):
            lines += text.count("\n", place, one.start)
            place = one.start
            yield from self._look(file, lines, one)

    def _look(
        self, file: str, line: int, address: Address, *, is_link: bool = False
    ) -> Iterator[Finding]:
        if address.host in VOCABULARIES:
            return
        rules = [LINKED if is_link else NOT_DECLARED] if not self._is_declared(address) else []
        if is_private(address.host):
            rules = [OF_A_MACHINE]
        elif address.scheme in {"http", "ws"} and not is_link:
            rules.append(NOT_ENCRYPTED)
        for rule in rules:
            key = (file, rule.id, address.shown)
            if key not in self.said:
                self.said.add(key)
                yield rule.found(file, line, host=address.shown)

    def _is_declared(self, address: Address) -> bool:
        return any(covers(domain, address) for domain in self.server_domains)


def addresses_in(text: str, *, goes_on: bool = False) -> Iterator[Address]:
    """The addresses in a text. `goes_on`: something that is not known follows it, so that a host at
    its end is only a part of one."""
    for found in ADDRESS.finditer(text):
        scheme, host, port = found[1].lower(), found[2].lower().rstrip("."), int(found[3] or 0)
        if goes_on and found.end() == len(text):
            continue
        if HOST.fullmatch(host):
            usual = port == DEFAULT_PORTS[scheme]
            yield Address(scheme, _in_ascii(host), 0 if usual else port, found.start())


def covers(domain: str, address: Address) -> bool:
    """Whether a server domain is meant for this address: `api.example.com`, with a scheme or a port
    or without, or `*.example.com` for what is below a name."""
    scheme, mark, rest = domain.strip().lower().rpartition("://")
    host, _colon, port = rest.partition("/")[0].partition(":")
    if mark and scheme in DEFAULT_PORTS and port == str(DEFAULT_PORTS[scheme]):
        port = ""
    if port != (str(address.port) if address.port else ""):
        return False
    if host.startswith("*."):
        return address.host.endswith(host[1:]) and len(address.host) > len(host) - 1
    return host == address.host


def is_private(host: str) -> bool:
    """Whether a host is a machine's own, or one of a network that is not everybody's."""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".lan")):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return not address.is_global


def without_comments(style: str) -> str:
    """A style sheet without its comments, line by line."""
    return STYLE_COMMENT.sub(lambda found: "\n" * found[0].count("\n"), style)


def _with_scheme(name: str, value: str) -> str:
    """The value of an attribute; `//host/…` is read as browsers read it on an encrypted page."""
    if name in LISTS:
        return " ".join(_with_scheme("src", part) for part in value.split(","))
    if name == "style":
        return IN_STYLE_WITHOUT_SCHEME.sub(lambda found: found[0][:-2] + "https://", value)
    follows = name in FOLLOWED and value.strip().startswith("//")
    return f"https:{value.strip()}" if follows else value


def _in_ascii(host: str) -> str:
    """A host as server domains are kept."""
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return host
