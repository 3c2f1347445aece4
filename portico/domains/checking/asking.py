"""One question to one name server, within a time that holds.

dnspython writes and reads the messages. Every answer that is malformed, of another question or of
another class is nonsense here, not something to wait past: it is what is to be found out.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.TXT import TXT

LARGEST_DATAGRAM: Final = 1232  # DNS Flag Day 2020: what passes everywhere in one piece
LONGEST_CHAIN: Final = 16  # aliases that are followed within one answer
MOST_VALUES: Final = 500  # records of one answer that are looked at
NO_EDNS: Final = (dns.rcode.FORMERR, dns.rcode.NOTIMP, dns.rcode.BADVERS)


class Word(StrEnum):
    """How a question was answered."""

    RECORDS = "records"
    NONE = "none"  # the name exists, and has no such records
    NO_NAME = "no name"
    LOOP = "loop"  # aliases that lead back
    FAILED = "SERVFAIL"
    REFUSED = "REFUSED"
    LAME = "lame"  # asked for its own zone, a server knows nothing of it
    SILENT = "silent"
    UNREACHABLE = "unreachable"
    CUT = "cut"  # too long for a datagram, and nobody listens on TCP
    NONSENSE = "nonsense"


# Words that tell of the name itself.
DEFINITE: Final = (Word.RECORDS, Word.NONE, Word.NO_NAME, Word.LOOP)


@dataclass(frozen=True)
class Server:
    """A name server. `name`: of a zone's own server; empty: a resolver."""

    address: str
    port: int = 53
    name: str = ""

    @property
    def where(self) -> str:
        """How it is shown."""
        if self.name:
            return f"{self.name} ({self.address})"
        return self.address if self.port == 53 else f"{self.address}, {self.port}"


@dataclass(frozen=True)
class Reply:
    """What a server said of a name and a kind of records.

    `chain`: the aliases that lead on from the name, in their order. `values` are the records of
    the last one, as `text_of` writes them; `rdatas` the same as dnspython has them. `ttl`: how many
    seconds it may be kept, also where it says no (of the zone's SOA); None: not said. `zone`: the
    zone that the SOA beside a no names. `servers`: the name servers that it refers to, with
    `glue`, their addresses; `zone` is then theirs. `mixed`: an alias has other records beside it.
    """

    word: Word
    chain: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    rdatas: tuple[dns.rdata.Rdata, ...] = ()
    ttl: int | None = None
    zone: str = ""
    servers: tuple[str, ...] = ()
    glue: tuple[tuple[str, str], ...] = ()
    mixed: bool = False

    @property
    def definite(self) -> bool:
        """Whether it tells of the name itself, rather than of trouble with the server."""
        return self.word in DEFINITE


def ask(server: Server, name: str, kind: str, *, ends: float, patience: float) -> Reply:
    """Put a question, again if it is lost, until `ends` of the monotonic clock at most.

    `patience`: seconds for all attempts. A zone's own server is not asked to ask others.
    """
    until = min(ends, time.monotonic() + patience)
    try:
        question = _question(name, kind, recurse=not server.name, edns=True)
        response = _exchanged(server, question, until)
        if response.rcode() in NO_EDNS:
            question = _question(name, kind, recurse=not server.name, edns=False)
            response = _exchanged(server, question, until)
    except _Met as met:
        return Reply(met.word)
    except (dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel):
        return Reply(Word.NO_NAME)
    return read(response, name, kind, of_zone=bool(server.name))


class _Met(Exception):
    def __init__(self, word: Word) -> None:
        self.word = word
        super().__init__(word.value)


def _question(name: str, kind: str, *, recurse: bool, edns: bool) -> dns.message.QueryMessage:
    question = dns.message.make_query(
        dns.name.from_text(name), kind, use_edns=0 if edns else False, payload=LARGEST_DATAGRAM
    )
    if not recurse:
        question.flags &= ~dns.flags.RD
    return question


def _exchanged(
    server: Server, question: dns.message.QueryMessage, until: float
) -> dns.message.Message:
    """The answer of the first attempt that has one. Raises `_Met`."""
    for attempts_left in (2, 1):
        left = until - time.monotonic()
        if left <= 0:
            raise _Met(Word.SILENT)
        try:
            return dns.query.udp(
                question,
                server.address,
                timeout=left / attempts_left,
                port=server.port,
                ignore_unexpected=True,
                raise_on_truncation=True,
            )
        except dns.message.Truncated:
            return _over_tcp(server, question, until)
        except dns.exception.Timeout:
            continue
        except (dns.exception.DNSException, ValueError, IndexError):
            raise _Met(Word.NONSENSE) from None
        except OSError:
            raise _Met(Word.UNREACHABLE) from None
    raise _Met(Word.SILENT)


def _over_tcp(
    server: Server, question: dns.message.QueryMessage, until: float
) -> dns.message.Message:
    try:
        return dns.query.tcp(
            question,
            server.address,
            timeout=max(0.01, until - time.monotonic()),
            port=server.port,
        )
    except (EOFError, OSError, dns.exception.Timeout):
        raise _Met(Word.CUT) from None
    except (dns.exception.DNSException, ValueError, IndexError):
        raise _Met(Word.NONSENSE) from None


def read(response: dns.message.Message, name: str, kind: str, *, of_zone: bool) -> Reply:
    """What a response says. `of_zone`: by a server of the zone itself, which has to know."""
    code = response.rcode()
    if code not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return Reply(_refusal(code, of_zone=of_zone))
    records = _of_internet(response.answer)
    zone, ttl = _denial(response)
    cut, servers = _referred(response)
    if not response.flags & dns.flags.AA if of_zone else servers and not zone and not records:
        return Reply(Word.LAME, zone=cut, servers=servers, glue=_glue(response))
    chain, ends_at, lowest = _followed(records, dns.name.from_text(name), kind)
    mixed = _is_mixed(records)
    if chain and chain[-1] in (*chain[:-1], name.lower()):
        return Reply(Word.LOOP, chain=chain, ttl=lowest, mixed=mixed)
    found = _set_of(records, ends_at, kind)
    if found is not None:
        rdatas = tuple(found)[:MOST_VALUES]
        values = tuple(text_of(data) for data in rdatas)
        kept = min(found.ttl, lowest if lowest is not None else found.ttl)
        return Reply(Word.RECORDS, chain, values, rdatas, kept, mixed=mixed)
    word = Word.NO_NAME if code == dns.rcode.NXDOMAIN else Word.NONE
    return Reply(word, chain, ttl=ttl if ttl is not None else lowest, zone=zone, mixed=mixed)


def _refusal(code: dns.rcode.Rcode, *, of_zone: bool) -> Word:
    if code == dns.rcode.SERVFAIL:
        return Word.FAILED
    return Word.LAME if of_zone and code == dns.rcode.REFUSED else Word.REFUSED


def text_of(data: dns.rdata.Rdata) -> str:
    """A record's value as people enter it: without the dot at the end, TXT in one piece."""
    if isinstance(data, TXT):
        return b"".join(data.strings).decode("utf-8", "replace")
    return data.to_text().removesuffix(".").lower() if data.rdtype in _NAMES else data.to_text()


_NAMES: Final = (dns.rdatatype.CNAME, dns.rdatatype.NS)


def plain(name: dns.name.Name) -> str:
    """A name as it is written here: lower case, no dot at its end."""
    return name.to_text(omit_final_dot=True).lower()


def _followed(
    records: list[dns.rrset.RRset], start: dns.name.Name, kind: str
) -> tuple[tuple[str, ...], dns.name.Name, int | None]:
    """The aliases from a name on, where they end, and the shortest of their times."""
    chain: list[str] = []
    lowest: int | None = None
    name = start
    while len(chain) <= LONGEST_CHAIN and kind != "CNAME":
        alias = _set_of(records, name, "CNAME")
        if alias is None:
            break
        name = alias[0].target
        lowest = alias.ttl if lowest is None else min(lowest, alias.ttl)
        looped = plain(name) in chain or name == start
        chain.append(plain(name))
        if looped:
            break
    return tuple(chain), name, lowest


def _set_of(
    records: list[dns.rrset.RRset], name: dns.name.Name, kind: str
) -> dns.rrset.RRset | None:
    wanted = dns.rdatatype.from_text(kind)
    for rrset in records:
        if rrset.name == name and rrset.rdtype == wanted and len(rrset):
            return rrset
    return None


def _of_internet(section: list[dns.rrset.RRset]) -> list[dns.rrset.RRset]:
    return [rrset for rrset in section if rrset.rdclass == dns.rdataclass.IN]


def _is_mixed(records: list[dns.rrset.RRset]) -> bool:
    aliases = {rrset.name for rrset in records if rrset.rdtype == dns.rdatatype.CNAME}
    signatures = (dns.rdatatype.CNAME, dns.rdatatype.RRSIG)
    several = any(r.rdtype == dns.rdatatype.CNAME and len(r) > 1 for r in records)
    return several or any(
        rrset.name in aliases for rrset in records if rrset.rdtype not in signatures
    )


def _denial(response: dns.message.Message) -> tuple[str, int | None]:
    """The zone that says no, and how long that may be kept (RFC 2308)."""
    for rrset in _of_internet(response.authority):
        if rrset.rdtype == dns.rdatatype.SOA and len(rrset):
            return plain(rrset.name), min(rrset.ttl, rrset[0].minimum)
    return "", None


def _referred(response: dns.message.Message) -> tuple[str, tuple[str, ...]]:
    """The zone that a response refers to, and its name servers."""
    for rrset in _of_internet(response.authority):
        if rrset.rdtype == dns.rdatatype.NS and len(rrset):
            return plain(rrset.name), tuple(plain(data.target) for data in rrset)[:MOST_VALUES]
    return "", ()


def _glue(response: dns.message.Message) -> tuple[tuple[str, str], ...]:
    return tuple(
        (plain(rrset.name), data.address)
        for rrset in _of_internet(response.additional)
        if rrset.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA)
        for data in rrset
    )[:MOST_VALUES]
