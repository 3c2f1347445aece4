"""What stays quick with a hundred thousand versions: asked of the planner, and of the queries."""

from __future__ import annotations

from itertools import product

import pytest
from django.db import connection

from conftest import Cast
from portico.miniprograms.models import MiniProgram, Version
from portico.miniprograms.uploading.queries import versions_of
from tests.make import make_program

pytestmark = [pytest.mark.soak, pytest.mark.django_db]

VERSIONS = 100_000


@pytest.fixture
def program(cast: Cast) -> MiniProgram:
    """A program with most of all versions, beside others with some."""
    programs = [make_program(cast.acme) for _number in range(100)]
    Version.objects.bulk_create(
        (
            Version(
                workspace=cast.acme,
                program=programs[0] if number % 2 else programs[number % 100],
                code=number + 1,
                name=f"{number // 1000}.{number % 1000}",
                manifest={"name": "Tips"},
                package=f"{number:064x}",
            )
            for number in range(VERSIONS)
        ),
        batch_size=5_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE miniprograms_version")
    return programs[0]


def test_a_page_of_versions_is_found_by_index(program: MiniProgram) -> None:
    asked = product(("", "77123", "42.", "42.123", "nothing"), (None, 50_000))

    plans = {
        (search, before): found.filter(code__lt=before)[:26].explain()
        if before
        else found[:26].explain()
        for search, before in asked
        for found in [versions_of(program, search=search)]
    }

    read_whole = {key for key, plan in plans.items() if "Seq Scan on miniprograms_version" in plan}
    assert read_whole == set(), plans
