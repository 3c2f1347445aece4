from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from conftest import Cast
from tests.make import PASSWORD

Browse = Callable[..., Client]
PAGES = ["", "password/", "sessions/", "tokens/"]


@pytest.mark.parametrize("page", PAGES)
def test_every_role_may_open_its_account(cast: Cast, browse: Browse, page: str) -> None:
    for member in cast.members().values():
        member.person.set_password(PASSWORD)
        member.person.save()

        response = browse(cast.acme, member).get(f"/settings/account/{page}")

        assert response.status_code == 200
        current = [area.url for area in response.context["settings_frame"].areas if area.current]
        assert current == [f"/settings/account/{page}"]


@pytest.mark.parametrize("page", PAGES)
def test_an_outsider_finds_no_account_page_here(cast: Cast, browse: Browse, page: str) -> None:
    response = browse(cast.acme, cast.outsider).get(f"/settings/account/{page}")

    assert response.status_code == 404


def test_only_who_may_read_settings_sees_the_tenant_tab(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin).get("/settings/account/")
    developer = browse(cast.acme, cast.developer).get("/settings/account/")

    assert [tab.url for tab in admin.context["settings_frame"].tabs] == [
        "/settings/tenant/",
        "/settings/account/",
    ]
    assert [tab.url for tab in developer.context["settings_frame"].tabs] == ["/settings/account/"]


def test_the_tenant_tab_leads_to_basic_settings_and_workspace(cast: Cast, browse: Browse) -> None:
    response = browse(cast.acme, cast.admin).get("/settings/tenant/workspace/")

    areas = [(area.url, area.current) for area in response.context["settings_frame"].areas]
    assert areas == [
        ("/settings/tenant/", False),
        ("/settings/tenant/workspace/", True),
        ("/settings/tenant/two-factor/", False),
        ("/settings/tenant/as-code/", False),
    ]


def test_a_profile_is_saved_and_shown_in_its_language(cast: Cast, browse: Browse) -> None:
    developer = browse(cast.acme, cast.developer)

    answer = developer.post(
        "/settings/account/",
        {"name": "Dev Two", "language": "zh-hans", "time_zone": "Asia/Tokyo"},
    )
    page = developer.get("/settings/account/").content.decode()

    assert answer.status_code == 302
    assert 'value="Dev Two"' in page
    assert '<html lang="zh-hans"' in page


def test_a_wrong_time_zone_is_refused_beside_its_field(cast: Cast, browse: Browse) -> None:
    response = browse(cast.acme, cast.developer).post(
        "/settings/account/", {"name": "Dev", "time_zone": "Mars/Olympus"}
    )

    assert response.status_code == 422
    assert "time_zone" in response.context["form"].errors


def test_a_wrong_current_password_changes_nothing(cast: Cast, browse: Browse) -> None:
    person = cast.developer.person
    person.set_password(PASSWORD)
    person.save()

    response = browse(cast.acme, cast.developer).post(
        "/settings/account/password/",
        {"oldpassword": "wrong", "password1": "another one 2026", "password2": "another one 2026"},
    )

    person.refresh_from_db()
    assert response.status_code == 422
    assert person.check_password(PASSWORD)


def test_who_never_had_a_password_is_led_to_where_one_is_set(cast: Cast, browse: Browse) -> None:
    response = browse(cast.acme, cast.developer).get("/settings/account/password/")

    assert response.status_code == 302
    assert response.headers["Location"] == "/password/reset/"
