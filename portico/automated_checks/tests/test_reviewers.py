"""Making, changing and removing reviewers; who may, and that secrets are shown once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.audit.services import PLATFORM, Actor
from portico.automated_checks.models import CheckRun, Review, Reviewer, ReviewState
from portico.automated_checks.reviewers import services
from portico.automated_checks.reviewers.keys import end_old_keys, keys_of
from portico.automated_checks.reviewers.rules import (
    MOST_REVIEWERS,
    ReviewerAlreadyDisabled,
    ReviewerAlreadyEnabled,
    ReviewerChanged,
    TooManyReviewers,
)
from portico.automated_checks.reviewers.services import Wanted
from portico.automated_checks.services import Verdict, verdict_of
from portico.automated_checks.tests.conftest import URL, Asked, checked, make_tidy
from portico.kernel.errors import InvalidFields, NotFound
from portico.miniprograms.models import MiniProgram
from portico.secrets.models import Secret
from portico.workspaces.models import Workspace
from tests.make import AT

WANTED = Wanted("Lab", URL)
Verb = Callable[[Workspace, UUID], object]
VERBS: dict[str, Verb] = {
    "read": services.reviewer_of,
    "change": lambda workspace, one: services.change_reviewer(
        workspace, one, WANTED, based_on=1, by=PLATFORM, at=AT
    ),
    "disable": lambda workspace, one: services.disable_reviewer(workspace, one, by=PLATFORM, at=AT),
    "enable": lambda workspace, one: services.enable_reviewer(workspace, one, by=PLATFORM, at=AT),
    "rotate": lambda workspace, one: services.rotate_secret(
        workspace, one, overlap=24, by=PLATFORM, at=AT
    ),
    "remove": lambda workspace, one: services.remove_reviewer(workspace, one, by=PLATFORM, at=AT),
}


def make(workspace: Workspace, name: str = "Lab", by: Actor = PLATFORM) -> tuple[Reviewer, str]:
    return services.make_reviewer(workspace, Wanted(name, URL), by=by, at=AT)


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
def test_a_reviewer_of_another_workspace_is_not_found(cast: Cast, verb: Verb) -> None:
    reviewer, _ = make(cast.acme)

    with pytest.raises(NotFound):
        verb(cast.zenith, reviewer.id)

    assert Reviewer.objects.get().revision == 1


def test_its_secret_is_kept_encrypted_and_in_no_audit_entry(acme: Workspace) -> None:
    _, secret = make(acme)

    (kept,) = Secret.objects.filter(kind="reviewer.signing")
    assert secret not in str(kept.ciphertext)
    (entry,) = AuditEntry.objects.filter(action="reviewer.made")
    assert secret not in str(entry.changes)
    assert entry.subject_label == "Lab"


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        (Wanted("", URL), {"name": "reviewer_name_missing"}),
        (Wanted("L" * 61, URL), {"name": "reviewer_name_too_long"}),
        (Wanted("La\x00b", URL), {"name": "reviewer_name_odd"}),
        (Wanted("Lab", URL), {"name": "reviewer_name_taken"}),
        (Wanted("B", ""), {"url": "webhook_url_missing"}),
        (Wanted("B", "ftp://a.example.com/"), {"url": "call_url_unusable"}),
        (Wanted("", "https://10.0.0.1/"), {"name": "reviewer_name_missing", "url": None}),
    ],
)
def test_what_cannot_be_used_is_refused_field_by_field(
    acme: Workspace, wanted: Wanted, codes: dict[str, str | None]
) -> None:
    make(acme)

    with pytest.raises(InvalidFields) as refused:
        services.make_reviewer(acme, wanted, by=PLATFORM, at=AT)

    assert refused.value.errors.keys() == codes.keys()
    for field, code in codes.items():
        if code is not None and field == "name":
            assert refused.value.errors[field].code == code
    assert Reviewer.objects.count() == 1


def test_there_are_only_so_many(acme: Workspace) -> None:
    for number in range(MOST_REVIEWERS):
        make(acme, f"Lab {number}")

    with pytest.raises(TooManyReviewers):
        make(acme, "Another")


def test_two_workspaces_may_have_reviewers_of_one_name(cast: Cast) -> None:
    make(cast.acme)
    make(cast.zenith)

    assert [one.name for one in services.reviewers_of(cast.zenith)] == ["Lab"]


def test_a_change_on_top_of_another_is_refused(acme: Workspace) -> None:
    reviewer, _ = make(acme)
    change = services.change_reviewer
    change(acme, reviewer.id, Wanted("Lab 2", URL), based_on=1, by=PLATFORM, at=AT)

    with pytest.raises(ReviewerChanged):
        change(acme, reviewer.id, Wanted("Lab 3", URL), based_on=1, by=PLATFORM, at=AT)

    assert Reviewer.objects.get().name == "Lab 2"
    assert AuditEntry.objects.filter(action="reviewer.changed").count() == 1


def test_a_disabled_one_is_not_asked_and_an_enabled_one_is(
    acme: Workspace, program: MiniProgram
) -> None:
    reviewer, _ = make(acme)
    services.disable_reviewer(acme, reviewer.id, by=PLATFORM, at=AT)
    with pytest.raises(ReviewerAlreadyDisabled):
        services.disable_reviewer(acme, reviewer.id, by=PLATFORM, at=AT)
    checked(make_tidy(program))
    assert not Review.objects.exists()

    services.enable_reviewer(acme, reviewer.id, by=PLATFORM, at=AT)
    with pytest.raises(ReviewerAlreadyEnabled):
        services.enable_reviewer(acme, reviewer.id, by=PLATFORM, at=AT)
    checked(make_tidy(program))

    assert Review.objects.count() == 1


@pytest.mark.parametrize("verb", ["disable", "remove"])
def test_nobody_waits_for_one_that_is_gone(
    acme: Workspace, program: MiniProgram, lab: Asked, verb: str
) -> None:
    version = make_tidy(program)
    checked(version)
    assert verdict_of(version) is Verdict.PENDING

    VERBS[verb](acme, lab.reviewer.id)

    review = Review.objects.get()
    assert (review.state, review.name, review.due_at) == (ReviewState.FAILED, "Lab", None)
    assert verdict_of(version) is Verdict.FAILED
    assert CheckRun.objects.get().told_at is not None


def test_a_rotated_secret_stays_in_use_until_its_end(acme: Workspace) -> None:
    reviewer, old = make(acme)

    _, new = services.rotate_secret(acme, reviewer.id, overlap=24, by=PLATFORM, at=AT)

    found = services.reviewer_of(acme, reviewer.id)
    assert keys_of(found, at=AT + timedelta(hours=23)) == [new, old]
    assert keys_of(found, at=AT + timedelta(hours=24)) == [new]
    assert end_old_keys(at=AT + timedelta(hours=24)) == 1
    assert Secret.objects.filter(kind="reviewer.signing", forgotten_at=None).count() == 1


def test_a_removed_one_leaves_no_secret(acme: Workspace) -> None:
    reviewer, _ = make(acme)

    services.remove_reviewer(acme, reviewer.id, by=PLATFORM, at=AT)

    assert not Secret.objects.filter(kind="reviewer.signing", forgotten_at=None).exists()


def test_the_page_shows_the_secret_once(cast: Cast, browse: Callable[..., Client]) -> None:
    admin = browse(cast.acme, cast.admin)

    made = admin.post("/console/reviewers/new/", {"name": "Lab", "url": URL})

    reviewer = Reviewer.objects.get()
    (secret,) = keys_of(services.reviewer_of(cast.acme, reviewer.id), at=AT)
    assert secret in made.content.decode()
    assert made.headers["Cache-Control"] == "private, no-store"
    for path in ("", f"{reviewer.id}/", f"{reviewer.id}/edit/"):
        assert secret not in admin.get(f"/console/reviewers/{path}").content.decode()


def test_the_pages_do_what_they_say(cast: Cast, browse: Callable[..., Client]) -> None:
    admin = browse(cast.acme, cast.admin)
    reviewer, _ = make(cast.acme)
    page = f"/console/reviewers/{reviewer.id}/"

    changed = admin.post(f"{page}edit/", {"name": "Lab 2", "url": URL, "based_on": "1"})
    stale = admin.post(f"{page}edit/", {"name": "Lab 3", "url": URL, "based_on": "1"})
    admin.post(f"{page}disable/")
    disabled = admin.get(page).content.decode()
    admin.post(f"{page}enable/")
    revision = Reviewer.objects.get().revision
    rotated = admin.post(f"{page}secret/", {"overlap": "0", "based_on": str(revision)})
    wrong = admin.post(f"{page}secret/", {"overlap": "7"})
    removed = admin.post(f"{page}remove/")

    assert (changed.status_code, stale.status_code) == (302, 409)
    assert "It is not asked about new versions" in disabled
    assert "whsec_" in rotated.content.decode()
    assert (wrong.status_code, removed.status_code) == (422, 302)
    assert not Reviewer.objects.exists()


def test_the_api_makes_one_once_for_one_key(cast: Cast, call: Callable[..., Client]) -> None:
    client = call(cast.acme, cast.admin)
    given = {"name": "Lab", "url": URL}
    headers = {"Idempotency-Key": "a-1"}

    first = client.post("/api/v1/reviewers", given, "application/json", headers=headers)
    again = client.post("/api/v1/reviewers", given, "application/json", headers=headers)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["secret"].startswith("whsec_")
    (listed,) = client.get("/api/v1/reviewers").json()
    assert "secret" not in listed


def test_the_api_changes_with_an_etag(cast: Cast, call: Callable[..., Client]) -> None:
    client = call(cast.acme, cast.admin)
    reviewer, _ = make(cast.acme)
    path = f"/api/v1/reviewers/{reviewer.id}"
    given = {"name": "Lab 2", "url": URL}
    etag = client.get(path).headers["ETag"]

    missing = client.put(path, given, "application/json")
    changed = client.put(path, given, "application/json", headers={"If-Match": etag})
    stale = client.put(path, given, "application/json", headers={"If-Match": etag})
    rotated = client.post(f"{path}/rotate-secret", {"overlap_hours": 1}, "application/json")
    disabled = client.post(f"{path}/disable")
    enabled = client.post(f"{path}/enable")
    removed = client.delete(path)

    assert [missing.status_code, changed.status_code, stale.status_code] == [428, 200, 412]
    assert rotated.json()["secret"].startswith("whsec_")
    assert (disabled.json()["enabled"], enabled.json()["enabled"]) == (False, True)
    assert removed.status_code == 204
