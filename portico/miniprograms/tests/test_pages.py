"""The pages of mini programs: what each shows, takes and refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import Cast
from portico.audit.services import PLATFORM
from portico.miniprograms import services
from portico.miniprograms.models import MiniProgram
from portico.miniprograms.queries import set_up_of, who_tests
from portico.miniprograms.services import Particulars, SetUp
from portico.targets.models import ReleaseTarget
from tests.make import AT, make_app, make_program, make_version

pytestmark = pytest.mark.django_db
Browse = Callable[..., Client]
LIST = "/console/programs/"


@pytest.fixture
def program(cast: Cast) -> MiniProgram:
    return make_program(cast.acme, "com.example.rail", name="Rail", admin=cast.developer)


@pytest.fixture
def sandbox(cast: Cast) -> ReleaseTarget:
    app = make_app(cast.acme, "pay")
    return ReleaseTarget.objects.select_related("app").get(app=app, environment="sandbox")


@pytest.mark.parametrize(
    ("who", "says"),
    [
        ("admin", "Make one, upload a version"),
        ("developer", "Make one, upload a version"),
        ("reviewer", "once a developer or an admin of the workspace has made one"),
        ("operator", "You see those that you are assigned to"),
    ],
)
def test_an_empty_list_says_what_to_do_next(
    cast: Cast, browse: Browse, who: str, says: str
) -> None:
    page = browse(cast.acme, getattr(cast, who)).get(LIST).content.decode()

    assert "No mini program yet" in page
    assert says in page


def test_a_search_without_a_hit_shows_a_way_back(
    cast: Cast, browse: Browse, program: MiniProgram
) -> None:
    browser = browse(cast.acme, cast.admin)

    page = browser.get(f"{LIST}?q=nothing&kind=magic&after=cut-off&live=on:x").content.decode()

    assert program.name not in page
    assert "No mini program fits" in page
    assert "Show everything in use" in page


def test_a_developer_makes_a_program_on_the_page(cast: Cast, browse: Browse) -> None:
    browser = browse(cast.acme, cast.developer)
    wanted = {"name": "Rail", "app_id": "com.example.rail", "kind": "package"}

    refused = browser.post(f"{LIST}new/", {**wanted, "app_id": "rail"})
    made = browser.post(f"{LIST}new/", wanted)

    assert refused.status_code == 422
    assert "at least two parts" in refused.content.decode()
    assert 'value="Rail"' in refused.content.decode()
    assert made.headers["Location"] == f"{LIST}com.example.rail/"
    assert "com.example.rail" in browser.get(LIST).content.decode()


def test_what_is_live_and_set_up_is_shown_on_the_pages(
    cast: Cast, browse: Browse, program: MiniProgram, sandbox: ReleaseTarget
) -> None:
    services.put_live(program, sandbox, make_version(program), at=AT)
    services.set_up(program, sandbox, SetUp(["api.example.com"]), revision=0, by=PLATFORM, at=AT)
    browser = browse(cast.acme, cast.inspector)

    overview = browser.get(f"{LIST}com.example.rail/").content.decode()
    set_up = browser.get(f"{LIST}com.example.rail/set-up/").content.decode()

    assert "1.0.1" in overview
    assert "Archive…" not in overview
    assert "api.example.com" in set_up
    assert "/set-up/pay/sandbox/" not in set_up


def test_a_change_that_came_first_is_shown_and_what_was_typed_stays(
    cast: Cast, browse: Browse, program: MiniProgram
) -> None:
    browser = browse(cast.acme, cast.developer)
    services.change_program(program, Particulars("Theirs"), revision=1, by=PLATFORM, at=AT)
    address = f"{LIST}com.example.rail/edit/"

    stale = browser.post(address, {"name": "Mine", "based_on": 1})
    again = browser.post(address, {"name": "Mine", "based_on": 2})

    page = stale.content.decode()
    assert stale.status_code == 409
    assert "Theirs" in page
    assert 'value="Mine"' in page
    assert 'name="based_on" value="2"' in page
    assert again.status_code == 302
    assert MiniProgram.objects.get(id=program.id).name == "Mine"


def test_lines_of_a_set_up_that_are_wrong_are_named_and_kept(
    cast: Cast, browse: Browse, program: MiniProgram, sandbox: ReleaseTarget
) -> None:
    browser = browse(cast.acme, cast.developer)
    address = f"{LIST}com.example.rail/set-up/pay/sandbox/"
    sent = {"server_domains": "a.example.com\nhttp://b.example.com", "name_1": "A", "value_1": "1"}

    refused = browser.post(address, {**sent, "based_on": 0}).content.decode()
    saved = browser.post(address, {**sent, "server_domains": "a.example.com", "based_on": 0})
    stale = browser.post(address, {"server_domains": "b.example.com", "based_on": 0})

    assert "Line 2: " in refused
    assert "http://b.example.com" in refused
    assert saved.status_code == 302
    assert set_up_of(program, sandbox).variables == {"A": "1"}
    assert stale.status_code == 409
    assert "a.example.com" in stale.content.decode()


def test_testers_come_from_lines_or_from_a_file(
    cast: Cast, browse: Browse, program: MiniProgram, sandbox: ReleaseTarget
) -> None:
    browser = browse(cast.acme, cast.developer)
    address = f"{LIST}com.example.rail/testers/pay/sandbox/"

    typed = browser.post(address, {"testers": "u-1, Ada\nu-2"}, follow=True).content.decode()
    file = SimpleUploadedFile("testers.csv", b"\xef\xbb\xbfuser_id,note\r\nu-3,Bea\r\n")
    browser.post(address, {"file": file})
    refused = browser.post(address, {"testers": "u 4\nu-5,a,b"})
    binary = browser.post(address, {"file": SimpleUploadedFile("x.csv", b"PK\x03\x04\xff\x00")})

    assert "2 testers were added." in typed
    assert [one.user_id for one in who_tests(program, sandbox)] == ["u-1", "u-2", "u-3"]
    assert refused.status_code == binary.status_code == 422
    assert "Line 1: " in refused.content.decode()
    assert "Line 2: " in refused.content.decode()
    assert "CSV in UTF-8" in binary.content.decode()


def test_a_tester_of_production_is_not_removed_through_the_sandbox(
    cast: Cast, browse: Browse, program: MiniProgram, sandbox: ReleaseTarget
) -> None:
    production = ReleaseTarget.objects.get(app=sandbox.app, environment="production")
    tester = program.testers.create(target=production, user_id="u-1")
    browser = browse(cast.acme, cast.developer)
    at = f"{LIST}com.example.rail/testers/pay"

    through = browser.post(f"{at}/sandbox/{tester.id}/remove/")
    kept = program.testers.count()
    browser.post(f"{at}/production/{tester.id}/remove/")

    assert (through.status_code, kept) == (404, 1)
    assert program.testers.count() == 0


def test_who_works_on_it_is_listed_and_blocked_ones_are_marked(
    cast: Cast, browse: Browse, program: MiniProgram
) -> None:
    browser = browse(cast.acme, cast.admin)
    address = f"{LIST}com.example.rail/members/"
    cast.developer.blocked_at = AT
    cast.developer.save()

    browser.post(address, {"email": cast.operator.person.email, "role": "developer"})
    page = browser.get(address).content.decode()
    unknown = browser.post(address, {"email": "x@example.com", "role": "developer"})

    assert "Blocked" in page
    assert "Assigned" in page
    assert unknown.status_code == 422
    assert "No member of this workspace" in unknown.content.decode()


def test_an_archived_program_offers_to_be_restored_and_nothing_else(
    cast: Cast, browse: Browse, program: MiniProgram, sandbox: ReleaseTarget
) -> None:
    browser = browse(cast.acme, cast.developer)
    browser.post(f"{LIST}com.example.rail/archive/")

    page = browser.get(f"{LIST}com.example.rail/").content.decode()
    refused = browser.post(
        f"{LIST}com.example.rail/set-up/{sandbox.app.code}/sandbox/", {"based_on": 0}
    )

    assert "This mini program is archived" in page
    assert "/edit/" not in page
    assert refused.status_code == 409
    assert "is archived. Restore it first." in refused.content.decode()
    assert "com.example.rail" not in browser.get(LIST).content.decode()
    assert "com.example.rail" in browser.get(f"{LIST}?state=archived").content.decode()


def test_a_developer_who_is_not_assigned_finds_nothing(
    cast: Cast, browse: Browse, sandbox: ReleaseTarget
) -> None:
    make_program(cast.acme, "com.example.other")
    browser = browse(cast.acme, cast.developer)

    pages = ("", "edit/", "set-up/", f"set-up/{sandbox.app.code}/sandbox/", "testers/", "members/")
    statuses = [browser.get(f"{LIST}com.example.other/{page}").status_code for page in pages]

    assert statuses == [404] * len(pages)
