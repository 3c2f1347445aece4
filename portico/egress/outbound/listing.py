"""The public list of a workspace's outbound addresses, for whoever lets its calls in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypedDict

from django.db.models import F

from portico.egress.models import OutboundChoice
from portico.egress.services import still_offered
from portico.workspaces.models import Workspace

MOST_LOOKED_AT: Final = 200  # choices, to say since when an address is in use


class ListedAddress(TypedDict):
    """An address, from when on and until when calls leave from it; `valid_until` null: no end is
    announced."""

    address: str
    valid_from: str
    valid_until: str | None


class Published(TypedDict):
    """The list as JSON."""

    version: int
    bound: bool
    changes_at: str | None
    bound_then: bool | None
    addresses: list[ListedAddress]


@dataclass(frozen=True)
class Listing:
    """The list at one time.

    `version` rises with each choice and each announced one that takes effect. `bound`: calls leave
    from these addresses only; else from any address of the installation. `changes_at`: when an
    announced change takes effect, and `bound_then` what `bound` will be from then on.
    """

    version: int
    bound: bool
    changes_at: datetime | None
    bound_then: bool | None
    addresses: tuple[tuple[str, datetime, datetime | None], ...]

    def as_json(self) -> str:
        """For programs."""
        published = Published(
            version=self.version,
            bound=self.bound,
            changes_at=_iso(self.changes_at),
            bound_then=self.bound_then,
            addresses=[
                ListedAddress(
                    address=address, valid_from=_iso(starts) or "", valid_until=_iso(ends)
                )
                for address, starts, ends in self.addresses
            ],
        )
        return json.dumps(published, indent=2) + "\n"

    def as_text(self) -> str:
        """For scripts: an address a line; what is not in use yet, or not for long, says so."""
        lines = [f"# version {self.version}"]
        if not self.bound:
            lines.append("# calls may leave from any address of this installation")
        if self.changes_at:
            then = "" if self.bound_then else "; then calls may leave from any address"
            lines.append(f"# changes at {_iso(self.changes_at)}{then}")
        for address, starts, ends in self.addresses:
            if self.changes_at and starts >= self.changes_at:
                lines.append(f"{address} # from {_iso(starts)}")
            else:
                lines.append(f"{address} # until {_iso(ends)}" if ends else address)
        return "\n".join(lines) + "\n"


def listing_of(workspace: Workspace, *, at: datetime) -> Listing:
    """The workspace's list at this time. Addresses that the operator has taken out are not in it:
    nothing leaves from them."""
    choices = list(
        OutboundChoice.objects.filter(workspace=workspace).order_by("-number")[:MOST_LOOKED_AT]
    )
    standing = [choice for choice in choices if choice.withdrawn_at is None]
    coming = next((choice for choice in standing if choice.valid_from > at), None)
    past = [choice for choice in standing if choice.valid_from <= at]
    current = past[0].addresses if past else []
    entries = [(address, _since(address, past), _end(address, coming)) for address in current]
    if coming is not None:
        fresh = [address for address in coming.addresses if address not in current]
        entries += [(address, coming.valid_from, None) for address in fresh]
    offered = {str(one.public) for one in still_offered(entry[0] for entry in entries)}
    return Listing(
        version=_version(workspace, choices, at=at),
        bound=bool(current),
        changes_at=coming.valid_from if coming else None,
        bound_then=bool(coming.addresses) if coming else None,
        addresses=tuple(entry for entry in entries if entry[0] in offered),
    )


def _since(address: str, past: list[OutboundChoice]) -> datetime:
    """Since when it is in use without a break; the newest choice comes first."""
    since = past[0].valid_from
    for choice in past:
        if address not in choice.addresses:
            break
        since = choice.valid_from
    return since


def _end(address: str, coming: OutboundChoice | None) -> datetime | None:
    if coming is None or address in coming.addresses:
        return None
    return coming.valid_from


def _version(workspace: Workspace, choices: list[OutboundChoice], *, at: datetime) -> int:
    """Each choice counts when it is made and, if it was announced, again when it takes effect."""
    if not choices:
        return 0
    took_effect = OutboundChoice.objects.filter(
        workspace=workspace,
        withdrawn_at=None,
        valid_from__gt=F("made_at"),
        valid_from__lte=at,
    )
    return choices[0].number + took_effect.count()


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
