"""Documents of one workspace, published in another."""

from __future__ import annotations

from datetime import timedelta

from conftest import Cast
from portico.legal.models import LegalKind
from portico.legal.section import section
from portico.legal.services import coming_versions, version_in_force
from portico.legal.tests.publishing import Entry, listed, publish, save, upload
from tests.make import AT

DAY = timedelta(days=1)
LATER = AT + 10 * DAY


def copied(cast: Cast, values: list[Entry]) -> list[Entry]:
    """Acme's documents as zenith would save them. Their files are there already."""
    taken: list[Entry] = section.import_values(cast.zenith, {"documents": values}, at=LATER)[
        "documents"
    ]
    return taken


def test_what_is_in_force_there_comes_into_force_here_now(cast: Cast) -> None:
    publish(cast.acme, cast.admin, "One")
    publish(cast.acme, cast.admin, "Two", material=False)
    upload(cast.zenith, "Two")

    save(cast.zenith, cast.outsider, copied(cast, listed(cast.acme)), at=LATER)

    version = version_in_force(cast.zenith, LegalKind.TERMS, at=LATER)
    assert version is not None
    assert (version.number, version.material, version.effective_at) == (1, True, LATER)


def test_what_is_to_come_keeps_its_time(cast: Cast) -> None:
    publish(cast.acme, cast.admin, "One")
    publish(cast.acme, cast.admin, "Two", effective_at=LATER + DAY)
    for text in ("One", "Two"):
        upload(cast.zenith, text)

    save(cast.zenith, cast.outsider, copied(cast, listed(cast.acme)), at=LATER)

    assert [one.effective_at for one in coming_versions(cast.zenith, at=LATER)] == [LATER + DAY]


def test_what_is_the_same_here_is_published_once(cast: Cast) -> None:
    publish(cast.acme, cast.admin, "One")
    publish(cast.acme, cast.admin, "Two", effective_at=LATER + DAY)
    for text in ("One", "Two"):
        upload(cast.zenith, text)
    save(cast.zenith, cast.outsider, copied(cast, listed(cast.acme)), at=LATER)
    before = listed(cast.zenith)

    save(cast.zenith, cast.outsider, copied(cast, listed(cast.acme)), at=LATER)

    assert listed(cast.zenith) == before


def test_what_this_workspace_has_besides_stays(cast: Cast) -> None:
    publish(cast.acme, cast.admin, "One")
    publish(cast.zenith, cast.outsider, "Own notice", LegalKind.COOKIES)
    upload(cast.zenith, "One")

    save(cast.zenith, cast.outsider, copied(cast, listed(cast.acme)), at=LATER)

    assert [one["kind"] for one in listed(cast.zenith)] == [LegalKind.TERMS, LegalKind.COOKIES]
