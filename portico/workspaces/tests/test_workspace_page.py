from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from conftest import Cast
from portico.workspaces.models import Workspace
from portico.workspaces.services import change_workspace
from tests.make import AT, actor

Browse = Callable[..., Client]
PAGE = "/settings/tenant/workspace/"
TYPED = {"name": "Acme Two", "default_language": "en", "time_zone": "UTC", "based_on": "1"}


def test_an_admin_changes_the_workspace(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin)

    answer = admin.post(PAGE, TYPED)

    assert answer.status_code == 302
    assert "Acme Two" in admin.get("/").content.decode()


def test_a_late_save_is_refused_keeps_what_was_typed_and_can_be_repeated(
    cast: Cast, browse: Browse
) -> None:
    change_workspace(
        cast.acme,
        name="Acme of somebody else",
        default_language="en",
        time_zone="UTC",
        based_on=1,
        by=actor(cast.admin),
        at=AT,
    )
    admin = browse(cast.acme, cast.admin)

    refused = admin.post(PAGE, TYPED)
    page = refused.content.decode()
    form = refused.context["form"]
    repeated = admin.post(PAGE, {**TYPED, "based_on": form["based_on"].value()})

    assert refused.status_code == 409
    assert 'value="Acme Two"' in page
    assert "Acme of somebody else" in page
    assert repeated.status_code == 302
    assert Workspace.objects.get(id=cast.acme.id).name == "Acme Two"


def test_an_empty_name_is_refused_beside_its_field(cast: Cast, browse: Browse) -> None:
    response = browse(cast.acme, cast.admin).post(PAGE, {**TYPED, "name": "  "})

    assert response.status_code == 422
    assert "name" in response.context["form"].errors


@pytest.mark.parametrize("role", ["developer", "reviewer", "operator", "inspector"])
def test_nobody_but_an_admin_may(cast: Cast, browse: Browse, role: str) -> None:
    response = browse(cast.acme, cast.members()[role]).post(PAGE, TYPED)

    assert response.status_code == 403
    assert Workspace.objects.get(id=cast.acme.id).name == "Acme Pay"
