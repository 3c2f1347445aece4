"""The admins' pages: a version is looked at, then published; compared, found, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from conftest import Cast
from portico.basic_settings import services as settings_services
from portico.kernel.clock import now
from portico.legal.models import LegalKind, LegalVersion
from portico.legal.rules import isolation
from portico.legal.rules.isolation import MOST_BYTES
from portico.legal.section import section
from portico.legal.tests.publishing import publish, upload
from portico.workspaces.models import Workspace
from tests.hostile.pdf.cases import changed, script
from tests.pdfs import make_pdf

HERE = "/settings/tenant/terms-of-service/documents/"
PUBLISH = f"{HERE}terms-of-service/publish/"
# The Cookie Notice asks no member to accept it, so that pages open without.
NOTICE, NOTICES = LegalKind.COOKIES, f"{HERE}cookie-notice/"


def file(content: bytes, name: str = "terms.pdf") -> BytesIO:
    """An upload."""
    sent = BytesIO(content)
    sent.name = name
    return sent


def sent(cast: Cast, action: str, **fields: object) -> dict[str, object]:
    """What the form sends."""
    live = settings_services.live(cast.acme, section).number
    return {"based_on": live, "governing": "en", "material": "material", "action": action} | fields


def test_a_version_is_looked_at_before_it_is_published(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    admin = browse(cast.acme, cast.admin)
    dirty = changed(lambda pdf: setattr(pdf.Root, "OpenAction", script()))

    review = admin.post(PUBLISH, sent(cast, "review", file_en=file(dirty)))

    assert review.status_code == 200
    text = review.content.decode()
    assert "Publish version 1 of Terms of Service?" in text
    assert "1 script" in text
    assert "As soon as it is published." in text
    assert not LegalVersion.objects.exists()


def test_what_was_looked_at_is_published_without_sending_it_again(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    admin = browse(cast.acme, cast.admin)
    taken = upload(cast.acme, "Words")

    done = admin.post(PUBLISH, sent(cast, "publish", file_en_id=taken))

    assert done.status_code == 302
    version = LegalVersion.objects.get()
    assert [one.sha256 for one in version.documents.all()] == [taken]
    assert version.author is not None
    assert version.author.email == "admin@acme.example.com"


def test_the_time_is_the_workspaces(cast: Cast, browse: Callable[..., Client]) -> None:
    Workspace.objects.filter(id=cast.acme.id).update(time_zone="Asia/Singapore")
    day = (now() + timedelta(days=30)).date().isoformat()
    taken = upload(cast.acme)

    browse(cast.acme, cast.admin).post(
        PUBLISH, sent(cast, "publish", file_en_id=taken, effective_at=f"{day}T09:00")
    )

    effective_at = LegalVersion.objects.get().effective_at
    assert effective_at == datetime.fromisoformat(f"{day}T09:00").replace(
        tzinfo=ZoneInfo("Asia/Singapore")
    )


def test_a_file_that_is_refused_leaves_the_rest_of_the_form(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    admin, good = browse(cast.acme, cast.admin), file(make_pdf("Good"), "good.pdf")
    bad = {"file_en": good, "file_zh-hans": file(b"<html>", "bad.pdf")}

    again = admin.post(PUBLISH, sent(cast, "review", **bad))

    assert again.status_code == 422
    assert "By its first bytes this file is HTML" in again.content.decode()
    assert "good.pdf" in again.content.decode()


def test_whoever_finds_too_many_readers_keeps_what_was_typed(
    cast: Cast, browse: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolation, "WAIT_SECONDS_TO_TAKE_IN", 0.0)
    taken = [isolation._turns.acquire(timeout=0) for _ in range(isolation.AT_ONCE)]

    try:
        again = browse(cast.acme, cast.admin).post(
            PUBLISH, sent(cast, "review", file_en=file(make_pdf()), effective_at="2031-05-06T07:08")
        )
    finally:
        for _ in taken:
            isolation._turns.release()

    assert again.status_code == 422
    assert "Many documents are being read" in again.content.decode()
    assert 'value="2031-05-06T07:08"' in again.content.decode()


@pytest.mark.parametrize("moment", ["2030-03-31T02:30", "2029-10-28T02:30"])
def test_a_time_that_the_clock_skips_or_has_twice_is_refused(
    cast: Cast, browse: Callable[..., Client], moment: str
) -> None:
    Workspace.objects.filter(id=cast.acme.id).update(time_zone="Europe/Berlin")
    taken = upload(cast.acme)

    again = browse(cast.acme, cast.admin).post(
        PUBLISH, sent(cast, "publish", file_en_id=taken, effective_at=moment)
    )

    assert again.status_code == 422
    assert "may be ambiguous or it may not exist" in again.content.decode()
    assert not LegalVersion.objects.exists()


def test_a_file_that_is_too_large_is_refused_while_it_comes_in(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    large = file(make_pdf() + bytes(MOST_BYTES))

    again = browse(cast.acme, cast.admin).post(PUBLISH, sent(cast, "review", file_en=large))

    assert again.status_code == 422
    assert "larger than 10 MiB" in again.content.decode()


def test_a_form_without_a_document_says_so(cast: Cast, browse: Callable[..., Client]) -> None:
    again = browse(cast.acme, cast.admin).post(PUBLISH, sent(cast, "review"))

    assert again.status_code == 422
    assert "Choose a PDF in at least one language." in again.content.decode()


def test_what_somebody_else_published_meanwhile_is_not_overwritten(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    form = sent(cast, "publish", file_en_id=upload(cast.acme, "Mine"))
    publish(cast.acme, cast.admin, "Theirs", effective_at=now() + timedelta(days=9))

    again = browse(cast.acme, cast.admin).post(PUBLISH, form)

    assert again.status_code == 409
    assert LegalVersion.objects.count() == 1


def test_another_workspaces_upload_cannot_be_published(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    theirs = upload(cast.zenith, "Theirs")

    again = browse(cast.acme, cast.admin).post(PUBLISH, sent(cast, "publish", file_en_id=theirs))

    assert again.status_code == 422
    assert not LegalVersion.objects.exists()


def test_pages_of_an_upload_are_for_admins_of_its_workspace(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    taken = upload(cast.acme)
    path = f"{HERE}uploads/{taken}/1.png"

    admin = browse(cast.acme, cast.admin).get(path)
    others = [
        browse(cast.acme, cast.developer).get(path).status_code,
        browse(cast.zenith, cast.outsider).get(path).status_code,
        browse(cast.acme).get(f"/files/{taken}.pdf").status_code,
    ]

    assert (admin.status_code, admin.headers["Content-Type"]) == (200, "image/png")
    assert "private" in admin.headers["Cache-Control"]
    assert others == [403, 404, 404]


def test_the_review_shows_what_changed(cast: Cast, browse: Callable[..., Client]) -> None:
    publish(cast.acme, cast.admin, "You may use the old service.", NOTICE, at=now())
    new = file(make_pdf("You may use the new service."))

    review = browse(cast.acme, cast.admin).post(
        f"{NOTICES}publish/", sent(cast, "review", file_en=new, material="correction")
    )

    assert "<del> old</del><ins> new</ins>" in review.content.decode()


def test_the_page_of_changes_compares_a_version_with_the_one_before(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    publish(
        cast.acme, cast.admin, "You may use the old service.", NOTICE, at=now() - timedelta(days=1)
    )
    publish(cast.acme, cast.admin, "You may use the new service.", NOTICE, at=now())
    admin = browse(cast.acme, cast.admin)

    second = admin.get(f"{NOTICES}2/changes/")
    first = admin.get(f"{NOTICES}1/changes/")

    assert "<del> old</del><ins> new</ins>" in second.content.decode()
    assert first.status_code == 404


def test_words_are_found_with_what_stands_around_them(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    publish(cast.acme, cast.admin, "Refunds take ten days.", NOTICE, at=now() - timedelta(days=1))
    publish(
        cast.acme, cast.admin, {"en": "No refunds.", "zh-hans": "退款需要十天"}, NOTICE, at=now()
    )
    admin = browse(cast.acme, cast.admin)

    english = admin.get(NOTICES, {"q": "REFUNDS days"}).content.decode()
    chinese = admin.get(NOTICES, {"q": "需要"}).content.decode()
    nothing = admin.get(NOTICES, {"q": "100%_"}).content.decode()
    no_text = admin.get(NOTICES, {"q": "refunds\0"}).content.decode()

    assert "<mark>Refunds</mark> take ten days." in english
    assert english.count("<mark>") == 1
    assert "<mark>需要</mark>" in chinese
    assert "These words stand in no version." in nothing
    assert "These words stand in no version." in no_text


def test_a_version_to_come_can_be_withdrawn_and_one_in_force_cannot(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    publish(cast.acme, cast.admin, "One", NOTICE, at=now())
    publish(cast.acme, cast.admin, "Two", NOTICE, effective_at=now() + timedelta(days=9))
    admin = browse(cast.acme, cast.admin)

    answers = [admin.post(f"{NOTICES}{number}/withdraw/").status_code for number in (2, 2, 1, 7)]

    assert answers == [302, 409, 409, 404]
    withdrawn = LegalVersion.objects.exclude(withdrawn_at=None)
    assert [version.number for version in withdrawn] == [2]


def test_the_card_shows_each_kind_and_leads_to_the_documents(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    publish(cast.acme, cast.admin, "One", NOTICE, at=now())
    publish(cast.acme, cast.admin, "P", LegalKind.PRIVACY, effective_at=now() + timedelta(days=9))
    admin = browse(cast.acme, cast.admin)

    page = admin.get("/settings/tenant/").content.decode()
    edit = admin.get("/settings/tenant/terms-of-service/edit/")

    assert '<a href="/legal/cookie-notice/1">Version 1</a>' in page
    assert "comes into force on" in page
    assert "None published" in page
    assert edit.headers["Location"] == HERE
