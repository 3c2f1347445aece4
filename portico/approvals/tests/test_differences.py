"""What a version changes against another."""

from __future__ import annotations

import zlib

from django.core.files.storage import default_storage

from conftest import Cast
from portico.approvals.differences import FileChange, How, differences
from portico.approvals.manifests import configuration_changes, manifest_changes
from portico.files.models import path_of
from portico.miniprograms.models import Version
from portico.ui.values import Change
from tests.make import make_program, make_version
from tests.packages import make_manifest, make_package


def two_versions(cast: Cast, old: dict[str, bytes], new: dict[str, bytes]) -> tuple[Version, ...]:
    """Two versions of one program, whose packages hold these files beside what each needs."""
    program = make_program(cast.acme)
    # The manifest says the code, so it is the same in both: it is not what matters here.
    manifest = make_manifest(program.app_id)
    return tuple(
        make_version(
            program,
            package=make_package(program.app_id, files=files, manifest=manifest),
            manifest=manifest,
        )
        for files in (old, new)
    )


def test_files_are_added_removed_changed_or_the_same(cast: Cast) -> None:
    before, after = two_versions(
        cast,
        {"a.txt": b"one", "gone.txt": b"bye", "same.txt": b"same"},
        {"a.txt": b"one more", "new.txt": b"hi", "same.txt": b"same"},
    )

    found = differences(before, after)

    assert found.files.changes == (
        FileChange("a.txt", How.CHANGED, 3, 8),
        FileChange("gone.txt", How.REMOVED, 3, None),
        FileChange("new.txt", How.ADDED, None, 2),
    )
    assert found.files.same == 6  # same.txt, and what every package has
    assert found.packed == (before.packed, after.packed)
    assert found.manifest == ()


def test_a_file_whose_checksum_was_forged_is_changed_all_the_same(cast: Cast) -> None:
    good = b"function pay() { transfer(amount, account) }"
    evil = forged(b"function pay() { transfer(amount, my", good)
    assert evil != good
    assert (len(evil), zlib.crc32(evil)) == (len(good), zlib.crc32(good))

    before, after = two_versions(cast, {"pay.js": good}, {"pay.js": evil})

    changes = differences(before, after).files.changes
    assert [(one.name, one.how) for one in changes] == [("pay.js", How.CHANGED)]


def test_a_first_version_adds_all_of_its_files(cast: Cast) -> None:
    version = make_version(make_program(cast.acme))

    found = differences(None, version)

    assert {one.how for one in found.files.changes} == {How.ADDED}
    assert len(found.files.changes) == 5
    assert found.packed == (None, version.packed)


def test_a_package_that_the_storage_has_lost_is_said_to_be_lost(cast: Cast) -> None:
    before, after = two_versions(cast, {"a.txt": b"one"}, {"a.txt": b"two"})
    default_storage.delete(path_of(cast.acme.id, after.package))

    found = differences(before, after)

    assert found.files.lost
    assert found.files.changes == ()


def test_members_of_the_manifest_are_told_in_words_with_what_went_and_what_came() -> None:
    before = make_manifest(
        pages=["pages/index/index", "pages/old/old"], window={"orientation": "portrait"}
    )
    after = make_manifest(
        code=2,
        pages=["pages/index/index", "pages/new/new"],
        window={"orientation": "landscape"},
        req_permissions=[{"name": "location"}],
        acme={"flag": True},
    )

    assert manifest_changes(before, after) == [
        Change(
            "Pages",
            ("pages/old/old", "(1 unchanged)"),
            ("pages/new/new", "(1 unchanged)"),
        ),
        Change("Version code", "1", "2"),
        Change("Version name", "1.0.1", "1.0.2"),
        Change("Permissions it asks for", None, ('{"name":"location"}',)),
        Change("acme.flag", None, True),
        Change("Window: orientation", "portrait", "landscape"),
    ]


def test_a_member_with_a_dot_in_its_name_hides_no_other() -> None:
    before = {"window": {"orientation": "portrait"}, "window.orientation": "x"}
    after = {"window": {"orientation": "landscape"}, "window.orientation": "x"}

    (change,) = manifest_changes(before, after)

    assert (change.before, change.after) == ("portrait", "landscape")


def test_items_that_differ_only_far_behind_are_not_taken_for_the_same() -> None:
    long = "x" * 400
    (change,) = manifest_changes({"pages": [f"{long}a"]}, {"pages": [f"{long}b"]})

    assert change.before == change.after == (f"{'x' * 300}…",)


def test_another_order_of_a_list_is_told_and_many_changes_are_counted() -> None:
    (moved,) = manifest_changes({"pages": ["a", "b"]}, {"pages": ["b", "a"]})
    many = manifest_changes({}, {f"member{number:03}": number for number in range(130)})

    assert (moved.before, moved.after) == (("a", "b"), ("b", "a"))
    assert len(many) == 101
    assert many[-1].field == "and 30 members more"


def test_a_configuration_tells_its_domains_variables_and_whom_it_is_for() -> None:
    before = {
        "server_domains": ["api.example.com", "old.example.com"],
        "variables": {"API_URL": "https://a", "GONE": "1"},
    }
    after = {
        "server_domains": ["api.example.com", "new.example.com"],
        "variables": {"API_URL": "https://b", "EMPTY": ""},
        "rules": {"regions": ["DE"], "systems": [], "app_version": {"from": "2.0", "to": ""}},
    }

    assert configuration_changes(before, before) == []
    assert configuration_changes(before, after) == [
        Change(
            "Server domains",
            ("old.example.com", "(1 unchanged)"),
            ("new.example.com", "(1 unchanged)"),
        ),
        Change("Variable API_URL", "https://a", "https://b"),
        Change("Variable EMPTY", "", '""'),
        Change("Variable GONE", "1", ""),
        Change("Only from this app version on", None, "2.0"),
        Change("Only in these regions", None, ("DE",)),
    ]


def forged(beginning: bytes, like: bytes) -> bytes:
    """Bytes that begin so, and are as long and have the same CRC as others."""
    filled = beginning.ljust(len(like) - 4, b" ")
    # CRC is linear: what four bytes at the end change, each of their bits changes by itself.
    zero = zlib.crc32(filled + bytes(4))
    rows = [
        (zlib.crc32(filled + (1 << bit).to_bytes(4, "little")) ^ zero, 1 << bit)
        for bit in range(32)
    ]
    wanted, patch = zlib.crc32(like) ^ zero, 0
    for bit in reversed(range(32)):
        place = next(index for index, (effect, _bits) in enumerate(rows) if effect >> bit & 1)
        effect, bits = rows.pop(place)
        rows = [(e ^ effect, b ^ bits) if e >> bit & 1 else (e, b) for e, b in rows]
        if wanted >> bit & 1:
            wanted, patch = wanted ^ effect, patch ^ bits
    return filled + patch.to_bytes(4, "little")
