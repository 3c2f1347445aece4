"""Gates: what a member has to do before going on, asked after the door has let them in.

This layer knows no gate. A feature above declares one, and `portico.config` registers it. A gate
may have something read along with the membership, in the query that looks it up anyway, so that a
gate which is open costs no query of its own. Views marked `@ungated` (`portico.kernel.access`) are
opened whatever is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.http import HttpRequest

from portico.kernel.errors import Forbidden
from portico.workspaces.models import Membership

Row = TypeVar("Row", bound=Model)


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
    "membership__"). It is asked once in each process, so what it makes must not depend on the time.
    """

    closed: Callable[[HttpRequest, Membership], Closed | None]
    reads: Mapping[str, Callable[[str], Subquery]] = field(default_factory=dict)


_gates: list[Gate] = []


def register_gate(gate: Gate) -> None:
    """Have this gate asked at every page and operation that needs a permission."""
    if gate not in _gates:
        _gates.append(gate)
        read_along.cache_clear()


def first_closed(request: HttpRequest, member: Membership) -> Closed | None:
    """The first gate that is closed to this member, or None."""
    for gate in _gates:
        closed = gate.closed(request, member)
        if closed is not None:
            return closed
    return None


@cache
def read_along(model: type[Row], to_membership: str = "") -> QuerySet[Row]:
    """All rows of a model, with what the gates read along with the membership that each leads to;
    to be narrowed down.

    Every request needs it, so the subqueries are made and put into SQL once in each process: to do
    it anew takes ten times as long as to run them. From "membership__", filter or select by it.
    """
    rows: QuerySet[Row] = model._default_manager.all()
    wanted = {name: make(to_membership) for gate in _gates for name, make in gate.reads.items()}
    query = rows.annotate(**wanted).query
    compiler = query.get_compiler(DEFAULT_DB_ALIAS)
    made = {}
    for name in wanted:
        subquery = query.annotations[name]
        sql, params = compiler.compile(subquery)
        # Django's own SQL, with its own parameters.
        made[name] = RawSQL(sql, params, subquery.output_field)  # noqa: S611
    found: QuerySet[Row] = rows.annotate(**made)
    return found


def hand_over(source: object, member: Membership) -> None:
    """Give a membership what was read along with the row that led to it."""
    for gate in _gates:
        for name in gate.reads:
            setattr(member, name, getattr(source, name))
