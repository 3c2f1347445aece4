from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from conftest import Cast
from portico.workspaces.hosts import workspace_at
from portico.workspaces.models import Workspace
from portico.workspaces.services import HostTaken, UnusableHost, set_hosts

Browse = Callable[..., Client]
PAY = "pay.acme.test"


def test_a_workspace_is_shown_at_its_domain_from_the_next_request_on(cast: Cast) -> None:
    acme = set_hosts(cast.acme, served=PAY, canonical=PAY)

    assert (acme.served_host, acme.canonical_host) == (PAY, PAY)
    assert workspace_at(PAY) == cast.acme
    assert workspace_at("acme.localhost") == cast.acme


def test_each_change_makes_a_new_revision_and_the_same_again_does_not(cast: Cast) -> None:
    before = cast.acme.revision

    served = set_hosts(cast.acme, served=PAY, canonical=None)
    active = set_hosts(cast.acme, served=PAY, canonical=PAY)
    again = set_hosts(cast.acme, served=PAY, canonical=PAY)
    gone = set_hosts(cast.acme, served=None, canonical=None)

    revisions = [one.revision - before for one in (served, active, again, gone)]
    assert revisions == [1, 2, 2, 3]
    assert (gone.served_host, gone.canonical_host) == (None, None)


def test_what_was_read_before_is_not_written_over_what_is_there(cast: Cast) -> None:
    read_before = Workspace.objects.get(id=cast.acme.id)
    Workspace.objects.filter(id=cast.acme.id).update(name="Renamed meanwhile")

    set_hosts(read_before, served=PAY, canonical=None)

    assert Workspace.objects.get(id=cast.acme.id).name == "Renamed meanwhile"


def test_a_name_leads_to_one_workspace_only(cast: Cast) -> None:
    set_hosts(cast.acme, served=PAY, canonical=None)

    with pytest.raises(HostTaken, match=PAY):
        set_hosts(cast.zenith, served=PAY, canonical=PAY)

    assert workspace_at(PAY) == cast.acme
    zenith = Workspace.objects.get(id=cast.zenith.id)  # the transaction goes on
    assert (zenith.served_host, zenith.revision) == (None, cast.zenith.revision)


def test_a_name_that_was_given_up_is_free(cast: Cast) -> None:
    set_hosts(cast.acme, served=PAY, canonical=PAY)
    set_hosts(cast.acme, served=None, canonical=None)

    set_hosts(cast.zenith, served=PAY, canonical=None)

    assert workspace_at(PAY) == cast.zenith


@pytest.mark.parametrize(
    "host",
    [
        "",
        "PAY.acme.test",
        "pay.acme.test.",
        "pay.acme.test:443",
        "pay..acme.test",
        "-pay.acme.test",
        "pay_1.acme.test",
        "bücher.example",
        "pay",
        "*.acme.test",
        " pay.acme.test",
        "pay.acme.test\n",
        f"{'a' * 64}.test",
        f"{'a.' * 127}test",
    ],
)
def test_what_is_no_domain_as_dns_has_it_is_refused(cast: Cast, host: str) -> None:
    with pytest.raises(UnusableHost, match="in lower case, without a port"):
        set_hosts(cast.acme, served=host, canonical=None)


def test_an_internationalized_name_is_kept_as_dns_has_it(cast: Cast) -> None:
    set_hosts(cast.acme, served="xn--bcher-kva.example", canonical=None)

    assert workspace_at("XN--bcher-kva.example:8000") == cast.acme


@pytest.mark.parametrize("served", [None, "other.acme.test"])
def test_links_use_no_name_that_is_not_served(cast: Cast, served: str | None) -> None:
    with pytest.raises(UnusableHost):
        set_hosts(cast.acme, served=served, canonical=PAY)


@pytest.mark.parametrize(
    ("hosts", "constraint"),
    [
        ({"canonical_host": PAY}, "a_canonical_host_is_a_served_one"),
        (
            {"served_host": PAY, "canonical_host": "x.acme.test"},
            "a_canonical_host_is_a_served_one",
        ),
        ({"served_host": "PAY.acme.test"}, "a_served_host_is_a_domain_in_lower_case"),
        ({"served_host": "pay.acme.test:443"}, "a_served_host_is_a_domain_in_lower_case"),
        ({"served_host": ""}, "a_served_host_is_a_domain_in_lower_case"),
    ],
)
def test_the_database_holds_it_too(cast: Cast, hosts: dict[str, str], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Workspace.objects.filter(id=cast.acme.id).update(**hosts)


def test_visitors_are_told_of_the_domain_by_the_page_from_memory_at_once(
    cast: Cast, browse: Browse
) -> None:
    visitor = browse(cast.acme)
    assert 'rel="canonical" href="http://acme.localhost:8000/"' in visitor.get("/").content.decode()

    set_hosts(cast.acme, served=PAY, canonical=PAY)

    assert f'rel="canonical" href="http://{PAY}:8000/"' in visitor.get("/").content.decode()
