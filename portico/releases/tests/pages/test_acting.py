"""What can happen to a release, done with the forms of its page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from conftest import Cast
from portico.approvals.models import ApprovalRequest, RequestKind
from portico.releases.models import Release
from portico.releases.tests.pages.driving import (
    address,
    fire,
    in_grayscale,
    make_place,
    status_of,
)
from tests.make import make_policy, make_release

pytestmark = pytest.mark.django_db
Browse = Callable[..., Client]


def test_a_pilot_is_picked_changed_and_completed(cast: Cast, browse: Browse) -> None:
    place = make_place(cast)
    release = make_release(place.program, place.production, status="pilot_testing")
    developer = browse(cast.acme, cast.developer)

    nobody = fire(developer, release, "start_pilot", user_ids=" \n")
    fire(developer, release, "start_pilot", user_ids="u-1\nu-2")
    release.refresh_from_db()
    shown = developer.get(address(release.id)).content.decode()
    fire(developer, release, "update_pilot", user_ids="u-2\nu-3\nu-4")
    release.refresh_from_db()
    completed = fire(developer, release, "complete_pilot")

    assert nobody.status_code == 422
    assert "<code>u-1</code>" in shown
    assert "gave it to 2 testers" in shown
    assert release.testers == ["u-2", "u-3", "u-4"]
    assert completed.headers["Location"] == address(release.id)
    assert status_of(release) == ("grayscale_release", 0)


def test_a_release_goes_live_is_scaled_paused_and_resumed(cast: Cast, browse: Browse) -> None:
    place = make_place(cast)
    make_release(place.program, place.production, status="full_release")
    release = make_release(
        place.program,
        place.production,
        status="release_preparation",
        policy=make_policy(pilot_testing=False),
    )
    developer = browse(cast.acme, cast.developer)

    too_much = fire(developer, release, "go_live", share="50")
    fire(developer, release, "go_live", share="0.5")
    first = status_of(release)
    quick = developer.get(address(release.id, "scale")).content.decode()
    fire(developer, release, "scale", share="", quick="5")
    second = status_of(release)
    less = fire(developer, release, "scale", share="2")
    fire(developer, release, "pause", reason="Crashes on old phones")
    release.refresh_from_db()
    paused = developer.get(address(release.id)).content.decode()
    fire(developer, release, "resume")

    assert too_much.status_code == 409
    assert "begins with at most 10 %" in too_much.content.decode()
    assert first == ("grayscale_release", 500)
    assert 'name="quick" value="5"' in quick
    assert second == ("grayscale_release", 5_000)
    assert "is not more than the 5 %" in less.content.decode()
    assert "Crashes on old phones" in paused
    assert "Whoever has it keeps it." in paused
    assert not Release.objects.exclude(paused_at=None).exists()


def test_an_admin_goes_past_a_limit_with_a_reason_and_nobody_else(
    cast: Cast, browse: Browse
) -> None:
    release = in_grayscale(make_place(cast))
    admin, developer = browse(cast.acme, cast.admin), browse(cast.acme, cast.developer)

    hidden = developer.get(address(release.id, "scale")).content.decode()
    refused = fire(admin, release, "scale", share="40").content.decode()
    fire(admin, release, "scale", share="40", override="Fixes the outage")

    assert 'name="override"' not in hidden
    assert 'id="id_scale_override_error"' in refused
    assert status_of(release) == ("grayscale_release", 40_000)
    assert "past the release process" in admin.get(address(release.id)).content.decode()


def test_a_ramp_is_started_line_by_line_and_stopped(cast: Cast, browse: Browse) -> None:
    release = in_grayscale(make_place(cast))
    developer = browse(cast.acme, cast.developer)

    wrong = fire(developer, release, "start_ramp", steps="5, 60\nhalf of them\n120, 5")
    fire(developer, release, "start_ramp", steps="5, 60\n\n50; 90\n100 % 0")
    release.refresh_from_db()
    ramp = release.ramp
    shown = developer.get(address(release.id)).content.decode()
    fire(developer, release, "stop_ramp")
    release.refresh_from_db()

    text = wrong.content.decode()
    assert wrong.status_code == 422
    assert "Line 2: write a share and minutes" in text
    assert "Line 3: 120 is no share" in text
    assert "half of them" in text
    assert ramp == [[5_000, 60], [50_000, 90], [100_000, 0]]
    assert 'data-kind="planned"' in shown
    assert not release.ramp_on


def test_targeting_rules_are_set_and_a_wrong_one_is_shown_at_its_field(
    cast: Cast, browse: Browse
) -> None:
    release = in_grayscale(make_place(cast))
    developer = browse(cast.acme, cast.developer)

    wrong = fire(developer, release, "set_rules", regions="sg", first="eight")
    fire(developer, release, "set_rules", regions="SG, my", systems="android", first="8.2")
    release.refresh_from_db()
    shown = developer.get(address(release.id)).content.decode()

    assert wrong.status_code == 422
    assert 'id="id_set_rules_first_error"' in wrong.content.decode()
    assert 'value="eight"' in wrong.content.decode()
    assert release.rules == {
        "regions": ["my", "sg"],
        "systems": ["android"],
        "app_version": {"from": "8.2"},
    }
    assert "8.2 and later" in shown


def test_another_configuration_after_the_approval_has_to_be_confirmed(
    cast: Cast, browse: Browse
) -> None:
    place = make_place(cast)
    release = make_release(place.program, place.production, status="pilot_testing")
    developer = browse(cast.acme, cast.developer)
    wanted = {"server_domains": "api.example.com", "name_1": "MODE", "value_1": "fast"}
    wanted["based_on"] = str(release.revision)

    asked = developer.post(address(release.id, "configure"), wanted)
    developer.post(address(release.id, "configure"), {**wanted, "void": "on"})

    assert asked.status_code == 422
    assert "Confirm that the approval is void then" in asked.content.decode()
    assert "api.example.com" in asked.content.decode()
    assert status_of(release)[0] == "new_version_created"
    assert release.configuration == {
        "server_domains": ["api.example.com"],
        "variables": {"MODE": "fast"},
    }


def test_canceling_needs_a_reason_and_names_what_users_fall_back_to(
    cast: Cast, browse: Browse
) -> None:
    release = in_grayscale(make_place(cast), share=1_000)
    developer = browse(cast.acme, cast.developer)

    form = developer.get(address(release.id, "cancel")).content.decode()
    silent = fire(developer, release, "cancel", reason=" ")
    fire(developer, release, "cancel", reason="Wrong prices")
    shown = developer.get(address(release.id)).content.decode()

    assert "All users of Wallet, Production get version 1.0.1 then." in form
    assert silent.status_code == 422
    assert status_of(release)[0] == "canceled"
    assert "Wrong prices" in shown
    assert "hx-trigger" not in shown.partition('id="release-state"')[2].partition(">")[0]


def test_a_pilot_is_bypassed_and_a_request_withdrawn_and_made_again(
    cast: Cast, browse: Browse
) -> None:
    place = make_place(cast)
    pilot = make_release(place.program, place.production, status="pilot_testing")
    review = make_release(
        place.program,
        place.sandbox,
        status="under_review",
        policy=make_policy(production=False, review=True),
        created_by=cast.developer,
    )
    developer = browse(cast.acme, cast.developer)

    fire(developer, pilot, "bypass_pilot", reason="A hot fix")
    fire(developer, review, "withdraw", reason="A typo")
    withdrawn = status_of(review)[0]
    fire(developer, review, "apply")  # nothing is reviewed in the Sandbox by the default process

    assert status_of(pilot) == ("grayscale_release", 0)
    assert withdrawn == "new_version_created"
    assert status_of(review)[0] == "full_release"


def test_the_live_version_is_rolled_back_to_one_that_is_picked(cast: Cast, browse: Browse) -> None:
    place = make_place(cast)
    old = make_release(place.program, place.production, status="archived")
    older = make_release(place.program, place.production, status="archived")
    live = make_release(place.program, place.production, status="full_release")
    candidate = make_release(
        place.program, place.production, status="grayscale_release", share=1_000
    )
    developer = browse(cast.acme, cast.developer)

    form = developer.get(address(live.id, "roll_back")).content.decode()
    done = fire(developer, live, "roll_back", to=str(old.id), reason="It crashes")
    twice = fire(developer, live, "roll_back", to=str(old.id), reason="It crashes")

    back = Release.objects.get(rolled_back_to=old)
    assert str(older.id) in form
    assert "Version 1.0.4, which is in “Grayscale Release”, is canceled." in form
    assert done.headers["Location"] == address(back.id)
    assert twice.headers["Location"] == address(back.id)
    assert status_of(back)[0] == "full_release"
    assert status_of(live)[0] == "archived"
    assert status_of(candidate)[0] == "canceled"
    assert Release.objects.filter(rolled_back_to__isnull=False).count() == 1


def test_what_was_taken_away_is_not_offered_to_go_back_to(cast: Cast, browse: Browse) -> None:
    place = make_place(cast)
    removed = make_release(place.program, place.production, status="archived")
    make_release(
        place.program,
        place.production,
        removed.version,
        status="archived",
        archived_because="removed",
        rolled_back_to=removed,
    )
    replaced = make_release(place.program, place.production, status="archived")
    live = make_release(place.program, place.production, status="full_release")

    form = browse(cast.acme, cast.developer).get(address(live.id, "roll_back")).content.decode()

    assert f'<option value="{replaced.id}"' in form
    assert f'<option value="{removed.id}"' not in form


def test_what_is_live_is_asked_to_go_offline_and_removed_by_an_inspector(
    cast: Cast, browse: Browse
) -> None:
    place = make_place(cast)
    live = make_release(place.program, place.production, status="full_release")
    developer, inspector = browse(cast.acme, cast.developer), browse(cast.acme, cast.inspector)

    form = developer.get(address(live.id, "take_offline")).content.decode()
    asked = fire(developer, live, "take_offline", reason="The bank closes this service")
    shown = developer.get(address(live.id)).content.decode()
    fire(inspector, live, "force_remove", reason="It asks for card numbers")

    request = ApprovalRequest.objects.get(kind=RequestKind.OFFLINE)
    assert "“Rail” 1.0.1 goes off Wallet, Production." in form
    assert "Users of Wallet, Production see “not available” then." in form
    assert asked.status_code == 302
    assert request.message == "The bank closes this service"
    assert "It is asked to take this offline" in shown
    assert status_of(live)[0] == "archived"
    assert live.archived_because == "removed"


def test_the_first_release_says_so_and_offers_everybody_at_once(cast: Cast, browse: Browse) -> None:
    release = in_grayscale(make_place(cast), stable=False)
    developer = browse(cast.acme, cast.developer)

    shown = developer.get(address(release.id, "scale")).content.decode()
    fire(developer, release, "scale", quick="100")

    assert "The first release to Wallet, Production" in shown
    assert "sees “not available”" in shown
    assert 'name="quick" value="100"' in shown
    assert status_of(release)[0] == "full_release"
