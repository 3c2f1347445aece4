"""Whether the servers of a zone have the same state of it, where their answers differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dns.rdtypes.ANY.SOA import SOA

from portico.domains.checking.asking import Server
from portico.domains.checking.lookups import Lookups
from portico.domains.checking.places import listed
from portico.kernel.errors import gettext_noop
from portico.kernel.sentences import Sentence

OLDER: Final = gettext_noop(
    "Their copies of %(zone)s have different serial numbers (%(serials)s): the one with the lower "
    "number has not been copied anew yet."
)
SAME: Final = gettext_noop(
    "All copies of %(zone)s have the same serial number (%(serials)s), so the other servers do not "
    "notice the change. Whoever runs the zone has to raise the number with each change."
)


def serials_of(servers: Sequence[Server], zone: str, lookups: Lookups) -> Sentence | None:
    """What the serial numbers tell of servers that disagree; None: they are not told."""
    rows = lookups.all_of(servers, zone, "SOA")
    found = [
        (server.name, data.serial)
        for server, (reply,) in zip(servers, rows, strict=True)
        for data in reply.rdatas[:1]
        if isinstance(data, SOA)
    ]
    if len(found) < 2:
        return None
    serials = listed(f"{name}: {serial}" for name, serial in found)
    same = len({serial for _name, serial in found}) == 1
    return Sentence(SAME if same else OLDER, {"zone": zone, "serials": serials})
