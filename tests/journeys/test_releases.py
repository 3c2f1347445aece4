"""A version on its way to users, as those see it who bring it there, decide on it, and get it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit, Visitor
from tests.journeys.instance import email_of
from tests.journeys.releasing import (
    Delivery,
    Http,
    act,
    approve,
    change_process,
    close_connections,
    is_at,
    make_app,
    release,
)
from tests.journeys.test_mini_programs import APP_ID, portico

pytestmark = pytest.mark.browser
Check = Callable[[Visitor], None]
NAME = "Split the Bill"
TARGET = "Wallet, Production"
USERS = [f"user-{number}" for number in range(10, 260)]
MAILS = (
    "applied approved pilot_started pilot_completed scaled paused resumed fully_released archived "
    "rolled_back"
)


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    close_connections()


def token_of(who: Visitor, role: str) -> str:
    made = portico(who, "token", "create", email_of(role), "--workspace", who.slug)
    return made.split()[-1]


def upload(developer: Visitor, folder: Path, token: str, code: int) -> None:
    """The sample, as this version."""
    manifest = folder / "manifest.json"
    said = json.loads(manifest.read_text())
    said["version"] = {"code": code, "name": f"{code}.0.0"}
    manifest.write_text(json.dumps(said))
    home = developer.instance.address(developer.slug).rstrip("/")
    portico(developer, "upload", str(folder), "--app-id", APP_ID, "--url", home, token=token)


def prepare(visit: Visit, folder: Path) -> tuple[Visitor, Http, dict[str, str]]:
    """A developer with two versions of a program of theirs; an admin's token; an app's keys."""
    developer = visit()
    admin = Http(developer, token_of(developer, "admin"))
    keys = make_app(admin, "wallet")
    change_process(admin, "production", shortest_soak_minutes=0)
    token = token_of(developer, "developer")
    made = {"app_id": APP_ID, "name": NAME}
    status, answer = Http(developer, token).ask("POST", "/api/v1/mini-programs", made)
    assert status == 201, answer
    portico(developer, "sample", str(folder))
    for code in (1, 2):
        upload(developer, folder, token, code)
    return developer.sign_in("developer"), admin, keys


def release_first(developer: Visitor, reviewer: Visitor) -> None:
    """There is no baseline, so everybody gets it at once, and the page says so."""
    path = release(developer, APP_ID, TARGET, "1.0.0 (1)")
    approve(reviewer, NAME)
    developer.go(path)
    act(developer, "bypass_pilot", reason="The first version.")
    expect(developer.page.get_by_text("not available").first).to_be_attached()
    act(developer, "scale", "100 %")
    is_at(developer, "Full Release")


def try_with_two(developer: Visitor, delivery: Delivery) -> None:
    """The pilot: two users get it, and nobody else does."""
    is_at(developer, "Pilot Testing")
    act(developer, "start_pilot", user_ids="user-7\nuser-9")
    assert delivery.version_of("user-7") == ("2.0.0", "pilot")
    assert delivery.version_of("user-9") == ("2.0.0", "pilot")
    assert delivery.users_of("2.0.0", USERS[:50]) == set()
    act(developer, "complete_pilot")


def grow(developer: Visitor, delivery: Delivery) -> None:
    """1, 20, 50 %: whoever was enrolled stays so."""
    enrolled: set[str] = set()
    for share in ("1", "20", "50"):
        act(developer, "scale", "Scale up", share=share)
        is_at(developer, "Grayscale Release")
        found = delivery.users_of("2.0.0", USERS)
        assert enrolled <= found
        enrolled = found
    part = len(enrolled) / len(USERS)
    assert 0.37 < part < 0.63  # four standard deviations


def pause_and_complete(developer: Visitor, delivery: Delivery, find_nothing: Check) -> None:
    """Everybody gets it in the end, and it says why it was held back meanwhile."""
    act(developer, "pause", reason="A look at the figures.")
    expect(developer.page.get_by_text("A look at the figures.").first).to_be_visible()
    find_nothing(developer)
    act(developer, "resume")
    act(developer, "scale", "Scale up", share="100")
    is_at(developer, "Full Release")
    assert delivery.reasons(USERS[:20]) == {"full": 20}


def roll_back(developer: Visitor, delivery: Delivery) -> None:
    """The first one is archived, and can be gone back to."""
    act(developer, "roll_back", reason="It loses the tip.")
    is_at(developer, "Full Release")
    expect(developer.page.get_by_role("heading", level=1)).to_contain_text("1.0.0")
    assert delivery.version_of("user-7") == ("1.0.0", "full")


def is_mailed(admin: Http) -> None:
    """Each step was."""
    _status, mails = admin.ask("GET", "/api/v1/mails?limit=100")
    templates = {mail["template"] for mail in mails["items"]}
    assert {f"release_{event}" for event in MAILS.split()} <= templates, templates


def is_refused(outsider: Visitor, path: str, *, at: str) -> None:
    """Neither their own workspace knows the release, nor does this one know them."""
    assert outsider.go(path) == 404
    outsider.go(path, slug=at)
    assert "/sign-in/" in outsider.page.url


def test_a_version_goes_through_review_pilot_and_grayscale_release_and_is_rolled_back(
    visit: Visit, find_nothing: Check, tmp_path: Path
) -> None:
    developer, admin, keys = prepare(visit, tmp_path / "split")
    delivery = Delivery(Http(developer, keys["production"]), APP_ID)
    sandbox = Delivery(Http(developer, keys["sandbox"]), APP_ID)
    reviewer = visit().sign_in("reviewer")
    assert delivery.version_of("user-7") == ("", "not_available")
    release_first(developer, reviewer)
    assert delivery.version_of("user-7") == ("1.0.0", "full")

    path = release(developer, APP_ID, TARGET, "2.0.0 (2)")
    is_at(developer, "Under Review")
    find_nothing(developer)
    approve(reviewer, NAME)
    find_nothing(reviewer)
    developer.go(path)
    try_with_two(developer, delivery)
    grow(developer, delivery)
    pause_and_complete(developer, delivery, find_nothing)
    roll_back(developer, delivery)

    assert sandbox.version_of("user-7") == ("", "not_available")
    is_mailed(admin)
    is_refused(visit(at="zenith").sign_in("outsider"), path, at=developer.slug)


def test_a_request_keeps_the_way_that_it_was_made_under(visit: Visit, tmp_path: Path) -> None:
    developer, admin, keys = prepare(visit, tmp_path / "split")
    sandbox = Delivery(Http(developer, keys["sandbox"]), APP_ID)
    change_process(admin, "sandbox", review=True, pilot_testing=False)

    # One that was made under the old process is in review whatever is saved now.
    first = release(developer, APP_ID, "Wallet, Sandbox", "1.0.0 (1)")
    is_at(developer, "Under Review")
    change_process(admin, "sandbox", review=False, pilot_testing=True)
    reviewer = visit().sign_in("reviewer")
    approve(reviewer, NAME)
    developer.go(first)
    is_at(developer, "Full Release")
    assert sandbox.version_of("user-7") == ("1.0.0", "full")

    # The next one goes the other way: no review, and a pilot.
    release(developer, APP_ID, "Wallet, Sandbox", "2.0.0 (2)")
    is_at(developer, "Pilot Testing")
    act(developer, "start_pilot", user_ids="user-7")
    assert sandbox.version_of("user-7") == ("2.0.0", "pilot")
    assert sandbox.version_of("user-8") == ("1.0.0", "full")
    act(developer, "complete_pilot")
    is_at(developer, "Full Release")


@pytest.mark.soak
def test_at_20_percent_a_fifth_of_10000_users_gets_it(visit: Visit, tmp_path: Path) -> None:
    developer, _admin, keys = prepare(visit, tmp_path / "split")
    delivery = Delivery(Http(developer, keys["production"]), APP_ID)
    reviewer = visit().sign_in("reviewer")
    release_first(developer, reviewer)
    path = release(developer, APP_ID, TARGET, "2.0.0 (2)")
    approve(reviewer, NAME)
    developer.go(path)
    act(developer, "bypass_pilot", reason="Not for this one.")
    users = [f"user-{number}" for number in range(10_000)]

    act(developer, "scale", "Scale up", share="1")
    at_1 = delivery.users_of("2.0.0", users)
    act(developer, "scale", "Scale up", share="20")
    at_20 = delivery.users_of("2.0.0", users)

    assert at_1 <= at_20
    assert 0.007 <= len(at_1) / len(users) <= 0.013
    assert 0.185 <= len(at_20) / len(users) <= 0.215
