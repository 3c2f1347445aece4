from __future__ import annotations

import pytest
import time_machine

from portico.kernel.access import Access, access_of, public, requires
from portico.kernel.errors import Conflict, Invalid, InvalidFields, Stale
from portico.kernel.ids import digest, new_id, new_secret
from portico.kernel.permissions import Permission
from portico.workspaces.rules import EmptyName, ReservedSlug


def test_a_mark_says_who_may_open_a_view() -> None:
    marked = requires(Permission.AUDIT_READ)(lambda: None)
    open_to_all = public("Anybody may read it.")(lambda: None)

    assert access_of(marked) == Access(permission=Permission.AUDIT_READ)
    assert access_of(open_to_all) == Access(public_because="Anybody may read it.")
    assert access_of(lambda: None) is None


def test_nothing_is_public_without_a_reason() -> None:
    with pytest.raises(ValueError, match="needs a reason"):
        public("")


def test_an_error_says_its_sentence_with_its_facts() -> None:
    error = ReservedSlug(slug="www")

    assert str(error) == "“www” is kept for the platform. Please choose another name."
    assert error.facts == {"slug": "www"}
    assert isinstance(error, ValueError)


def test_several_wrong_fields_are_one_error() -> None:
    error = InvalidFields({"name": EmptyName(), "": Invalid()})

    assert str(error).startswith("name: Please give a name")
    assert str(error).endswith("; This value cannot be used.")


def test_something_stale_is_a_conflict() -> None:
    assert issubclass(Stale, Conflict)


def test_ids_sort_by_the_time_at_which_they_were_made() -> None:
    ids = []
    for second in range(5):
        with time_machine.travel(1_700_000_000 + second, tick=False):
            ids.append(new_id())

    assert ids == sorted(ids)
    assert len({new_id() for _number in range(1000)}) == 1000


def test_secrets_are_long_differ_and_are_kept_as_digests() -> None:
    secrets = {new_secret("pco_") for _number in range(100)}

    assert len(secrets) == 100
    assert all(secret.startswith("pco_") and len(secret) == 47 for secret in secrets)
    assert len(digest("x")) == 64
    assert digest("x") != digest("y")
