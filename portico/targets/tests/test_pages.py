"""The pages of apps."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.targets.models import App, Environment, ReleaseTarget, TargetKey
from portico.targets.queries import target_of_key
from portico.targets.services import archive_app, make_key, revoke_key, rotate_key
from portico.targets.tests.conftest import target
from portico.workspaces.models import Workspace
from tests.make import AT, actor, make_app

LIST = "/console/apps/"


@pytest.fixture
def admin(cast: Cast, browse: Callable[..., Client]) -> Client:
    """The admin's browser."""
    return browse(cast.acme, cast.admin)


def names(page: bytes) -> list[str]:
    """The apps on a page of the list."""
    return re.findall(r"<strong><bdi>([^<]*)</bdi></strong>", page.decode())


def make_apps(workspace: Workspace, many: int) -> None:
    """That many apps with both targets."""
    apps = App.objects.bulk_create(
        App(id=new_id(), workspace=workspace, code=f"app-{n:04}", name=f"App {n:04}")
        for n in range(many)
    )
    ReleaseTarget.objects.bulk_create(
        ReleaseTarget(workspace=workspace, app=app, environment=environment)
        for app in apps
        for environment in Environment
    )


def test_an_empty_list_says_what_an_app_is_and_what_to_do(admin: Client) -> None:
    page = admin.get(LIST).content.decode()

    assert "An app is a build of your super app" in page
    assert page.count('href="/console/apps/new/"') == 1


def test_the_list_is_searched_filtered_and_sorted(cast: Cast, admin: Client) -> None:
    for code in ("beta", "alpha-web", "gamma"):
        make_app(cast.acme, code)
    archive_app(cast.acme, App.objects.get(code="gamma").id, by=actor(cast.admin), at=AT)
    make_app(cast.zenith, "alpha-theirs")

    found = {
        query: names(admin.get(f"{LIST}?{query}").content)
        for query in (
            "",
            "q=ALPHA",
            "q=web+alp",
            "q=nothing",
            "q=%00",
            "state=active",
            "state=archived",
            "state=odd",
            "sort=-name",
            "sort=-made",
            "sort=odd",
        )
    }

    everything = ["Alpha-Web", "Beta", "Gamma"]
    assert found == {
        "": everything,
        "q=ALPHA": ["Alpha-Web"],
        "q=web+alp": ["Alpha-Web"],
        "q=nothing": [],
        "q=%00": everything,
        "state=active": ["Alpha-Web", "Beta"],
        "state=archived": ["Gamma"],
        "state=odd": everything,
        "sort=-name": everything[::-1],
        "sort=-made": ["Gamma", "Alpha-Web", "Beta"],
        "sort=odd": everything,
    }


def test_the_list_comes_in_pages_for_a_fixed_number_of_queries(cast: Cast, admin: Client) -> None:
    make_apps(cast.acme, 1)
    for _visit in range(2):  # what a process remembers, and what a session notes of itself
        admin.get(LIST)

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert admin.get(address).status_code == 200
        return len(asked)

    with_one = queries(LIST)
    make_apps_more(cast.acme, 119)
    for app in App.objects.filter(workspace=cast.acme)[:20]:
        make_key(target(app, Environment.SANDBOX), "Build", by=actor(cast.admin), at=AT)

    assert queries(LIST) == with_one
    assert queries(f"{LIST}?page=3&sort=code") == with_one
    assert names(admin.get(f"{LIST}?page=3&sort=code").content)[-1] == "More 0118"


def make_apps_more(workspace: Workspace, many: int) -> None:
    """That many apps beside those that are there."""
    App.objects.bulk_create(
        App(id=new_id(), workspace=workspace, code=f"more-{n:04}", name=f"More {n:04}")
        for n in range(many)
    )
    ReleaseTarget.objects.bulk_create(
        ReleaseTarget(workspace=workspace, app=app, environment=environment)
        for app in App.objects.filter(workspace=workspace, code__startswith="more-")
        for environment in Environment
    )


def test_an_app_shows_its_two_targets_with_their_keys(
    cast: Cast, admin: Client, app: App, production: ReleaseTarget, sandbox: ReleaseTarget
) -> None:
    by, at = actor(cast.admin), now()
    live, secret = make_key(production, "Store build", by=by, at=at)
    rotated, _secret = make_key(sandbox, "Test build", by=by, at=at)
    rotate_key(rotated, overlap=timedelta(days=7), by=by, at=at)
    revoked, _secret = make_key(sandbox, "Lost laptop", by=by, at=at)
    revoke_key(revoked, by=by, at=at)

    page = admin.get(f"{LIST}{app.id}/").content.decode()

    first, second = page.split('id="production"')[1].split('id="sandbox"')
    assert f"{live.hint}…" in first
    assert "Test build" not in first
    assert second.count("Test build") >= 2
    assert "in 7 days" in re.sub(r"<[^>]*>", "", second)
    assert "Lost laptop" in second.split("Keys that work no longer", 1)[1]
    assert secret not in page
    assert live.digest not in page


def test_an_app_page_takes_a_fixed_number_of_queries(
    cast: Cast, admin: Client, app: App, sandbox: ReleaseTarget
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert admin.get(f"{LIST}{app.id}/").status_code == 200
        return len(asked)

    queries()
    queries()
    without = queries()
    for number in range(10):
        key, _secret = make_key(sandbox, f"Key {number}", by=actor(cast.admin), at=AT)
        rotate_key(key, overlap=timedelta(0), by=actor(cast.admin), at=AT)

    assert queries() == without


def test_a_new_key_is_shown_once_and_by_no_cache(
    cast: Cast, admin: Client, app: App, sandbox: ReleaseTarget
) -> None:
    address = f"{LIST}{app.id}/sandbox/keys/new/"

    shown = admin.post(address, {"name": "Build server"})

    (secret,) = set(re.findall(r"pk_sand_[\w-]{43}", shown.content.decode()))
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert target_of_key(secret, cast.acme, at=now()) == sandbox
    assert secret not in admin.get(f"{LIST}{app.id}/").content.decode()

    again = admin.post(address, {"name": "Build server"})  # the same form, sent again

    assert again.status_code == 422
    assert TargetKey.objects.count() == 1


def test_a_rotated_key_shows_the_new_one_and_says_when_the_old_one_ends(
    cast: Cast, admin: Client, app: App, production: ReleaseTarget
) -> None:
    old, _secret = make_key(production, "Build server", by=actor(cast.admin), at=now())
    address = f"{LIST}{app.id}/production/keys/{old.id}/rotate/"

    form = admin.get(address)
    shown = admin.post(address, {"overlap": 24})

    assert form.status_code == 200
    page = shown.content.decode()
    assert re.search(r"pk_prod_[\w-]{43}", page)
    assert f"The old key, {old.hint}…, works beside it" in page
    assert shown.headers["Cache-Control"] == "private, no-store"

    again = admin.post(address, {"overlap": 24})

    assert again.status_code == 409
    assert "was rotated already" in again.content.decode()
    assert admin.post(address, {"overlap": 5}).status_code == 422


def test_what_is_done_is_said_and_so_is_why_not(
    cast: Cast, admin: Client, app: App, production: ReleaseTarget
) -> None:
    key, _secret = make_key(production, "Build server", by=actor(cast.admin), at=now())
    web = make_app(cast.acme, "web", is_web=True)

    def said(path: str, **sent: object) -> str:
        page = admin.post(f"{LIST}{app.id}/{path}/", sent, follow=True).content.decode()
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page.split("<main")[1]))

    assert "“Build server” is revoked" in said(f"production/keys/{key.id}/revoke")
    assert "is revoked already" in said(f"production/keys/{key.id}/revoke")
    assert "The web app of this workspace is “Web” by now" in said("web", instead_of="")
    assert "“Pay-Android” is the web app now" in said("web", instead_of=web.id)
    assert "the workspace has none" in said("web/end")
    assert "is not the web app" in said("web/end")
    assert "None of its keys works" in said("archive")
    assert "is archived already" in said("archive")
    assert "is in use again" in said("restore")
    assert "is not archived" in said("restore")
    assert admin.post(f"{LIST}{app.id}/web/", {"instead_of": "nonsense"}).status_code == 404


def test_a_second_web_app_is_named_before_and_after_it_is_asked_for(
    cast: Cast, admin: Client
) -> None:
    make_app(cast.acme, "first-web", is_web=True)

    before = admin.get(f"{LIST}new/").content.decode()
    refused = admin.post(f"{LIST}new/", {"name": "Web", "code": "web", "is_web": "on"})

    assert "“First-Web”" in before
    assert refused.status_code == 422
    assert "“First-Web” (first-web) is the web app" in refused.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "",
        "edit/",
        "archive/",
        "restore/",
        "web/",
        "web/end/",
        "sandbox/keys/new/",
        "sandbox/keys/{key}/rotate/",
        "sandbox/keys/{key}/revoke/",
    ],
)
def test_nothing_of_another_workspace_is_there(
    cast: Cast, sandbox: ReleaseTarget, browse: Callable[..., Client], path: str
) -> None:
    key, _secret = make_key(sandbox, "Build server", by=actor(cast.admin), at=AT)
    stranger = browse(cast.zenith, cast.outsider)
    address = f"{LIST}{sandbox.app_id}/{path.format(key=key.id)}"

    answers = {stranger.get(address).status_code, stranger.post(address, {}).status_code}

    assert answers <= {404, 405}
    assert 404 in answers
    key.refresh_from_db()
    assert (key.revoked_at, key.expires_at) == (None, None)


def test_an_app_that_never_was_is_not_found(admin: Client) -> None:
    assert admin.get(f"{LIST}{UUID(int=5)}/").status_code == 404
