"""Two at once, one of whom knows nothing of releases: neither misses what the other did."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from portico.automated_checks.models import CheckRun, RunState
from portico.kernel.errors import DomainError
from portico.miniprograms.services import archive_program
from portico.outbox.models import Event
from portico.releases import services
from portico.releases.models import Release
from portico.releases.rules.pipeline import Status
from portico.releases.tests.saving import save_process
from portico.releases.tests.staging import LATER, Stage, fresh
from tests.make import AT

ROUNDS = 5


def at_once(*changes: Callable[[], object]) -> list[str]:
    """Each in a thread of its own; the codes of what was refused."""
    barrier = Barrier(len(changes))

    def run(change: Callable[[], object]) -> str:
        try:
            barrier.wait()
            change()
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(changes)) as pool:
        return list(pool.map(run, changes))


@pytest.mark.django_db(transaction=True)
def test_a_program_is_archived_or_released_and_never_both(stage: Stage) -> None:
    version = stage.release(target=stage.sandbox).version

    refused = at_once(
        lambda: archive_program(stage.program, by=stage.admin.actor, at=AT),
        lambda: services.release_version(
            stage.program, stage.production, version, by=stage.admin, at=AT
        ),
    )

    stage.program.refresh_from_db()
    under_review = Release.objects.filter(status=Status.UNDER_REVIEW).exists()
    assert stage.program.is_archived is not under_review
    assert sorted(refused) in (["", "program_archived"], ["", "program_under_way"])


@pytest.mark.django_db(transaction=True)
def test_clean_checks_approve_whenever_they_end_beside_an_application(stage: Stage) -> None:
    save_process(stage.cast, production={"automated_review": "approving"})
    for _round in range(ROUNDS):
        release = stage.release()
        version = release.version
        run = CheckRun.objects.create(
            workspace=version.workspace, version=version, state=RunState.RUNNING, due_at=AT
        )

        def end(run: CheckRun = run) -> None:
            with transaction.atomic():
                held = CheckRun.objects.select_for_update().get(id=run.id)
                held.state, held.due_at, held.finished_at = RunState.DONE, None, AT
                held.save()
            payload = {"version": str(run.version_id)}
            services.approve_what_is_checked(
                Event(workspace_id=run.workspace_id, payload=payload, created_at=AT)
            )

        def ask(release: Release = release) -> None:
            services.apply(release, by=stage.developer, at=AT)

        assert at_once(end, ask) == ["", ""]

        assert fresh(release).status == Status.PILOT
        services.cancel(fresh(release), reason="Next.", by=stage.developer, at=LATER)
