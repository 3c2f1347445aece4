"""`/miniapp/<app_id>`: what is live, in the brand; nothing else to anybody else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from conftest import Cast
from portico.kernel.clock import now
from portico.miniprograms.models import Kind, MiniProgram, ProgramMember, Version
from portico.miniprograms.services import put_live
from portico.portal.programs.origins import origin_of
from portico.portal.programs.showing import language_tag
from portico.portal.programs.tests.conftest import APP_ID, Release, fetch, production, uploaded
from portico.targets.models import App, Environment
from portico.workspaces.permissions import Role
from tests.make import AT, make_app, make_member, make_program
from tests.packages import make_manifest

Browse = Callable[..., Client]
PAGES = ["pages/index/index", "pages/sum/sum"]
FILES = {"pages/sum/sum.html": "<p>Sum</p>"}
NOTHING = "No mini program is open to the public here."


def frame_of(html: str) -> str:
    """The address in the frame."""
    found = re.search(r'<iframe[^>]*\ssrc="([^"]+)"', html)
    assert found is not None, html
    return found[1].replace("&amp;", "&")


def test_a_stranger_sees_the_brand_and_the_program_in_a_sandbox(
    cast: Cast, browse: Browse, release: Release
) -> None:
    version = release()

    answer = browse(cast.acme).get(f"/miniapp/{APP_ID}")
    html = answer.content.decode()

    assert answer.status_code == 200
    assert "Acme Pay" in html
    assert "Split a bill." in html
    assert 'sandbox="allow-scripts allow-forms"' in html
    assert "allow-same-origin" not in html.split("<iframe")[1]
    assert 'referrerpolicy="no-referrer"' in html
    assert frame_of(html) == f"{origin_of(version)}/pages/index/index.html"
    policy = answer.headers["Content-Security-Policy"]
    assert f"frame-src {origin_of(version)};" in f"{policy};"
    assert "default-src 'none'" in policy
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("", "/pages/index/index.html"),
        ("/", "/pages/index/index.html"),
        ("/pages/sum/sum", "/pages/sum/sum.html"),
        ("/pages/sum/sum.html", "/pages/sum/sum.html"),
        ("?table=7&who=a%20b", "/pages/index/index.html?table=7&who=a%20b"),
        ("/pages/sum/sum?k=v", "/pages/sum/sum.html?k=v"),
        (";version=", "/pages/index/index.html"),
    ],
)
def test_path_and_query_go_on_to_the_program(
    cast: Cast, browse: Browse, release: Release, path: str, wanted: str
) -> None:
    version = release(FILES, pages=PAGES)

    html = browse(cast.acme).get(f"/miniapp/{APP_ID}{path}").content.decode()

    assert frame_of(html) == origin_of(version) + wanted


def test_an_app_id_in_capitals_is_the_same(cast: Cast, browse: Browse, release: Release) -> None:
    release()

    assert browse(cast.acme).get(f"/miniapp/{APP_ID.upper()}").status_code == 200


def test_a_query_cannot_break_out_of_the_frame(
    cast: Cast, browse: Browse, release: Release
) -> None:
    release()

    html = browse(cast.acme).get(f'/miniapp/{APP_ID}?"><script>alert(1)</script>').content.decode()

    assert "<script>alert" not in html


@pytest.mark.parametrize(
    "path",
    [
        "/pages/other/other",
        "/manifest.json",
        "/../../console/",
        "/%2e%2e/x",
        "/pages/index",
        "/a//b",
    ],
)
def test_what_is_no_declared_page_is_nothing(
    cast: Cast, browse: Browse, release: Release, path: str
) -> None:
    release(FILES, pages=PAGES)

    assert browse(cast.acme).get(f"/miniapp/{APP_ID}{path}").status_code == 404


def test_all_that_is_not_live_looks_the_same(
    cast: Cast, browse: Browse, web_app: App, program: MiniProgram
) -> None:
    version = uploaded(program)
    sandbox = web_app.targets.get(environment=Environment.SANDBOX)
    other_app = make_app(cast.acme, "wallet")
    archived = make_program(cast.acme, "com.example.archived")
    put_live(program, sandbox, version, at=AT)
    put_live(program, production(other_app), version, at=AT)
    put_live(archived, production(web_app), uploaded(archived), at=AT)
    archived.archived_at = AT
    archived.save()
    theirs = make_program(cast.zenith, "com.example.theirs")
    put_live(theirs, production(make_app(cast.zenith, "web", is_web=True)), uploaded(theirs), at=AT)

    def seen(path: str, member: object = None) -> tuple[int, str]:
        answer = browse(cast.acme, member).get(path)
        text = re.sub(r'(nonce|value|href|content)="[^"]*"', "", answer.content.decode())
        return answer.status_code, text

    unknown = seen("/miniapp/com.example.unknown")
    assert unknown[0] == 404
    assert NOTHING in unknown[1]
    for name in (program.app_id, archived.app_id, theirs.app_id, f"{program.app_id};version=1"):
        assert seen(f"/miniapp/{name}") == unknown, name


def test_a_program_is_offline_at_the_next_request(
    cast: Cast, browse: Browse, release: Release, web_app: App, program: MiniProgram
) -> None:
    release()
    assert browse(cast.acme).get(f"/miniapp/{APP_ID}").status_code == 200

    put_live(program, production(web_app), None, at=AT)

    assert browse(cast.acme).get(f"/miniapp/{APP_ID}").status_code == 404


def test_an_app_that_is_not_the_web_any_more_serves_nothing(
    cast: Cast, browse: Browse, release: Release, web_app: App
) -> None:
    version = release()
    web_app.is_web = False
    web_app.save()

    assert fetch(version, "/app.css").status_code == 404

    assert browse(cast.acme).get(f"/miniapp/{APP_ID}").status_code == 404


@pytest.mark.parametrize("named", ["2", "1.0.2", "1.0.2".upper()])
def test_who_works_on_it_previews_a_version_by_code_or_name(
    cast: Cast, browse: Browse, release: Release, program: MiniProgram, named: str
) -> None:
    release()
    version = uploaded(program)

    answer = browse(cast.acme, cast.developer).get(f"/miniapp/{APP_ID};version={named}?k=v")
    html = answer.content.decode()

    assert answer.status_code == 200
    assert re.fullmatch(
        re.escape(origin_of(version)) + r"/~[^/]+/pages/index/index\.html\?k=v", frame_of(html)
    )
    assert "Preview of version 1.0.2 (2)" in html
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "canonical" not in html
    assert 'content="noindex"' in html


@pytest.mark.parametrize("who", ["admin", "developer"])
def test_an_admin_and_who_is_assigned_may_preview(
    cast: Cast, browse: Browse, program: MiniProgram, who: str
) -> None:
    uploaded(program)

    answer = browse(cast.acme, getattr(cast, who)).get(f"/miniapp/{APP_ID};version=1")

    assert answer.status_code == 200


@pytest.mark.parametrize("who", ["reviewer", "operator", "inspector", "outsider", "other", None])
def test_nobody_else_may_be_they_assigned_or_not(
    cast: Cast, browse: Browse, release: Release, program: MiniProgram, who: str | None
) -> None:
    release()
    uploaded(program)
    ProgramMember.objects.create(program=program, membership=cast.operator, role="developer")
    other = make_member(cast.acme, Role.DEVELOPER)
    member = other if who == "other" else getattr(cast, who) if who else None

    for named in ("1", "2", "1.0.2", "9"):
        answer = browse(cast.acme, member).get(f"/miniapp/{APP_ID};version={named}")
        assert answer.status_code == 404, named
        assert NOTHING in answer.content.decode()


def test_a_blocked_member_previews_nothing(
    cast: Cast, browse: Browse, program: MiniProgram
) -> None:
    uploaded(program)
    browser = browse(cast.acme, cast.developer)
    assert browser.get(f"/miniapp/{APP_ID};version=1").status_code == 200

    cast.developer.blocked_at = now()
    cast.developer.save()

    assert browser.get(f"/miniapp/{APP_ID};version=1").status_code == 404


@pytest.mark.parametrize("named", ["3", "x", "99999999999999999999999", "1.0.9", "~"])
def test_a_version_that_is_not_there_is_nothing(
    cast: Cast, browse: Browse, program: MiniProgram, named: str
) -> None:
    uploaded(program)

    answer = browse(cast.acme, cast.admin).get(f"/miniapp/{APP_ID};version={named}")

    assert answer.status_code == 404


def test_a_hosted_program_is_shown_from_its_own_address_alone(
    cast: Cast, browse: Browse, web_app: App
) -> None:
    hosted = make_program(cast.acme, "com.example.shop", kind=Kind.HOSTED)
    version = Version.objects.create(
        workspace=cast.acme,
        program=hosted,
        code=1,
        name="1",
        manifest=make_manifest(hosted.app_id),
        entry_url="https://shop.example.com:8443/mini?from=acme",
    )
    put_live(hosted, production(web_app), version, at=AT)

    answer = browse(cast.acme).get(f"/miniapp/{hosted.app_id}?table=7")
    html = answer.content.decode()

    assert frame_of(html) == "https://shop.example.com:8443/mini?from=acme&table=7"
    assert 'sandbox="allow-scripts allow-forms"' in html
    assert "frame-src https://shop.example.com:8443" in answer.headers["Content-Security-Policy"]
    assert browse(cast.acme).get(f"/miniapp/{hosted.app_id}/pages/index").status_code == 404


def test_a_landing_page_costs_few_queries(
    cast: Cast,
    browse: Browse,
    release: Release,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    release()
    browser = browse(cast.acme)
    browser.get(f"/miniapp/{APP_ID}")  # a brand's pictures are made when they are first looked at

    with django_assert_max_num_queries(6):
        browser.get(f"/miniapp/{APP_ID}")


@pytest.mark.parametrize(
    ("code", "tag"), [("en", "en"), ("zh-hans", "zh-Hans"), ("pt-br", "pt-BR"), ("de", "de")]
)
def test_a_language_is_spelled_as_the_web_spells_it(code: str, tag: str) -> None:
    assert language_tag(code) == tag
