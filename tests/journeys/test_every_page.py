"""axe finds nothing on any page: wide and narrow, light and dark.

Each page is looked at in one of two ways, in turns, and with `make soak` in all four.
"""

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
    "/console/programs/com.example.split/delivery/",
    "/console/programs/com.example.split/delivery/?target=wallet%2Fproduction&user=u-1",
    "/console/approvals/",
    "/console/approvals/?q=nothing-like-this",
    "/console/approvals/own/",
    "/console/approvals/all/",
    "/console/releases/",
    "/console/releases/?q=nothing-like-this",
    "/console/apps/",
    "/console/apps/?q=nothing-like-this",
    "/console/apps/new/",
    "/console/reviewers/",
    "/console/reviewers/new/",
    "/console/test-groups/",
    "/console/test-groups/?q=nothing-like-this",
    "/console/test-groups/new/",
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
    "/settings/tenant/release-process/edit/",
    "/settings/tenant/release-process/try/",
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


EVERY = slice(None)


@pytest.mark.parametrize(
    ("width", "scheme", "pages"),
    [
        pytest.param(1440, "light", slice(0, None, 2), id="every other wide and light"),
        pytest.param(390, "dark", slice(1, None, 2), id="the others narrow and dark"),
        pytest.param(1440, "light", EVERY, id="wide and light", marks=pytest.mark.soak),
        pytest.param(390, "dark", EVERY, id="narrow and dark", marks=pytest.mark.soak),
        pytest.param(1440, "dark", EVERY, id="wide and dark", marks=pytest.mark.soak),
        pytest.param(390, "light", EVERY, id="narrow and light", marks=pytest.mark.soak),
    ],
)
def test_axe_finds_nothing_on_any_page(
    visit: Visit, find_nothing: Callable[[Visitor], None], width: int, scheme: str, pages: slice
) -> None:
    stranger = visit(width=width, scheme=scheme, at="acme")
    for path in OPEN[pages]:
        stranger.go(path)
        find_nothing(stranger)
        refuse_sideways_scrolling(stranger)
    admin = visit(width=width, scheme=scheme, at="acme").sign_in("admin")
    for path in INSIDE[pages]:
        assert admin.go(path) == 200, path
        find_nothing(admin)
        refuse_sideways_scrolling(admin)


def refuse_sideways_scrolling(visitor: Visitor) -> None:
    wider = visitor.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wider <= 0, f"{visitor.page.url} is {wider} px wider than its window"
