"""Publishing through the API: upload, save, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

from django.test import Client

from conftest import Cast
from portico.files.models import StoredFile
from portico.kernel.clock import now
from portico.legal.models import CheckedPdf, LegalKind
from portico.legal.rules.isolation import MOST_BYTES
from portico.legal.tests.publishing import publish
from tests.hostile.pdf.cases import changed, file_specification, name_tree, script
from tests.pdfs import make_pdf

HERE = "/api/v1/settings/terms-of-service"


def send(client: Client, content: bytes) -> dict[str, object]:
    """What the API answers an upload."""
    file = BytesIO(content)
    file.name = "terms.pdf"
    answer: dict[str, object] = client.post(
        "/api/v1/files", {"purpose": "legal", "file": file}
    ).json()
    return answer


def test_a_pdf_is_uploaded_and_published(cast: Cast, call: Callable[..., Client]) -> None:
    client = call(cast.acme, cast.admin)
    file = send(client, make_pdf("Words"))["id"]

    answer = client.put(
        HERE,
        {"documents": [{"kind": "cookie-notice", "language": "en", "file": file}]},
        content_type="application/json",
        headers={"if-match": '"0"'},
    )

    assert answer.status_code == 200
    (document,) = answer.json()["documents"]
    assert (document["version"], document["governing"], document["file"]) == (1, True, file)
    in_force = answer.json()["meta"]["effective"]["cookie-notice"]
    assert (in_force["version"], in_force["languages"]) == (1, ["en"])


def test_an_upload_says_what_was_removed_and_is_not_public(
    cast: Cast, call: Callable[..., Client]
) -> None:
    def dirty(pdf: object) -> None:
        pdf.Root.OpenAction = script()  # type: ignore[attr-defined]
        name_tree(pdf, "/EmbeddedFiles", ("evil.exe", file_specification(pdf)))  # type: ignore[arg-type]

    answer = send(call(cast.acme, cast.admin), changed(dirty))

    assert answer["removed"] == ["1 script", "1 attachment"]
    assert (answer["url"], answer["content_type"]) == (None, "application/pdf")
    assert not StoredFile.objects.get(sha256=answer["id"]).is_public


def test_a_pdf_that_cannot_be_used_is_refused_with_a_code(
    cast: Cast, call: Callable[..., Client]
) -> None:
    client = call(cast.acme, cast.admin)

    answers = [send(client, content) for content in (b"<html>", make_pdf() + bytes(MOST_BYTES))]

    assert [answer["code"] for answer in answers] == ["other_format", "upload_too_large"]
    assert not CheckedPdf.objects.exists()


def test_a_picture_is_no_legal_document(cast: Cast, call: Callable[..., Client]) -> None:
    client = call(cast.acme, cast.admin)
    client.get("/")
    picture = StoredFile.objects.filter(workspace=cast.acme).first()
    file = picture.sha256 if picture else "a" * 64

    answer = client.put(
        HERE,
        {"documents": [{"kind": "cookie-notice", "language": "en", "file": file}]},
        content_type="application/json",
        headers={"if-match": '"0"'},
    )

    assert answer.status_code == 422
    assert "no_such_document" in answer.content.decode()


def test_a_version_in_force_cannot_be_left_out(cast: Cast, call: Callable[..., Client]) -> None:
    publish(cast.acme, cast.admin, "Words", LegalKind.COOKIES, at=now())

    answers = [
        call(cast.acme, cast.admin).put(
            HERE,
            {"documents": []},
            content_type="application/json",
            headers={"if-match": tag},
        )
        for tag in ('"1"', '"0"')
    ]

    assert [answer.status_code for answer in answers] == [422, 412]
    assert "stays_in_force" in answers[0].content.decode()


def test_what_get_answers_can_be_sent_back(cast: Cast, call: Callable[..., Client]) -> None:
    publish(cast.acme, cast.admin, "Words", LegalKind.COOKIES, at=now())
    later = now() + timedelta(days=3)
    publish(cast.acme, cast.admin, "Later", LegalKind.COOKIES, effective_at=later, at=now())
    client = call(cast.acme, cast.admin)

    there = client.get(HERE)
    again = client.put(
        HERE,
        there.json(),
        content_type="application/json",
        headers={"if-match": there.headers["ETag"]},
    )

    assert again.status_code == 200
    assert again.json()["documents"] == there.json()["documents"]
