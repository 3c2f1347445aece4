"""Every page and every operation of the API, for an admin who has not accepted: what needs a
permission and is not `ungated` leads to the documents, whichever way it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from conftest import Cast
from portico.accounts.second_factor.urls import account_urlpatterns as second_factor_pages
from portico.audit.models import AuditEntry
from portico.basic_settings.tests.pages import send
from portico.config.api import api
from portico.kernel.access import access_of
from portico.legal.models import LegalKind, LegalLedger
from portico.outbox.models import Event
from portico.service_email.models import Mail
from tests.make import make_legal_version

Browse = Callable[..., Client]

OPEN_PAGES = {"accept_documents", "open_document", "decline_documents", "account_profile"}
# Where the gate of the second factor is opened, whatever the documents say: the two open one after
# the other and never lead in a circle.
OPEN_PAGES |= {str(one.name) for one in second_factor_pages}
OPEN_OPERATIONS = {"GET /account/acceptances", "POST /account/acceptances"}

# What stands in addresses, by the name of their converter; the gate comes before it is looked at.
SAMPLES: dict[str, object] = {
    "IntConverter": 1,
    "KindConverter": LegalKind.PRIVACY,
    "SlugConverter": "en",
    "StringConverter": "en",
    "UUIDConverter": UUID(int=7),
}
SLUGS = {"name": "about-us", "sha256": "0" * 64}
WAYS: tuple[tuple[str, dict[str, str]], ...] = (("GET", {}), ("POST", {"HX-Request": "true"}))


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    """Every address of the program."""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one)
        else:
            yield one


def members_pages() -> dict[str, str]:
    """The address of each page that needs a permission, by name."""
    found: dict[str, str] = {}
    for one in patterns(get_resolver()):
        access = access_of(one.callback)
        if access is not None and access.permission is not None:
            converters = one.pattern.converters.items()
            args = {key: SLUGS.get(key, SAMPLES[type(to).__name__]) for key, to in converters}
            found[str(one.name)] = reverse(str(one.name), kwargs=args)
    return found


def members_operations() -> list[str]:
    """Each operation of the API that needs a permission, by method and path."""
    return [
        f"{method} {router.prefix.rstrip('/')}{path}".rstrip("/")
        for router in api._get_bound_routers()
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
        if operation.auth_callbacks
    ]


def leads_to_the_documents(answer: Any) -> bool:
    """Whether there is nothing in this answer but the way to the documents."""
    where = answer.headers.get("Location", "") or answer.headers.get("HX-Redirect", "")
    return (
        answer.status_code in {302, 403}
        and where.startswith("/legal/accept/?")
        and not answer.content
    )


def written() -> list[int]:
    """How much is written down, whatever it is about."""
    kinds: list[type[Model]] = [AuditEntry, Event, LegalLedger, Mail]
    return [kind._default_manager.count() for kind in kinds]


def test_of_the_pages_only_those_open_where_one_reads_and_answers(
    cast: Cast, browse: Browse
) -> None:
    make_legal_version(cast.acme)
    browser, before = browse(cast.acme, cast.admin), written()
    pages = {name: path for name, path in members_pages().items() if name not in OPEN_PAGES}

    around = [
        (name, method, headers)
        for (name, path), (method, headers) in product(pages.items(), WAYS)
        if not leads_to_the_documents(browser.generic(method, path, headers=headers))
    ]

    assert around == []
    assert len(pages) > 60
    assert written() == before


def test_of_the_api_only_the_operation_answers_that_says_what_to_accept(
    cast: Cast, call: Browse
) -> None:
    make_legal_version(cast.acme)
    caller, before = call(cast.acme, cast.admin), written()
    path_of = {name: f"/api/v1{name.partition(' ')[2]}" for name in members_operations()}

    codes: dict[str, set[str]] = {}
    for name, path in path_of.items():
        address = path.replace("{", "").replace("}", "")
        answer = caller.generic(name.partition(" ")[0], address, "{", "application/json")
        problem = answer.json() if answer.status_code == 403 else {}
        code = problem.get("code", "")
        codes.setdefault(code, set()).add(name)

    closed = codes.pop("terms_acceptance_required")
    assert set().union(*codes.values()) == OPEN_OPERATIONS
    assert len(closed) > 50
    assert written() == before


def test_a_preview_that_was_begun_before_shows_no_draft_any_more(
    cast: Cast, browse: Browse
) -> None:
    admin = browse(cast.acme, cast.admin)
    send(admin, "about-us", {"url": "https://draft.example.com/"}, action="preview")
    before = admin.get("/").text

    make_legal_version(cast.acme)

    assert "https://draft.example.com/" in before
    assert "https://draft.example.com/" not in admin.get("/").text
