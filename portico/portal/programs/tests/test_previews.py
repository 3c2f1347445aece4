"""Previews: a token in the path opens a version that is not live, to who may see it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conftest import Cast
from portico.config.logging import path_for_log
from portico.kernel.clock import now
from portico.miniprograms.models import MiniProgram, ProgramMember
from portico.portal.programs.previews import make_preview
from portico.portal.programs.tests.conftest import (
    body_of,
    check_headers,
    fetch,
    preview_path,
    uploaded,
)
from portico.targets.models import App
from tests.make import make_program


def test_a_token_opens_a_version_that_is_not_live_and_nothing_of_it_is_kept(
    cast: Cast, program: MiniProgram, web_app: App
) -> None:
    version = uploaded(program, {"a.css": "p { background: url(/common/icon.png) }"})

    page = fetch(version, preview_path(version, cast.developer, "pages/index/index.html"))
    style = fetch(version, preview_path(version, cast.admin, "a.css"))
    root = fetch(version, preview_path(version, cast.admin))

    for answer in (page, style):
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in answer.headers
        check_headers(answer)
    assert "'sha256-" in page.headers["Content-Security-Policy"]
    assert b"url(/~" in body_of(style)
    assert root.headers["Location"].startswith("/~")


@pytest.mark.parametrize("who", ["reviewer", "operator", "inspector", "outsider"])
def test_a_token_of_somebody_who_may_not_preview_opens_nothing(
    cast: Cast, program: MiniProgram, who: str
) -> None:
    version = uploaded(program)

    assert fetch(version, preview_path(version, getattr(cast, who), "app.css")).status_code == 404


def test_a_token_opens_its_own_version_alone(cast: Cast, program: MiniProgram) -> None:
    one, other = uploaded(program), uploaded(program)
    theirs = uploaded(make_program(cast.zenith, "com.example.theirs"))

    path = preview_path(one, cast.admin, "app.css")

    assert fetch(one, path).status_code == 200
    assert fetch(other, path).status_code == 404
    assert fetch(theirs, preview_path(theirs, cast.admin, "app.css")).status_code == 404


def test_a_preview_ends_after_a_quarter_of_an_hour(cast: Cast, program: MiniProgram) -> None:
    version = uploaded(program)
    begun = now() - timedelta(minutes=15, seconds=1)

    answer = fetch(version, preview_path(version, cast.admin, "app.css", at=begun))

    assert answer.status_code == 410
    assert b"Reload the page" in body_of(answer)
    check_headers(answer)


def test_a_preview_ends_with_the_right_to_it(cast: Cast, program: MiniProgram) -> None:
    version = uploaded(program)
    path = preview_path(version, cast.developer, "app.css")
    of_admin = preview_path(version, cast.admin, "app.css")
    assert fetch(version, path).status_code == 200

    ProgramMember.objects.filter(membership=cast.developer).delete()
    cast.admin.blocked_at = now()
    cast.admin.save()

    assert fetch(version, path).status_code == 404
    assert fetch(version, of_admin).status_code == 404


def test_a_token_that_was_changed_opens_nothing(cast: Cast, program: MiniProgram) -> None:
    version = uploaded(program)
    token = make_preview(version.id, member=cast.operator, at=now())
    member, ends, signature = token.split(".")
    later = f"{int(ends, 16) + 9999:x}"

    for changed in (
        f"{cast.admin.id.hex}.{ends}.{signature}",
        f"{member}.{later}.{signature}",
        f"{member}.{ends}.{signature[:-1]}",
        f"{member}.{ends}.",
        f"{member}.{ends}",
        f"{cast.admin.id.hex}..{signature}",
    ):
        assert fetch(version, f"/~{changed}/app.css").status_code == 404, changed


def test_a_token_is_in_no_log(
    cast: Cast, program: MiniProgram, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    version = uploaded(program)
    path = preview_path(version, cast.admin, "app.css")

    fetch(version, path)
    fetch(version, path.replace("~", "%7E"))

    lines = [record.getMessage() for record in caplog.records]
    token = path.split("/")[1][1:]
    assert sum("/~\\u2026 " in line for line in lines) == 2
    assert not any(token in line for line in lines)
    assert path_for_log("//~abc/app.css") == "/~…"
