"""Rejecting a request: with a reason, the findings it is about, and screenshots."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from conftest import Cast
from portico.approvals.findings import key_of
from portico.approvals.models import ApprovalRequest, RequestStatus
from portico.approvals.tests.test_findings import found_in
from portico.automated_checks.models import Finding
from portico.files.models import FileUse, StoredFile
from portico.releases.deciding.tests.asking import asked_for, decision, offline_asked
from portico.releases.models import Release

Browse = Callable[..., Client]


def picture(color: str = "red", name: str = "shot.png") -> SimpleUploadedFile:
    made = BytesIO()
    Image.new("RGB", (400, 800), color).save(made, "PNG")
    return SimpleUploadedFile(name, made.getvalue(), "image/png")


def reject(client: Client, asked: ApprovalRequest, **more: object) -> HttpResponse:
    sent = decision("reject", **more)
    response = client.post(f"/console/approvals/{asked.id}/decide/", sent)
    assert isinstance(response, HttpResponse)
    return response


def test_a_rejection_keeps_its_reason_and_copies_of_the_findings(
    cast: Cast, browse: Browse
) -> None:
    asked = asked_for(cast)
    (key,) = found_in(asked.version, "A private key", severity="error")
    reviewer = browse(cast.acme, cast.reviewer)

    response = reject(reviewer, asked, reason="Remove the key.", findings=[key_of(key)])

    assert response.status_code == 302
    asked.refresh_from_db()
    assert asked.status == RequestStatus.REJECTED
    assert Release.objects.get(id=asked.release).status == "new_version_created"
    Finding.objects.all().delete()  # checked again
    page = browse(cast.acme, cast.developer).get(f"/console/approvals/{asked.id}/")
    assert "Remove the key." in page.content.decode()
    assert "A private key" in page.content.decode()


def test_without_a_reason_it_is_refused_and_marks_and_screenshots_are_kept(
    cast: Cast, browse: Browse
) -> None:
    asked = asked_for(cast)
    (key,) = found_in(asked.version, "A private key", severity="error")
    reviewer = browse(cast.acme, cast.reviewer)

    response = reject(reviewer, asked, findings=[key_of(key)], screenshots=[picture()])

    page = response.content.decode()
    stored = StoredFile.objects.get(purposes=["screenshot"])
    assert response.status_code == 422
    assert f'name="kept" value="{stored.sha256}"' in page
    assert f'id="finding-{key_of(key)}"' in page
    assert page.count(" checked>") == 1
    shot = reviewer.get(f"/console/approvals/{asked.id}/screenshots/{stored.sha256}/")
    assert shot.getvalue().startswith(b"\x89PNG")

    done = reject(reviewer, asked, reason="See there", kept=[stored.sha256])

    assert done.status_code == 302
    decided = asked.decisions.get()
    assert decided.screenshots == [stored.sha256]
    assert FileUse.objects.filter(file=stored, user_id=decided.id).exists()


def test_a_screenshot_is_for_those_alone_who_may_see_the_request(
    cast: Cast, browse: Browse
) -> None:
    asked = asked_for(cast)
    reject(browse(cast.acme, cast.reviewer), asked, reason="See there", screenshots=[picture()])
    (sha256,) = asked.decisions.get().screenshots
    other = asked_for(cast, asker=cast.admin)
    address = f"/console/approvals/{asked.id}/screenshots/{sha256}/"

    def asks(member: object, path: str = address) -> int:
        response = browse(cast.acme, member).get(path)
        if response.streaming:
            response.getvalue()
        return response.status_code

    assert asks(cast.developer) == 200
    assert asks(cast.operator) == 404
    assert asks(None) == 302
    assert browse(cast.zenith, cast.outsider).get(address).status_code == 404
    # It is public nowhere, and belongs to no request but its own.
    assert asks(cast.developer, f"/files/{sha256}.png") == 404
    assert asks(cast.inspector, f"/console/approvals/{other.id}/screenshots/{sha256}/") == 404
    assert asks(cast.developer, f"/console/approvals/{asked.id}/screenshots/nonsense/") == 404


def test_a_file_that_is_no_picture_is_named_and_the_others_are_kept(
    cast: Cast, browse: Browse
) -> None:
    asked = asked_for(cast)
    nonsense = SimpleUploadedFile("notes.txt", b"no picture", "image/png")

    response = reject(
        browse(cast.acme, cast.reviewer), asked, reason="Why", screenshots=[picture(), nonsense]
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "notes.txt:" in page
    assert page.count('name="kept"') == 1
    assert ">Why</textarea>" in page.replace("\n", "")


def test_a_sixth_screenshot_is_refused(cast: Cast, browse: Browse) -> None:
    asked = asked_for(cast)
    colors = ("red", "green", "blue", "black", "white", "gray")

    response = reject(
        browse(cast.acme, cast.reviewer),
        asked,
        reason="Why",
        screenshots=[picture(color) for color in colors],
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "Attach at most 5 screenshots" in page
    assert page.count('name="kept"') == 5


def test_findings_that_are_gone_are_said_to_be_gone(cast: Cast, browse: Browse) -> None:
    asked = asked_for(cast)

    response = reject(browse(cast.acme, cast.reviewer), asked, reason="Why", findings=["f" * 16])

    assert response.status_code == 422
    assert "was probably checked again" in response.content.decode()


def test_a_rejected_offline_request_leaves_it_live(cast: Cast, browse: Browse) -> None:
    asked = offline_asked(cast)

    assert reject(browse(cast.acme, cast.reviewer), asked, reason="Keep it").status_code == 302

    assert Release.objects.get(id=asked.release).status == "full_release"


def test_neither_button_is_no_decision(cast: Cast, browse: Browse) -> None:
    asked = asked_for(cast)

    response = browse(cast.acme, cast.reviewer).post(
        f"/console/approvals/{asked.id}/decide/", {"reason": "Hm"}
    )

    assert response.status_code == 422
    assert "Choose whether you approve or reject it." in response.content.decode()
