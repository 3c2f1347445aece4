"""axe finds nothing on any page: wide and narrow, light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Visit, Visitor

pytestmark = pytest.mark.browser

OPEN = (
    "/",
    "/sign-in/",
    "/sign-out/",
    "/password/reset/",
    "/password/reset/sent/",
    "/nothing/",
    "/miniapp/com.example.nothing",
    "/invitations/not-one/",
    "/cookies/",
    "/legal/",
    "/legal/terms-of-service",
    "/legal/privacy-policy/1",
    "/legal/declined/",
)
INSIDE = (
    "/console/",
    "/console/audit/",
    "/console/audit/?q=nothing-like-this",
    "/console/mail/",
    "/console/mail/?q=nothing-like-this",
    "/console/mail/retention/",
    "/console/webhooks/",
    "/console/webhooks/new/",
    "/console/programs/",
    "/console/programs/?q=nothing-like-this",
    "/console/programs/new/",
    "/console/apps/",
    "/console/apps/?q=nothing-like-this",
    "/console/apps/new/",
    "/console/reviewers/",
    "/console/reviewers/new/",
    "/console/members/",
    "/console/members/?q=nobody-like-this",
    "/console/members/invitations/",
    "/console/members/invite/",
    "/console/mail/demo-inbox/",
    "/settings/tenant/",
    "/settings/tenant/workspace/",
    "/settings/tenant/two-factor/",
    "/settings/tenant/as-code/",
    "/settings/tenant/branding/edit/",
    "/settings/tenant/about-us/edit/",
    "/settings/tenant/domain-preference/edit/",
    "/settings/tenant/domain-preference/check/",
    "/settings/tenant/domain-preference/instructions/",
    "/settings/tenant/service-email/edit/",
    "/settings/tenant/service-email/edit/?fill=demo",
    "/settings/tenant/copyright-notice/edit/",
    "/settings/tenant/service-email/test/",
    "/settings/tenant/terms-of-service/coverage/",
    "/settings/tenant/terms-of-service/documents/",
    "/settings/tenant/terms-of-service/documents/terms-of-service/",
    "/settings/tenant/terms-of-service/documents/privacy-policy/publish/",
    "/settings/tenant/terms-of-service/history/",
    "/legal/accept/",
    "/settings/tenant/branding/history/",
    "/settings/tenant/copyright-notice/history/",
    "/settings/tenant/copyright-notice/history/1/",
    "/settings/account/",
    "/settings/account/password/",
    "/settings/account/two-factor/",
    "/settings/account/two-factor/app/",
    "/settings/account/two-factor/passkeys/new/",
    "/settings/account/reauthenticate/",
    "/settings/account/sessions/",
    "/settings/account/tokens/",
)


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1440, "light"),
        (390, "dark"),
        pytest.param(1440, "dark", marks=pytest.mark.soak),
        pytest.param(390, "light", marks=pytest.mark.soak),
    ],
)
def test_axe_finds_nothing_on_any_page(
    visit: Visit, find_nothing: Callable[[Visitor], None], width: int, scheme: str
) -> None:
    stranger = visit(width=width, scheme=scheme, at="acme")
    for path in OPEN:
        stranger.go(path)
        find_nothing(stranger)
        refuse_sideways_scrolling(stranger)
    admin = visit(width=width, scheme=scheme, at="acme").sign_in("admin")
    for path in INSIDE:
        assert admin.go(path) == 200, path
        find_nothing(admin)
        refuse_sideways_scrolling(admin)


def refuse_sideways_scrolling(visitor: Visitor) -> None:
    wider = visitor.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wider <= 0, f"{visitor.page.url} is {wider} px wider than its window"
