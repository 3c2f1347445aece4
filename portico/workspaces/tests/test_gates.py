"""What gates read along with a membership."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db.models import F, OuterRef, Subquery
from django.test import Client

from conftest import Cast
from portico.workspaces import gates
from portico.workspaces.gates import Closed, Gate, read_along
from portico.workspaces.models import ApiToken, Membership

Asked = list[str]


@pytest.fixture
def asked() -> Iterator[Asked]:
    """A gate that reads along the role; holds what it was asked to read it for."""
    asked: Asked = []

    def role_along(to_membership: str) -> Subquery:
        asked.append(to_membership)
        found = Membership.objects.filter(id=OuterRef(f"{to_membership}id"))
        # A percent sign, for the SQL is put together with parameters.
        return Subquery(found.exclude(role="100%").values(read=F("role")))

    def closed(request: object, member: Membership) -> Closed | None:
        assert getattr(member, "read_role") == member.role  # noqa: B009 - an annotation
        return None

    # What was made without this gate is not used any more.
    read_along(Membership)
    read_along(ApiToken, "membership__")
    gate = Gate(closed=closed, reads={"read_role": role_along})
    gates.register_gate(gate)
    yield asked
    gates._gates.remove(gate)
    read_along.cache_clear()


def test_it_is_made_once_and_read_for_each_member(
    cast: Cast, browse: Callable[..., Client], asked: Asked
) -> None:
    seen = [browse(cast.acme, one).get("/console/").status_code for one in cast.members().values()]

    assert set(seen) == {200}
    assert asked == [""]


def test_it_is_made_once_and_read_for_each_token(
    cast: Cast, call: Callable[..., Client], asked: Asked
) -> None:
    seen = [call(cast.acme, one).get("/api/v1/me").status_code for one in cast.members().values()]

    assert set(seen) == {200}
    assert asked == ["membership__"]
