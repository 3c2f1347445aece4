"""Hostile files, sent by the page and by the API: refused in plain words, or harmless.

Some of each kind, and with `make soak` all of them. `tests/hostile/images` always takes in all.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.basic_settings.services import live, live_settings
from portico.branding.rules import Purpose
from portico.branding.section import section
from portico.branding.tests.uploads import png, send, upload
from portico.branding.wearing import kit_of
from portico.files.models import StoredFile
from portico.files.services import file_of, read
from portico.workspaces.models import Workspace
from tests.hostile.images import corpus
from tests.hostile.images.corpus import Case

GROUPS = {
    "svg": corpus.SVGS,
    "bombs": corpus.BOMBS,
    "damaged": corpus.DAMAGED,
    "other formats": corpus.OTHER_FORMATS,
    "two in one": corpus.TWO_IN_ONE,
    "rare": corpus.RARE,
}
# How many forms, or files, of a group are sent.
SOME, ALL = 2, 1_000
groups = pytest.mark.parametrize(
    ("group", "most"),
    [
        *[pytest.param(name, SOME, id=f"some {name}") for name in GROUPS],
        *[pytest.param(name, ALL, id=f"all {name}", marks=pytest.mark.soak) for name in GROUPS],
    ],
)


@dataclass
class Desk:
    """An admin's browser and API client, and what they find wrong."""

    workspace: Workspace
    browser: Client
    api: Client
    wrong: list[str]

    def live_number(self) -> int:
        return live(self.workspace, section).number

    def expect(self, case: Case, what: str, truth: bool) -> None:
        """Note what is not so."""
        if not truth:
            self.wrong.append(f"{case}: {what}")


@pytest.fixture
def desk(cast: Cast, browse: Callable[..., Client], call: Callable[..., Client]) -> Desk:
    """An admin whose workspace has a logo."""
    found = Desk(cast.acme, browse(cast.acme, cast.admin), call(cast.acme, cast.admin), [])
    send(found.browser, logo=png("#123456"))
    return found


def test_the_groups_and_the_forms_are_the_whole_corpus() -> None:
    forms = [
        form
        for cases in GROUPS.values()
        for expect in ("refused", "harmless")
        for form in forms_of(cases, expect)
    ]

    assert sum(map(len, GROUPS.values())) == len(corpus.CASES)
    assert {str(case) for form in forms for case in form.values()} == set(map(str, corpus.CASES))


def forms_of(cases: tuple[Case, ...], expect: str) -> Iterator[dict[str, Case]]:
    """Forms that send these files, up to three at once: a logo may be the dark one as well."""
    icons = [one for one in cases if one.expect == expect and one.purpose is Purpose.FAVICON]
    logos = [one for one in cases if one.expect == expect and one.purpose is Purpose.LOGO]
    for one, two, three in zip_longest(logos[::2], logos[1::2], icons):
        sent = {"logo": one, "dark_logo": two, "favicon": three}
        yield {field: case for field, case in sent.items() if case is not None}


@groups
def test_the_page_refuses_every_file_that_is_to_be_refused(
    desk: Desk, group: str, most: int
) -> None:
    worn = kit_of(live_settings(desk.workspace))

    for form in islice(forms_of(GROUPS[group], "refused"), most):
        chosen: dict[str, Any] = {
            field: upload(case.content(), case.filename) for field, case in form.items()
        }
        answer = send(desk.browser, based_on=1, brand_color="#0b6e4f", **chosen)
        for case in form.values():
            desk.expect(case, "is refused", answer.status_code == 422)
            desk.expect(case, "says why", case.says in html.unescape(answer.text))
            desk.expect(case, "keeps the color", 'value="#0b6e4f"' in answer.text)

    assert desk.wrong == []
    assert desk.live_number() == 1
    assert kit_of(live_settings(desk.workspace)) == worn
    assert desk.browser.get("/").status_code == 200


@groups
def test_the_page_disarms_every_other_hostile_file(desk: Desk, group: str, most: int) -> None:
    for form in islice(forms_of(GROUPS[group], "harmless"), most):
        chosen: dict[str, Any] = {
            field: upload(case.content(), case.filename) for field, case in form.items()
        }
        number = desk.live_number()
        answer = send(desk.browser, based_on=number, **chosen)
        said = html.unescape(desk.browser.get("/settings/tenant/").text)
        for case in form.values():
            desk.expect(case, "is saved", answer.status_code == 302)
            desk.expect(case, "is live", desk.live_number() == number + 1)
            desk.expect(case, "says what it took out", case.says in said)
        for image in kit_of(live_settings(desk.workspace)).images.values():
            content = read(file_of(desk.workspace, image["sha256"])).lower()
            armed = [payload for payload in corpus.PAYLOADS if payload in content]
            desk.expect(case, f"is worn with {armed}", not armed)

    assert desk.wrong == []


@groups
def test_the_api_refuses_or_disarms_every_hostile_file(desk: Desk, group: str, most: int) -> None:
    refused = [case for case in GROUPS[group] if case.expect == "refused"]
    harmless = [case for case in GROUPS[group] if case.expect == "harmless"]
    for case in (*refused[:most], *harmless[:most]):
        before = StoredFile.objects.count()
        file = upload(case.content(), case.filename)
        answer = desk.api.post("/api/v1/files", {"purpose": case.purpose.value, "file": file})
        body = answer.json()
        if case.expect == "refused":
            desk.expect(case, "is refused", answer.status_code == 422)
            desk.expect(case, "says why", case.says in body["detail"])
            desk.expect(case, "has a code", body["code"] not in {"invalid", "unusable_picture"})
            desk.expect(case, "keeps nothing", StoredFile.objects.count() == before)
        else:
            desk.expect(case, "is taken in", answer.status_code == 201)
            desk.expect(case, "says what it took out", case.says in " ".join(body["removed"]))
            kept = read(file_of(desk.workspace, body["id"])).lower()
            armed = [payload for payload in corpus.PAYLOADS if payload in kept]
            desk.expect(case, f"holds {armed}", not armed)

    assert desk.wrong == []
    assert desk.live_number() == 1
