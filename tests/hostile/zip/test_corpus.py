"""Every hostile package is refused for what is wrong with it, and every harmless one accepted."""

from __future__ import annotations

from io import BytesIO

import pytest

from portico.miniprograms.packages import PackageRefused, read_index, read_package
from portico.miniprograms.packages.problems import MOST_PROBLEMS
from tests.hostile.zip.corpus import CASES, Case

REFUSED = [case for case in CASES if case.rule is not None]
ACCEPTED = [case for case in CASES if case.rule is None]


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_a_hostile_package_is_refused_by_rule_and_entry(case: Case) -> None:
    package = BytesIO(case.content())

    with pytest.raises(PackageRefused) as caught:
        read_package(package)

    found = {(problem.rule, problem.entry) for problem in caught.value.problems}
    assert (case.rule, case.entry) in found
    assert len(caught.value.problems) <= MOST_PROBLEMS
    assert all(str(problem).isprintable() for problem in caught.value.problems)


@pytest.mark.parametrize("case", ACCEPTED, ids=str)
def test_a_harmless_oddity_is_accepted(case: Case) -> None:
    package = BytesIO(case.content())

    found = read_package(package)

    assert read_index(package) == found.entries


def test_the_corpus_is_large_and_each_case_has_a_name_of_its_own() -> None:
    names = [case.name for case in CASES]

    assert len(REFUSED) >= 40
    assert len(names) == len(set(names))
