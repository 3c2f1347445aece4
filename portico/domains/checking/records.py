"""What to enter in the DNS, as a list and as lines of a zone file."""

from __future__ import annotations

from dataclasses import dataclass

from portico.domains.checking.names import is_apex
from portico.domains.checking.reports import Question
from portico.kernel.errors import gettext_noop
from portico.kernel.sentences import Sentence

TTL = 300  # seconds; short, so that a mistake is soon mended
LONGEST_STRING = 255  # bytes of one string of a TXT record

OWNERSHIP = gettext_noop("Proves that the domain is yours. Leave it there for good.")
ALIAS = gettext_noop("Leads visitors of %(domain)s here.")
FLATTENED = gettext_noop(
    "Leads visitors of %(domain)s here. The top of a domain cannot have a CNAME; DNS providers "
    "offer ALIAS, ANAME or “CNAME flattening” for it. Without that, use a name below, such as "
    "www.%(domain)s."
)
ADDRESS = gettext_noop(
    "Leads visitors of %(domain)s here, which cannot have a CNAME, being the top of a domain."
)


@dataclass(frozen=True)
class Record:
    """A record to enter. `name` is complete, without a dot at its end, as is a `value` that is a
    name."""

    name: str
    type: str
    value: str
    note: Sentence


def instructions(question: Question) -> tuple[Record, ...]:
    """What has to be entered for the domain, all of it.

    Where TLS ends elsewhere, the routing is the tenant's own affair: the proof alone is left.
    """
    proof = Record(question.record_name, "TXT", question.token, Sentence(OWNERSHIP))
    if question.tls_elsewhere:
        return (proof,)
    return (proof, *_routes(question))


def bind_snippet(question: Question) -> str:
    """The same as lines of a zone file, with complete names, so that it fits into any zone."""
    return "".join(f"{_line(record)}\n" for record in instructions(question))


def _routes(question: Question) -> tuple[Record, ...]:
    domain, facts = question.domain, {"domain": question.domain}
    if not is_apex(domain):
        return (Record(domain, "CNAME", question.target, Sentence(ALIAS, facts)),)
    if not question.addresses:
        return (Record(domain, "ALIAS", question.target, Sentence(FLATTENED, facts)),)
    return tuple(
        Record(
            domain, "AAAA" if address.version == 6 else "A", str(address), Sentence(ADDRESS, facts)
        )
        for address in question.addresses
    )


def _line(record: Record) -> str:
    if record.type == "TXT":
        value = quoted(record.value)
    elif record.type in ("CNAME", "ALIAS"):
        value = f"{record.value}."
    else:
        value = record.value
    line = f"{record.name}. {TTL} IN {record.type} {value}"
    return f"; {line}" if record.type == "ALIAS" else line  # no type of the DNS itself


def quoted(text: str) -> str:
    """A TXT value as a zone file has it."""
    raw = text.encode()
    parts = [raw[at : at + LONGEST_STRING] for at in range(0, len(raw), LONGEST_STRING)] or [b""]
    return " ".join(f'"{_escaped(part)}"' for part in parts)


def _escaped(part: bytes) -> str:
    signs = (
        f"\\{chr(sign)}" if sign in b'"\\' else chr(sign) if 32 <= sign < 127 else f"\\{sign:03d}"
        for sign in part
    )
    return "".join(signs)
