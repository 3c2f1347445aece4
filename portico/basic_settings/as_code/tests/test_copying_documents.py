"""What is legally and technically a workspace's own, in a copy to another one."""

from __future__ import annotations

import pytest
import yaml

from conftest import Cast
from portico.basic_settings.as_code.plans import Standing
from portico.basic_settings.as_code.tests.samples import (
    Hand,
    carried,
    exported,
    number_of,
    part,
    save,
    values_of,
    written,
)
from portico.files.services import file_of, read
from portico.legal.models import LegalKind, LegalVersion
from portico.legal.tests.publishing import publish


def documents_of(cast: Cast) -> list[tuple[str, int, str]]:
    """Zenith's published documents: kind, number, and whether the bytes are those of acme."""
    theirs = {
        read(file_of(cast.acme, one["file"])): one["kind"]
        for one in values_of(cast.acme, "terms-of-service")["documents"]
    }
    return [
        (one["kind"], one["version"], theirs.get(read(file_of(cast.zenith, one["file"])), ""))
        for one in values_of(cast.zenith, "terms-of-service")["documents"]
    ]


def test_legal_documents_become_new_versions_of_the_other_workspace(cast: Cast) -> None:
    publish(cast.acme, cast.admin, "Terms of Acme")
    publish(cast.acme, cast.admin, "Terms of Acme, anew")
    publish(cast.acme, cast.admin, "Privacy at Acme", LegalKind.PRIVACY)
    theirs, file = Hand(cast, cast.zenith), carried(cast.acme)

    plan = theirs.plan(file)
    assert part(plan, "terms-of-service").standing is Standing.FIRST
    assert len(plan.files) == 2
    assert not LegalVersion.objects.filter(workspace=cast.zenith).exists()
    theirs.apply(file, digest=plan.digest)

    assert documents_of(cast) == [
        ("terms-of-service", 1, "terms-of-service"),
        ("privacy-policy", 1, "privacy-policy"),
    ]
    assert LegalVersion.objects.filter(workspace=cast.zenith).count() == 2
    assert LegalVersion.objects.filter(workspace=cast.acme).count() == 3


def test_copied_again_nothing_is_published_again(cast: Cast) -> None:
    publish(cast.acme, cast.admin, "Terms of Acme")
    theirs, file = Hand(cast, cast.zenith), carried(cast.acme)
    theirs.carry_out(file)

    again = theirs.carry_out(file)

    assert part(again, "terms-of-service").standing is Standing.UNCHANGED
    assert number_of(cast.zenith, "terms-of-service") == 1


def test_ones_own_documents_are_left_as_they_are(cast: Cast) -> None:
    publish(cast.acme, cast.admin, "Terms of Acme")
    publish(cast.acme, cast.admin, "Privacy at Acme", LegalKind.PRIVACY)

    plan = Hand(cast, cast.acme).plan(carried(cast.acme))

    assert part(plan, "terms-of-service").standing is Standing.UNCHANGED
    assert not plan.is_refused


def test_a_domain_is_not_copied(cast: Cast) -> None:
    save(cast.acme, "domain-preference", {"alternative_domain": "pay.acme.example.com"})
    save(cast.zenith, "domain-preference", {"alternative_domain": "bank.zenith.example.com"})

    done = Hand(cast, cast.zenith).carry_out(carried(cast.acme))

    domain = part(done, "domain-preference")
    assert domain.standing is Standing.UNCHANGED
    assert "alternative_domain" in domain.kept
    found = values_of(cast.zenith, "domain-preference")["alternative_domain"]
    assert found == "bank.zenith.example.com"


def test_addresses_that_calls_leave_from_are_copied_where_the_operator_offers_them(
    cast: Cast,
) -> None:
    text = yaml.safe_load(exported(cast.acme).text)
    assert text["sections"]["domain-preference"]["values"]["outbound_ips"] == []

    plan = Hand(cast, cast.zenith).plan(
        written(cast.acme, {"domain-preference": {"outbound_ips": ["198.51.100.77"]}})
    )

    assert part(plan, "domain-preference").standing is Standing.REFUSED
    (problem,) = part(plan, "domain-preference").problems
    assert problem.place == "domain-preference.outbound_ips"


@pytest.mark.parametrize("key", ["²", "9" * 5000])
def test_a_strange_key_deep_in_a_section_is_refused_with_its_line(cast: Cast, key: str) -> None:
    publish(cast.acme, cast.admin, "Terms of Acme")
    (entry,) = values_of(cast.acme, "terms-of-service")["documents"]

    file = written(cast.acme, {"terms-of-service": {"documents": [{**entry, key: 1}]}}, revision=1)
    plan = Hand(cast, cast.acme).plan(file)

    (problem,) = part(plan, "terms-of-service").problems
    assert problem.place == f"terms-of-service.documents.0.{key}"
    assert problem.line > 5
