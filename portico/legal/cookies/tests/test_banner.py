"""The banner: shown while a notice is in force and nothing was chosen, on every public page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.kernel.clock import now
from portico.legal.cookies.rules import Choice, Consent, allows_all, consent_in, is_answered
from portico.legal.models import LegalKind, LegalVersion
from portico.workspaces.models import Workspace
from tests.make import make_legal_version

Browse = Callable[..., Client]
BANNER = 'class="cookie-banner"'
CONSENT = "portico-consent"


def notice(
    workspace: Workspace, number: int = 1, *, material: bool = True, hours: int = -1
) -> LegalVersion:
    """A version of the Cookie Notice that comes into force so many hours from now."""
    at = now() + timedelta(hours=hours)
    return make_legal_version(
        workspace, LegalKind.COOKIES, number=number, material=material, effective_at=at
    )


def has_banner(client: Client, path: str = "/") -> bool:
    return BANNER in client.get(path).content.decode()


def choose(client: Client, choice: str, **sent: str) -> Any:
    return client.post("/cookies/", {"choice": choice, **sent})


PAGES = ["/", "/sign-in/", "/password/reset/", "/legal/cookie-notice", "/nothing-here/"]


@pytest.mark.parametrize("path", PAGES)
def test_public_pages_ask_where_there_is_a_notice(cast: Cast, browse: Browse, path: str) -> None:
    visitor = browse(cast.acme)
    assert not has_banner(visitor, path)

    notice(cast.acme)

    assert has_banner(visitor, path)
    assert not has_banner(browse(cast.zenith), "/")


@pytest.mark.parametrize("choice", list(Choice))
@pytest.mark.parametrize("path", PAGES)
def test_who_has_chosen_is_not_asked(cast: Cast, browse: Browse, choice: Choice, path: str) -> None:
    notice(cast.acme)
    visitor = browse(cast.acme)

    choose(visitor, choice)

    assert not has_banner(visitor, path)


def test_a_notice_that_is_coming_asks_nobody(cast: Cast, browse: Browse) -> None:
    notice(cast.acme, hours=1)

    assert not has_banner(browse(cast.acme))


def test_a_material_new_notice_asks_again_and_a_correction_does_not(
    cast: Cast, browse: Browse
) -> None:
    notice(cast.acme, hours=-9)
    visitor = browse(cast.acme)
    choose(visitor, "necessary")

    notice(cast.acme, 2, material=False, hours=-8)
    assert not has_banner(visitor)

    notice(cast.acme, 3, hours=-7)
    assert has_banner(visitor)
    choose(visitor, "necessary")
    assert not has_banner(visitor)


def test_the_banner_works_without_javascript_and_both_ways_weigh_the_same(
    cast: Cast, browse: Browse
) -> None:
    notice(cast.acme)

    page = browse(cast.acme).get("/sign-in/?next=/console/").content.decode()

    banner = page[page.index(BANNER) : page.index("</section>", page.index(BANNER))]
    assert 'method="post" action="/cookies/"' in banner
    assert 'name="next" value="/sign-in/?next=/console/"' in banner
    buttons = banner.split("<button")[1:]
    assert [('value="necessary"' in one, 'value="all"' in one) for one in buttons] == [
        (True, False),
        (False, True),
    ]
    assert ['data-tone="plain"' in one for one in buttons] == [True, True]
    assert 'href="/legal/cookie-notice"' in banner


def test_members_see_it_on_public_pages_and_not_in_the_console(cast: Cast, browse: Browse) -> None:
    notice(cast.acme)
    member = browse(cast.acme, cast.developer)

    assert has_banner(member)
    assert not has_banner(member, "/console/")


def test_the_footer_leads_to_the_documents_and_the_choice(cast: Cast, browse: Browse) -> None:
    for kind in LegalKind:
        make_legal_version(cast.acme, kind, effective_at=now() - timedelta(hours=1))

    for path in ("/", "/sign-in/", "/nothing-here/"):
        page = browse(cast.acme).get(path).content.decode()
        foot = page[page.index('class="portal-foot"') :]
        for address in ("terms-of-service", "privacy-policy", "cookie-notice"):
            assert f'href="/legal/{address}"' in foot
        assert 'href="/cookies/"' in foot


def test_the_console_has_the_links_too(cast: Cast, browse: Browse) -> None:
    notice(cast.acme)

    page = browse(cast.acme, cast.developer).get("/console/").content.decode()

    assert 'href="/legal/cookie-notice"' in page[page.index('class="console-foot"') :]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("necessary.3", Consent(Choice.NECESSARY, 3)),
        ("all.0", Consent(Choice.ALL, 0)),
        ("all", None),
        ("all.-1", None),
        ("all.01", None),
        ("all.1 ", None),
        ("some.1", None),
        ("all.1234567890", None),
        ("all.１", None),
        ("", None),
    ],
)
def test_only_what_we_would_have_written_is_read(text: str, found: Consent | None) -> None:
    assert consent_in(text) == found
    assert found is None or consent_in(str(found)) == found


def test_a_choice_counts_for_its_notice_and_for_corrections_of_it() -> None:
    chosen = Consent(Choice.ALL, 3)

    assert [is_answered(chosen, asking) for asking in (None, 2, 3, 4)] == [True, True, True, False]
    assert [is_answered(None, asking) for asking in (None, 1)] == [True, False]
    assert [allows_all(chosen, asking) for asking in (None, 3, 4)] == [True, True, False]
    assert not allows_all(None, None)
    assert not allows_all(Consent(Choice.NECESSARY, 3), 3)
