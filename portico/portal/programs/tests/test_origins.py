"""The origin of a version: who sees it, and what every answer there says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from conftest import Cast
from portico.miniprograms.models import MiniProgram, ProgramOnTarget
from portico.miniprograms.services import put_live
from portico.portal.programs.origins import is_host_of_a_version, version_in
from portico.portal.programs.policy import NOTHING
from portico.portal.programs.tests.conftest import (
    Release,
    body_of,
    check_headers,
    fetch,
    host_of,
    preview_path,
    production,
    uploaded,
)
from portico.releases.rules.pipeline import Status
from portico.rollout.models import Plan
from portico.targets.models import App
from portico.workspaces.services import set_hosts
from tests.make import AT, make_app, make_release

ODD_PATHS = [
    "/../manifest.json",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/..%2f..%2fetc%2fpasswd",
    "/pages%5cindex%5cindex.html",
    "/./manifest.json",
    "/pages/",
    "/pages",
    "/manifest.json%00",
    "/manifest.json/",
    "/MANIFEST.JSON",
    "/%ff%fe",
    "/" + "a" * 50_000,
    "/~",
    "/~/",
    "/~x/pages/index/index.html",
    "/~..1.x/",
    "/~" + "a" * 5_000 + "/x",
    "/static/",
    "/.portico/../manifest.json",
    "/sign-in/",
    "/api/v1/members",
    "/console/",
    "/internal/tls/ask",
    "/healthz",
]


@pytest.mark.parametrize(
    "path", ["/", "/manifest.json", "/pages/index/index.html", "/.portico/runtime.js", "/nothing"]
)
@pytest.mark.parametrize("method", ["get", "head", "post", "options", "delete"])
def test_every_answer_is_sandboxed_and_sets_no_cookie(
    release: Release, path: str, method: str
) -> None:
    check_headers(fetch(release(), path, method=method))


def test_a_program_reaches_its_own_origin_and_its_server_domains_alone(
    cast: Cast, settings: Any, release: Release
) -> None:
    version = release()
    ProgramOnTarget.objects.update(
        server_domains=["api.acme.example", "*.cdn.example:8443", "acme.localhost", "*.localhost",
                        "evil.example; script-src *"]
    )  # fmt: skip
    set_hosts(cast.acme, served="pay.acme.example", canonical=None)
    settings.PORTICO_SITE = replace(settings.PORTICO_SITE, default_slug="")

    policy = check_headers(fetch(version, "/pages/index/index.html"))

    origin = f"http://{host_of(version)}"
    assert policy["default-src"] == origin
    assert policy["script-src"] == origin
    assert policy["style-src"] == f"{origin} 'unsafe-inline'"
    assert policy["connect-src"] == (
        f"{origin} https://api.acme.example wss://api.acme.example "
        "https://*.cdn.example:8443 wss://*.cdn.example:8443"
    )
    assert policy["frame-ancestors"] == ("http://acme.localhost:8000 http://pay.acme.example:8000")
    for name in ("frame-src", "worker-src", "object-src", "manifest-src"):
        assert policy[name] == "'none'"


def test_what_is_released_reaches_the_servers_that_its_release_took_along(
    web_app: App, program: MiniProgram, cast: Cast
) -> None:
    version, taken = uploaded(program), {"server_domains": ["api.reviewed.example"]}
    make_release(program, production(web_app), version, status=Status.FULL, configuration=taken)
    ProgramOnTarget.objects.update(server_domains=["api.later.example"])

    released = check_headers(fetch(version, "/pages/index/index.html"))
    preview = preview_path(version, cast.developer, "pages/index/index.html")
    previewed = check_headers(fetch(version, preview))

    assert "https://api.reviewed.example" in released["connect-src"]
    assert "later" not in released["connect-src"] + released["img-src"]
    Plan.objects.update(stable_configuration={})
    none = check_headers(fetch(version, "/pages/index/index.html"))
    assert none["connect-src"] == f"http://{host_of(version)}"
    assert previewed["connect-src"] == released["connect-src"]


def test_only_what_is_live_on_the_web_is_served(
    cast: Cast, release: Release, web_app: App, program: MiniProgram
) -> None:
    first = release()
    second = uploaded(program)
    wallet = make_app(cast.acme, "wallet")
    put_live(program, production(wallet), second, at=AT)

    assert fetch(first, "/app.css").status_code == 200
    assert fetch(second, "/app.css").status_code == 404

    put_live(program, production(web_app), second, at=AT)
    assert fetch(first, "/app.css").status_code == 404
    assert fetch(second, "/app.css").status_code == 200

    put_live(program, production(web_app), None, at=AT)
    assert fetch(second, "/app.css").status_code == 404


def test_an_archived_program_is_not_served(release: Release, program: MiniProgram) -> None:
    version = release()
    MiniProgram.objects.filter(id=program.id).update(archived_at=AT)

    assert fetch(version, "/app.css").status_code == 404


@pytest.mark.parametrize(
    "host",
    [
        "content.localhost:8000",
        "acme.content.localhost:8000",
        "www.content.localhost:8000",
        "a.b.content.localhost:8000",
        f"{'0' * 26}.content.localhost:8000",
        f"{'z' * 26}.content.localhost:8000",
        f"{'-' * 26}.content.localhost",
        "acme.localhost.content.localhost",
    ],
)
def test_a_host_that_is_no_versions_names_nobody(cast: Cast, host: str) -> None:
    for path in ("/", "/sign-in/", "/static/ui/css/reset.css", "/miniapp/com.example.tips"):
        answer = fetch(host, path)
        text = body_of(answer).decode()
        assert answer.status_code == 404
        assert answer.headers["Content-Security-Policy"] == NOTHING
        assert "Acme" not in text
        assert "acme" not in text


def test_a_label_is_spelled_in_one_way(release: Release) -> None:
    version = release()
    label = version.label

    assert version_in(label) == version.id
    assert fetch(f"{label.upper()}.CONTENT.localhost.:8000", "/app.css").status_code == 200
    confused = label.replace("0", "o").replace("1", "l")
    assert confused != label
    assert version_in(confused) is None
    assert fetch(f"{confused}.content.localhost", "/app.css").status_code == 404
    assert fetch(f"x.{label}.content.localhost", "/app.css").status_code == 404
    assert version_in("٠" * 26) is None


def test_a_version_is_not_found_on_a_workspaces_host(cast: Cast, release: Release) -> None:
    version = release()

    for host in ("acme.localhost:8000", f"{version.label}.localhost:8000"):
        answer = Client(headers={"host": host}).get("/app.css")
        assert answer.status_code == 404


@pytest.mark.parametrize("path", ODD_PATHS)
def test_no_path_leads_out_of_the_package_or_into_the_portal(release: Release, path: str) -> None:
    answer = fetch(release(), path)

    check_headers(answer)
    assert answer.status_code == 404


def test_a_service_worker_is_not_served(release: Release) -> None:
    assert fetch(release(), "/app.js", service_worker="script").status_code == 404


def test_a_member_of_the_workspace_is_nobody_there(cast: Cast, browse: Any, release: Any) -> None:
    version = release()
    browser = browse(cast.acme, cast.admin)

    answer = browser.get("/app.css", headers={"host": host_of(version)})

    check_headers(answer)
    assert answer.headers["Cache-Control"].startswith("public")


def test_the_certificate_of_a_host_is_made_for_versions_alone(
    cast: Cast, release: Release, program: MiniProgram
) -> None:
    live, other = release(), uploaded(program)

    assert is_host_of_a_version(live.label)
    assert is_host_of_a_version(other.label)
    for label in ("acme", "", "0" * 26, live.label.upper(), live.label[:-1], f"{live.label}x"):
        assert not is_host_of_a_version(label)


def test_in_production_all_is_answered_by_https(settings: Any, release: Release) -> None:
    version = release()
    site = django_settings.PORTICO_SITE
    settings.PORTICO_SITE = replace(
        site, scheme="https", port="", base_domain="example.org", any_host=False,
        content_domain="content.example", default_slug="",
    )  # fmt: skip
    settings.SECURE_HSTS_SECONDS = 31_536_000
    host = f"{version.label}.content.example"
    client = Client(headers={"host": f"{host}:80"})

    plain = client.get("/a b?c=d")
    secure = client.get("/app.css", secure=True)
    forged = Client(headers={"host": "evil.example/.content.example"}).get("/app.css")

    assert forged.status_code == 404
    assert "Location" not in forged.headers
    assert plain.status_code == 301
    assert plain.headers["Location"] == f"https://{host}/a%20b?c=d"
    assert secure.status_code == 200
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"
    policy = check_headers(secure)
    assert policy["default-src"] == f"https://{host}"
    assert policy["frame-ancestors"] == "https://acme.example.org"
