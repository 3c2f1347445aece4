"""Kits: made once for a state of a brand, worn by every process, dropped when nobody needs them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast, make_cast
from portico.basic_settings.models import SettingsRevision
from portico.basic_settings.services import (
    discard_draft,
    live_settings,
    restore,
    save,
    save_draft,
)
from portico.branding import tasks
from portico.branding.collection import KEPT, collect_kits
from portico.branding.kits import HOUR, kit_digest, kit_for, make, need_kit
from portico.branding.models import BrandKit
from portico.branding.payload import Branding
from portico.branding.rules import Purpose, Variant
from portico.branding.section import section
from portico.branding.tests.uploads import icon, pixel, png, taken_in
from portico.branding.wearing import brand_of, kit_of
from portico.files.collection import collect
from portico.files.models import FileUse, StoredFile
from portico.files.services import file_of, read
from portico.workspaces.models import Workspace
from portico.workspaces.services import change_workspace
from tests.make import AT, actor

GREEN, PURPLE = Branding(brand_color="#0b6e4f"), Branding(brand_color="#8a1c7c")
WEEK = timedelta(days=7)


def saved(cast: Cast, values: dict[str, Any], *, based_on: int = 0) -> None:
    save(cast.acme, section, values, based_on=based_on, by=actor(cast.admin), at=AT)


def image(workspace: Workspace, kit: BrandKit, variant: Variant) -> bytes:
    """The bytes of a kit's image."""
    return read(file_of(workspace, kit.images[variant.value]["sha256"]))


def renamed(workspace: Workspace, name: str) -> Workspace:
    """The workspace under another name."""
    return change_workspace(
        workspace,
        name=name,
        default_language="en",
        time_zone="UTC",
        based_on=workspace.revision,
        by=actor(workspace.memberships.all()[0]),
        at=AT,
    )


def test_a_kit_is_made_once_and_read_from_memory_then(cast: Cast) -> None:
    made = kit_for(cast.acme, GREEN, at=AT)
    read_back = kit_for(cast.acme, GREEN, at=AT)

    with CaptureQueriesContext(connection) as captured:
        remembered = kit_for(cast.acme, GREEN, at=AT)

    assert made == read_back == remembered
    assert len(captured) == 0
    assert BrandKit.objects.count() == 1


def test_memory_is_trusted_for_less_than_an_hour(cast: Cast) -> None:
    kit_for(cast.acme, GREEN, at=AT)
    kit_for(cast.acme, GREEN, at=AT)

    with CaptureQueriesContext(connection) as captured:
        kit_for(cast.acme, GREEN, at=AT + timedelta(seconds=HOUR))

    assert len(captured) == 1


def test_two_workspaces_never_share_a_kit(cast: Cast) -> None:
    ours, theirs = kit_for(cast.acme, GREEN, at=AT), kit_for(cast.zenith, GREEN, at=AT)

    assert ours.id != theirs.id
    assert ours.digest != theirs.digest


def test_every_image_of_a_kit_is_public_and_in_use(cast: Cast) -> None:
    kit = kit_for(cast.acme, GREEN, at=AT)

    hashes = {one["sha256"] for one in kit.images.values()}
    assert StoredFile.objects.filter(sha256__in=hashes, is_public=True).count() == len(hashes)
    assert FileUse.objects.filter(user_kind="kit", user_id=kit.id).count() == len(hashes)


def test_the_monogram_follows_the_workspaces_name(cast: Cast) -> None:
    before = brand_of(live_settings(cast.acme))
    acme = renamed(cast.acme, "Beacon Bank")

    after = brand_of(live_settings(acme))

    assert before.logo != after.logo
    assert (before.name, after.name) == ("Acme Pay", "Beacon Bank")


def test_a_brand_with_a_logo_does_not_change_with_the_name(cast: Cast) -> None:
    saved(cast, {"logo": taken_in(cast.acme)})
    before = brand_of(live_settings(cast.acme)).logo

    assert brand_of(live_settings(renamed(cast.acme, "Beacon Bank"))).logo == before


def test_the_icons_come_from_the_favicon_else_from_the_logo(cast: Cast) -> None:
    logo = taken_in(cast.acme, png("#0b6e4f", 64, 64))
    favicon = taken_in(cast.acme, icon("#8a1c7c"), Purpose.FAVICON)

    from_logo = kit_for(cast.acme, Branding(logo=logo), at=AT)
    from_favicon = kit_for(cast.acme, Branding(logo=logo, favicon=favicon), at=AT)

    assert pixel(image(cast.acme, from_logo, Variant.ICON_32))[:3] == (0x0B, 0x6E, 0x4F)
    assert pixel(image(cast.acme, from_favicon, Variant.ICON_32))[:3] == (0x8A, 0x1C, 0x7C)


def test_a_dark_logo_is_worn_on_dark_pages_alone(cast: Cast) -> None:
    light, dark = taken_in(cast.acme, png("#0b6e4f")), taken_in(cast.acme, png("#ffd700"))
    saved(cast, {"logo": light, "dark_logo": dark})

    brand = brand_of(live_settings(cast.acme))

    assert brand.dark_logo is not None
    assert brand.dark_logo.url != brand.logo.url
    kit = kit_of(live_settings(cast.acme))
    assert pixel(image(cast.acme, kit, Variant.HEADER_DARK_1X))[:3] == (0xFF, 0xD7, 0x00)
    assert pixel(image(cast.acme, kit, Variant.HEADER_1X))[:3] == (0x0B, 0x6E, 0x4F)


def test_pages_wear_the_monogram_where_the_kit_cannot_be_made(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    logo = taken_in(cast.acme)
    saved(cast, {"logo": logo, "brand_color": "#0b6e4f"})
    BrandKit.objects.all().delete()
    default_storage.delete(file_of(cast.acme, logo).path)

    brand = brand_of(live_settings(cast.acme))

    assert brand.color == "#0b6e4f"
    assert kit_of(live_settings(cast.acme)).digest == kit_digest(cast.acme, GREEN)
    assert "cannot be made" in caplog.text


def test_a_kit_that_nobody_needs_is_dropped_and_its_images_with_it(cast: Cast) -> None:
    saved(cast, {"brand_color": GREEN.brand_color})
    kit_for(cast.acme, PURPLE, at=AT)  # somebody tried a color, and did not save it
    worn = kit_of(live_settings(cast.acme))

    dropped = collect_kits(at=AT + WEEK)
    collect(at=AT + WEEK)

    assert dropped == 1
    assert BrandKit.objects.get() == worn
    for one in worn.images.values():
        assert default_storage.exists(file_of(cast.acme, one["sha256"]).path)
    assert FileUse.objects.values("file").distinct().count() == StoredFile.objects.count()


def test_a_kit_is_kept_for_days_after_it_was_last_worn(cast: Cast) -> None:
    saved(cast, {"brand_color": GREEN.brand_color})
    month = AT + timedelta(days=30)
    collect_kits(at=month)
    save(
        cast.acme,
        section,
        {"brand_color": PURPLE.brand_color},
        based_on=1,
        by=actor(cast.admin),
        at=month,
    )

    soon, late = collect_kits(at=month + KEPT), collect_kits(at=month + KEPT + WEEK)

    assert (soon, late) == (0, 1)
    assert BrandKit.objects.get().digest == kit_digest(cast.acme, PURPLE)


def test_the_kit_of_a_draft_is_kept_until_the_draft_is_discarded(cast: Cast) -> None:
    by = actor(cast.admin)
    logo = taken_in(cast.acme)
    save_draft(cast.acme, section, {"logo": logo}, based_on=0, version=0, by=by, at=AT)
    digest = kit_digest(cast.acme, Branding(logo=logo))

    collect_kits(at=AT + WEEK)
    collect(at=AT + WEEK)
    kept = BrandKit.objects.filter(digest=digest).count()
    discard_draft(cast.acme, section, version=1, by=by, at=AT + WEEK)
    collect_kits(at=AT + 2 * WEEK)
    collect(at=AT + 2 * WEEK)

    assert kept == 1
    assert not BrandKit.objects.filter(digest=digest).exists()
    assert not StoredFile.objects.filter(sha256=logo).exists()


def test_a_discarded_logo_can_be_uploaded_again_after_everything_was_collected(
    cast: Cast,
) -> None:
    by = actor(cast.admin)
    payload = Branding(logo=taken_in(cast.acme))
    save_draft(cast.acme, section, payload.model_dump(), based_on=0, version=0, by=by, at=AT)
    kit_for(cast.acme, payload, at=AT)  # some process remembers it
    discard_draft(cast.acme, section, version=1, by=by, at=AT)
    collect_kits(at=AT + WEEK)
    collect(at=AT + WEEK)

    logo = taken_in(cast.acme)
    save(cast.acme, section, {"logo": logo}, based_on=0, by=by, at=AT + WEEK)

    assert logo == payload.logo
    kit = kit_of(live_settings(cast.acme))
    for one in kit.images.values():
        assert read(file_of(cast.acme, one["sha256"]))


def test_a_restored_revision_gets_a_kit_that_was_dropped_again_whatever_is_remembered(
    cast: Cast,
) -> None:
    saved(cast, {"logo": taken_in(cast.acme)})
    worn = brand_of(live_settings(cast.acme))
    saved(cast, {"brand_color": GREEN.brand_color}, based_on=1)
    collect_kits(at=AT + WEEK)
    collect(at=AT + WEEK)

    restore(cast.acme, section, 1, based_on=2, by=actor(cast.admin), at=AT + WEEK)

    assert brand_of(live_settings(cast.acme)) == worn
    for one in kit_of(live_settings(cast.acme)).images.values():
        assert read(file_of(cast.acme, one["sha256"]))


def test_a_name_that_comes_back_gets_its_monogram_back(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    kit_for(cast.acme, Branding(), at=AT)
    kit_for(cast.acme, Branding(), at=AT)
    other = renamed(cast.acme, "Beacon Bank")
    later = AT + WEEK
    kit_for(other, Branding(), at=later)
    collect_kits(at=later)
    collect(at=later)

    acme = renamed(other, "Acme Pay")
    kit = kit_for(acme, Branding(), at=later)

    for one in kit.images.values():
        assert read(file_of(acme, one["sha256"]))


def test_needing_a_kit_keeps_it(cast: Cast) -> None:
    make(cast.acme, GREEN, at=AT)

    need_kit(cast.acme, GREEN, at=AT + WEEK)

    assert collect_kits(at=AT + WEEK + timedelta(hours=1)) == 0
    assert BrandKit.objects.count() == 1


def test_the_task_drops_kits(cast: Cast) -> None:
    make(cast.acme, GREEN, at=datetime(2020, 1, 1, tzinfo=UTC))

    tasks.collect_kits(timestamp=0)

    assert not BrandKit.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_four_who_make_the_same_kit_at_once_all_get_the_one_that_is_kept() -> None:
    cast = make_cast()
    start = threading.Barrier(4)

    def making() -> BrandKit:
        try:
            start.wait(timeout=30)
            return kit_for(cast.acme, GREEN, at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        kits = [thread.result() for thread in [threads.submit(making) for _one in range(4)]]

    assert {kit.id for kit in kits} == {BrandKit.objects.get().id}


@pytest.mark.django_db(transaction=True)
def test_two_logos_swapped_by_two_admins_at_once_do_not_wait_for_each_other_for_ever() -> None:
    cast = make_cast()
    one, two = taken_in(cast.acme, png("#0b6e4f")), taken_in(cast.acme, png("#8a1c7c"))
    start = threading.Barrier(2)

    def saving(logo: str, dark_logo: str) -> None:
        try:
            start.wait(timeout=30)
            need_kit(cast.acme, Branding(logo=logo, dark_logo=dark_logo), at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        pairs = [threads.submit(saving, *pair) for pair in ((one, two), (two, one))]
        for pair in pairs:
            pair.result()

    assert BrandKit.objects.count() == 2
    assert not SettingsRevision.objects.exists()
