"""Gates: what a member has to do before going on, asked after the door has let them in.

This layer knows no gate. A feature above declares one, and `portico.config` registers it. A gate
may have something read along with the membership, in the query that looks it up anyway, so that a
gate which is open costs no query of its own. Views marked `@ungated` (`portico.kernel.access`) are
opened whatever is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.db.models import Subquery
from django.http import HttpRequest

from portico.kernel.errors import Forbidden
from portico.workspaces.models import Membership


class GateClosed(Forbidden):
    """A refusal by a gate. The API answers its `details` beside code and sentence."""

    def __init__(self, details: Mapping[str, object], **facts: object) -> None:
        self.details = details
        super().__init__(**facts)


@dataclass(frozen=True)
class Closed:
    """A gate that is closed: the page where a person opens it, and what the API is told."""

    path: str
    refusal: GateClosed


@dataclass(frozen=True)
class Gate:
    """`closed` says whether it is closed to this member. `reads` makes what is read along with a
    membership, by name; it gets the path from the row that is read to the membership ("" or
    "membership__")."""

    closed: Callable[[HttpRequest, Membership], Closed | None]
    reads: Mapping[str, Callable[[str], Subquery]] = field(default_factory=dict)


_gates: list[Gate] = []


def register_gate(gate: Gate) -> None:
    """Have this gate asked at every page and operation that needs a permission."""
    if gate not in _gates:
        _gates.append(gate)


def first_closed(request: HttpRequest, member: Membership) -> Closed | None:
    """The first gate that is closed to this member, or None."""
    for gate in _gates:
        closed = gate.closed(request, member)
        if closed is not None:
            return closed
    return None


def reads_along(to_membership: str = "") -> dict[str, Subquery]:
    """What the gates read along with a membership, as annotations."""
    return {name: make(to_membership) for gate in _gates for name, make in gate.reads.items()}


def hand_over(source: object, member: Membership) -> None:
    """Give a membership what was read along with the row that led to it."""
    for gate in _gates:
        for name in gate.reads:
            setattr(member, name, getattr(source, name))
