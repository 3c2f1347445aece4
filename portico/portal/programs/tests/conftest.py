"""A program on the web: what is live, and a browser on the origin of a version."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponseBase
from django.test import Client

from conftest import Cast
from portico.kernel.clock import now
from portico.miniprograms.models import MiniProgram, Version
from portico.miniprograms.services import put_live
from portico.portal.programs.previews import make_preview
from portico.targets.models import App, Environment, ReleaseTarget
from portico.workspaces.models import Membership
from tests.make import AT, make_app, make_program, make_version
from tests.packages import FIRST, make_manifest, make_package

APP_ID = "com.example.tips"
Files = Mapping[str, bytes | str]


@pytest.fixture
def web_app(cast: Cast) -> App:
    """The app of `acme` whose Production is on the web."""
    return make_app(cast.acme, "web", is_web=True)


@pytest.fixture
def program(cast: Cast) -> MiniProgram:
    """A program that `developer` works on."""
    return make_program(cast.acme, APP_ID, developer=cast.developer, description="Split a bill.")


def production(app: App) -> ReleaseTarget:
    return app.targets.get(environment=Environment.PRODUCTION)


Release = Callable[..., Version]


@pytest.fixture
def release(web_app: App, program: MiniProgram) -> Release:
    """`release({"a.txt": "…"})`: a version with these files, live for everybody."""

    def released(files: Files | None = None, **made: object) -> Version:
        version = uploaded(program, files, **made)  # type: ignore[arg-type]
        put_live(program, production(web_app), version, at=AT)
        return version

    return released


def uploaded(
    program: MiniProgram,
    files: Files | None = None,
    *,
    stored: tuple[str, ...] = (),
    **members: object,
) -> Version:
    """A version with these files that nobody has released. `stored` ones are not compressed;
    `members` are of its manifest."""
    code = program.highest_code + 1
    manifest = make_manifest(program.app_id, code=code, **members)
    package = make_package(program.app_id, files=files, manifest=manifest)
    package = _with_stored(package, stored)
    return make_version(program, code=code, package=package, manifest=manifest)


def _with_stored(package: bytes, names: tuple[str, ...]) -> bytes:
    if not names:
        return package
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as before, zipfile.ZipFile(made, "w") as after:
        for info in before.infolist():
            method = zipfile.ZIP_STORED if info.filename in names else zipfile.ZIP_DEFLATED
            after.writestr(zipfile.ZipInfo(info.filename, FIRST), before.read(info), method)
    return made.getvalue()


def host_of(version: Version) -> str:
    """The host that a version alone has."""
    return f"{version.label}.{settings.PORTICO_DOMAINS.content_domain}:8000"


def fetch(
    version: Version | str, path: str = "/", *, method: str = "get", **headers: str
) -> HttpResponseBase:
    """What a stranger's browser gets from the origin of a version, or from a host."""
    host = version if isinstance(version, str) else host_of(version)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    answer: HttpResponseBase = getattr(Client(headers={"host": host}), method)(path, headers=sent)
    return answer


def body_of(answer: HttpResponseBase) -> bytes:
    """All of an answer, streamed or not."""
    return b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]


def preview_path(
    version: Version, member: Membership, path: str = "", *, at: datetime | None = None
) -> str:
    """A path in a preview that was begun just now, or at that time."""
    token = make_preview(version.id, member=member, at=at or now())
    return f"/~{token}/{path}"


def directives(policy: str) -> dict[str, str]:
    """A policy's directives by name."""
    parts = (part.strip().partition(" ") for part in policy.split(";"))
    return {name: rest for name, _space, rest in parts}


def check_headers(answer: Any) -> dict[str, str]:
    """What must be true of every answer below the content domain; returns its policy."""
    policy = directives(answer.headers["Content-Security-Policy"])
    assert "allow-same-origin" not in policy["sandbox"]
    assert "allow-top-navigation" not in policy["sandbox"]
    assert "allow-popups" not in policy["sandbox"]
    assert policy["form-action"] == policy["base-uri"] == "'none'"
    assert "'unsafe-eval'" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert not answer.cookies
    assert "Set-Cookie" not in answer.headers
    return policy
