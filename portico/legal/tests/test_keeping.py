"""What is kept of a PDF: its file, what was learned of it, and the images of its pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from conftest import Cast
from portico.files.collection import collect
from portico.kernel.errors import NotFound
from portico.legal.isolated import protocol
from portico.legal.isolated.refusals import TooDemandingPdf
from portico.legal.models import CheckedPdf, LegalKind
from portico.legal.rules.isolation import draw_page
from portico.legal.services import pages
from portico.legal.services.intake import checked_pdf, hints_on
from portico.legal.tests.publishing import publish, upload
from portico.service_email.look.letterheads import letterhead_of
from tests.hostile.pdf.cases import changed
from tests.jobs import run
from tests.make import AT

DAY = timedelta(days=1)


def test_what_nobody_publishes_is_collected_with_all_that_was_learned_of_it(cast: Cast) -> None:
    sha256 = upload(cast.acme)

    collect(at=AT + 3 * DAY)

    assert not CheckedPdf.objects.exists()
    with pytest.raises(NotFound):
        checked_pdf(cast.acme, sha256)


def test_another_workspaces_upload_is_not_found(cast: Cast) -> None:
    sha256 = upload(cast.zenith)

    with pytest.raises(NotFound):
        checked_pdf(cast.acme, sha256)


def test_a_document_without_text_draws_a_hint(cast: Cast) -> None:
    def empty(pdf: object) -> None:
        del pdf.pages[0].obj["/Contents"]  # type: ignore[attr-defined]

    scanned = checked_pdf(cast.acme, upload(cast.acme, changed(empty)))
    written = checked_pdf(cast.acme, upload(cast.acme, "There are words here."))

    assert "No text can be read in this document" in hints_on(scanned)[0]
    assert hints_on(written) == ()


def test_the_worker_draws_all_pages_of_a_published_document_once(cast: Cast) -> None:
    version = publish(cast.acme, cast.admin, "Words")
    (document,) = version.documents.all()

    run("legal.draw_pages")
    run("legal.draw_pages")

    folder = f"{pages.FOLDER}/{document.sha256}"
    assert default_storage.listdir(folder) == ([], ["1-1.png"])
    image = pages.page_image(cast.acme.id, document.sha256, 1)
    assert image == draw_page(b"".join(pages.chunks_of(cast.acme.id, document.sha256)), 1)


def test_an_image_that_was_cut_off_is_drawn_anew(cast: Cast) -> None:
    sha256 = upload(cast.acme)
    whole = pages.page_image(cast.acme.id, sha256, 1)
    path = f"{pages.FOLDER}/{sha256}/1-1.png"
    default_storage.delete(path)
    default_storage.save(path, ContentFile(whole[: len(whole) // 2]))

    again = pages.page_image(cast.acme.id, sha256, 1)

    assert again == whole
    with default_storage.open(path, "rb") as file:
        assert file.read() == whole


def test_a_page_that_wears_out_the_child_is_not_tried_for_each_who_asks(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = upload(cast.acme)
    monkeypatch.setattr(
        protocol, "LIMITS", protocol.LIMITS._replace(wall_seconds=0.001)
    )  # as if it were a page that takes so long
    with pytest.raises(TooDemandingPdf):
        pages.page_image(cast.acme.id, sha256, 1)
    monkeypatch.undo()

    with pytest.raises(TooDemandingPdf):
        pages.page_image(cast.acme.id, sha256, 1)

    cache.clear()
    assert pages.page_image(cast.acme.id, sha256, 1).startswith(b"\x89PNG")


def test_images_go_when_no_workspace_keeps_the_document_any_more(cast: Cast) -> None:
    kept, dropped = upload(cast.acme, "Kept"), upload(cast.acme, "Dropped")
    for sha256 in (kept, dropped):
        pages.page_image(cast.acme.id, sha256, 1)
    publish(cast.acme, cast.admin, "Kept")
    collect(at=AT + 3 * DAY)

    swept = pages.sweep_pages()

    assert swept == 1
    assert default_storage.listdir(pages.FOLDER)[0] == [kept]


def test_mails_have_links_to_what_is_in_force(cast: Cast) -> None:
    publish(cast.acme, cast.admin, "Words")
    publish(cast.acme, cast.admin, "P", LegalKind.PRIVACY, effective_at=AT + 9 * DAY)

    links = letterhead_of(cast.acme, at=AT).foot_links

    assert [(str(link.title), link.url) for link in links] == [
        ("Terms of Service", "http://acme.localhost:8000/legal/terms-of-service")
    ]
    assert letterhead_of(cast.zenith, at=AT).foot_links == ()
