from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import Cast
from portico.basic_settings.as_code import doors
from portico.basic_settings.as_code.packing import zipped
from portico.basic_settings.as_code.tests.samples import (
    ABOUT,
    PASSWORD,
    exported,
    fill,
    number_of,
    save,
    upload_logo,
    values_of,
)
from portico.basic_settings.as_code.writing import yaml_of
from portico.files.models import StoredFile
from portico.files.uploads import take_larger
from portico.workspaces.models import Workspace
from tests.make import AT

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

Browse = Callable[..., Client]
AT_CODE = "/settings/tenant/as-code/"
NEW = {"url": "https://www.example.com/new"}


def text_for(workspace: Workspace, url: str, revision: int | None = None) -> bytes:
    """A settings file with an About Us page."""
    about: dict[str, object] = {"values": {"url": url}}
    if revision is not None:
        about["revision"] = revision
    head = {"portico": 1, "workspace": workspace.slug, "workspace_id": str(workspace.id)}
    return yaml_of({**head, "sections": {"about-us": about}}).encode()


def upload(browser: Client, content: bytes, name: str = "settings.yaml") -> Answer:
    """Choose a file and ask for its plan."""
    return browser.post(f"{AT_CODE}plan/", {"file": SimpleUploadedFile(name, content)})


def form_in(answer: Answer, action: str) -> dict[str, str]:
    """The hidden fields of a form on the page."""
    page = answer.content.decode()
    form = page[page.index(f'action="{AT_CODE}{action}/"') :]
    form = form[: form.index("</form>")]
    found = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
    return {name: text for name, text in found.items() if name != "csrfmiddlewaretoken"}


def test_an_admin_downloads_the_settings(cast: Cast, browse: Browse) -> None:
    fill(cast.acme)
    admin = browse(cast.acme, cast.admin)

    plain = admin.get(f"{AT_CODE}export/")
    packed = admin.get(f"{AT_CODE}export/?files=zip")

    assert plain.headers["Content-Type"] == "application/yaml; charset=utf-8"
    assert plain.headers["Content-Disposition"] == 'attachment; filename="settings.yaml"'
    assert "no-store" in plain.headers["Cache-Control"]
    assert ABOUT["url"] in plain.content.decode()
    assert PASSWORD not in plain.content.decode()
    assert packed.content.startswith(b"PK")
    assert 'filename="acme-settings.zip"' in packed.headers["Content-Disposition"]
    assert f"{AT_CODE}export/" in admin.get(AT_CODE).content.decode()


def test_a_file_is_planned_shown_and_applied(cast: Cast, browse: Browse) -> None:
    save(cast.acme, "about-us", ABOUT)
    admin = browse(cast.acme, cast.admin)

    shown = upload(admin, text_for(cast.acme, NEW["url"], 1))

    page = shown.content.decode()
    assert shown.status_code == 200
    assert ABOUT["url"] in page
    assert NEW["url"] in page
    assert number_of(cast.acme, "about-us") == 1

    done = admin.post(
        f"{AT_CODE}apply/", {**form_in(shown, "apply"), "reason": "New site"}, follow=True
    )

    assert done.redirect_chain == [("/settings/tenant/", 302)]
    assert "URL of About Us is saved and live." in done.content.decode()
    assert values_of(cast.acme, "about-us") == NEW
    history = admin.get("/settings/tenant/about-us/history/").content.decode()
    assert "Applied from a file" in history
    assert "New site" in history


def test_what_was_not_shown_is_not_applied_but_shown_again(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin)
    shown = upload(admin, text_for(cast.acme, NEW["url"]))
    save(cast.acme, "about-us", ABOUT)

    again = admin.post(f"{AT_CODE}apply/", form_in(shown, "apply"))

    assert again.status_code == 409
    assert "Look at the new plan first" in again.content.decode()
    assert values_of(cast.acme, "about-us") == ABOUT
    done = admin.post(f"{AT_CODE}apply/", form_in(again, "apply"))
    assert done.status_code == 302
    assert values_of(cast.acme, "about-us") == NEW


@pytest.mark.parametrize("digest", ["", "0" * 64])
def test_a_form_without_the_plan_that_was_shown_applies_nothing(
    cast: Cast, browse: Browse, digest: str
) -> None:
    admin = browse(cast.acme, cast.admin)
    form = form_in(upload(admin, text_for(cast.acme, NEW["url"], 0)), "apply")

    answer = admin.post(f"{AT_CODE}apply/", {**form, "plan": digest})

    assert answer.status_code == 409
    assert number_of(cast.acme, "about-us") == 0


def test_a_change_that_came_between_can_be_planned_over(cast: Cast, browse: Browse) -> None:
    fill(cast.acme)
    file = exported(cast.acme).text.replace("Acme “Pay”: 爱可米", "Mine").encode()
    admin = browse(cast.acme, cast.admin)
    mail = values_of(cast.acme, "service-email")
    theirs = {**mail, "password": None, "contact_url": "https://www.example.com/theirs"}
    save(cast.acme, "service-email", theirs, based_on=1)

    shown = upload(admin, file)
    assert "Changed here since" in shown.content.decode()
    assert f'action="{AT_CODE}apply/"' not in shown.content.decode()
    over = admin.post(f"{AT_CODE}plan/", form_in(shown, "plan"))
    done = admin.post(f"{AT_CODE}apply/", form_in(over, "apply"))

    assert done.status_code == 302
    values = values_of(cast.acme, "service-email")
    assert (values["nickname"], values["contact_url"]) == ("Mine", theirs["contact_url"])


def test_a_copy_asks_for_the_password_and_tells_it_to_nobody(cast: Cast, browse: Browse) -> None:
    fill(cast.acme)
    save(cast.acme, "branding", {"logo": upload_logo(cast.acme)})
    content = zipped(exported(cast.acme))
    admin = browse(cast.zenith, cast.outsider)

    shown = upload(admin, content, "acme-settings.zip")
    page = shown.content.decode()
    assert "This is a copy of the settings of acme." in page
    assert 'type="password" name="secret.service-email.password"' in page
    missing = admin.post(f"{AT_CODE}apply/", form_in(shown, "apply"))
    assert missing.status_code == 422
    typed = {**form_in(missing, "apply"), "secret.service-email.password": PASSWORD}
    done = admin.post(f"{AT_CODE}apply/", typed, follow=True)

    assert done.redirect_chain == [("/settings/tenant/", 302)]
    assert values_of(cast.zenith, "about-us") == ABOUT
    assert PASSWORD not in done.content.decode()
    assert number_of(cast.zenith, "service-email") == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"portico: 1\nsections: {brandin: {}}", "Line 2: There is no “brandin” here."),
        (b"a: &x 1", "Anchors"),
        (b"PK\x03\x04 and no more", "This ZIP file cannot be read."),
        (b"", "“portico: 1”"),
        (
            b"portico: 1\nsections: {service-email: {values: {password: hunter2}}}",
            "A secret is never",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence_and_not_kept(
    cast: Cast, browse: Browse, content: bytes, sentence: str
) -> None:
    answer = upload(browse(cast.acme, cast.admin), content)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "hunter2" not in answer.content.decode()
    assert not StoredFile.objects.filter(purposes__contains=["settings_file"]).exists()


def test_no_file_and_one_that_is_too_large_are_refused(
    cast: Cast, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = browse(cast.acme, cast.admin)
    none = admin.post(f"{AT_CODE}plan/", {})
    take_larger(doors.PATHS[0], 3 * 1024 * 1024)
    try:
        large = upload(admin, b"#" * (3 * 1024 * 1024 + 1))
    finally:
        take_larger(doors.PATHS[0], doors.LARGEST)

    assert (none.status_code, large.status_code) == (422, 422)
    assert "Choose a file" in none.content.decode()
    assert "larger than 48 MiB" in large.content.decode()


def test_another_workspaces_upload_and_other_files_are_not_taken(
    cast: Cast, browse: Browse
) -> None:
    theirs = form_in(
        upload(browse(cast.zenith, cast.outsider), text_for(cast.zenith, NEW["url"])), "apply"
    )
    admin = browse(cast.acme, cast.admin)

    for kept in (theirs["kept"], upload_logo(cast.acme), "0" * 64, "../../etc/passwd", ""):
        for action in ("plan", "apply"):
            answer = admin.post(f"{AT_CODE}{action}/", {"kept": kept, "plan": theirs["plan"]})
            assert answer.status_code == 422
    assert number_of(cast.acme, "about-us") == 0


def test_an_upload_that_was_collected_has_to_be_chosen_again(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin)
    form = form_in(upload(admin, text_for(cast.acme, NEW["url"])), "apply")
    StoredFile.objects.filter(sha256=form["kept"]).delete()

    answer = admin.post(f"{AT_CODE}apply/", form)

    assert answer.status_code == 422
    assert "no longer kept. Choose it again." in answer.content.decode()


def test_a_kept_upload_is_served_to_nobody(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin)
    kept = form_in(upload(admin, text_for(cast.acme, NEW["url"])), "apply")["kept"]

    assert StoredFile.objects.get(sha256=kept).kept_until > AT
    for ending in ("bin", "yaml", "zip"):
        assert admin.get(f"/files/{kept}.{ending}").status_code == 404


def test_a_reason_that_is_too_long_leaves_the_plan_and_what_was_typed(
    cast: Cast, browse: Browse
) -> None:
    admin = browse(cast.acme, cast.admin)
    form = form_in(upload(admin, text_for(cast.acme, NEW["url"])), "apply")

    answer = admin.post(f"{AT_CODE}apply/", {**form, "reason": "x" * 501})

    assert answer.status_code == 422
    assert "x" * 501 in answer.content.decode()
    assert form_in(answer, "apply") == form


def test_a_file_that_changes_nothing_says_so(cast: Cast, browse: Browse) -> None:
    fill(cast.acme)

    page = upload(browse(cast.acme, cast.admin), exported(cast.acme).text.encode()).content.decode()

    assert "The file changes nothing" in page
    assert f'action="{AT_CODE}apply/"' not in page
