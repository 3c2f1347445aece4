"""The real thing beside the model: the same people, versions and targets, in the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from conftest import Cast
from portico.approvals.models import ApprovalRequest
from portico.audit.models import AuditEntry
from portico.automated_checks.models import CheckRun, Finding, Level, RunState
from portico.basic_settings.models import LiveSetting, SettingsRevision
from portico.kernel.errors import DomainError
from portico.miniprograms.models import MiniProgram, ProgramOnTarget, Version
from portico.miniprograms.services import SetUp
from portico.outbox.models import Event
from portico.release_process.policy import RampStep
from portico.releases.acting import By
from portico.releases.models import Release, ReleaseEvent
from portico.rollout.models import Plan
from portico.targets.models import App, ReleaseTarget
from portico.workspaces.permissions import Role
from tests.make import AT, actor, make_app, make_member, make_program
from tests.statemachine import model
from tests.statemachine.events import Pipeline, Ramp

VERSIONS: Final = 6
BOTH: Final = frozenset({True, False})
PEOPLE: Final = {
    one.name: one
    for one in (
        model.Person("admin", BOTH, reviews=True, inspects=True, admin=True),
        model.Person("developer", BOTH),
        model.Person("assistant", frozenset({False})),
        model.Person("stranger", BOTH, sees=False),
        model.Person("reviewer", reviews=True),
        model.Person("second", reviews=True),
        model.Person("operator"),
        model.Person("inspector", inspects=True),
        model.Person("outsider", BOTH, reviews=True, inspects=True, admin=True, sees=False),
    )
}
"""Those who act. `developer` is Admin of the program, `assistant` Developer of it; `operator` is
assigned to it; `stranger` is a developer of other programs."""


SEEN: Final = (
    "id",
    "status",
    "revision",
    "share",
    "first_share_at",
    "paused_at",
    "ramp_on",
    "next_step_at",
    "testers",
    "pilot_started_at",
    "rules",
    "archived_because",
    "request_id",
    "supersedes_id",
    "rolled_back_to_id",
    "approved_at",
)


@dataclass
class Rows:
    """What is made once and used in every story."""

    program: MiniProgram
    targets: Mapping[bool, ReleaseTarget]
    versions: list[Version]
    by: Mapping[str, By]
    pointer: LiveSetting

    @property
    def app(self) -> App:
        return self.targets[True].app


def make_rows(cast: Cast) -> Rows:
    """People, a program with versions, and an app, by plain inserts."""
    assistant = make_member(cast.acme, Role.DEVELOPER)
    members = {
        "admin": cast.admin,
        "developer": cast.developer,
        "assistant": assistant,
        "stranger": make_member(cast.acme, Role.DEVELOPER),
        "reviewer": cast.reviewer,
        "second": make_member(cast.acme, Role.REVIEWER),
        "operator": cast.operator,
        "inspector": cast.inspector,
        "outsider": cast.outsider,
    }
    program = make_program(cast.acme, admin=cast.developer, developer=assistant)
    program.members.create(membership=cast.operator, role="developer")
    versions = Version.objects.bulk_create(
        Version(
            workspace=cast.acme,
            program=program,
            code=code,
            name=f"1.{code}",
            manifest={},
            package=f"{code:064x}",
        )
        for code in range(VERSIONS)
    )
    app = make_app(cast.acme)
    pointer, _made = LiveSetting.objects.get_or_create(
        workspace=cast.acme, section="release-process"
    )
    return Rows(
        program,
        {one.is_production: one for one in app.targets.select_related("app", "workspace")},
        versions,
        {name: By(actor(member), member) for name, member in members.items()},
        pointer,
    )


class Real:
    """The services, told the same things as the model, and what came of it in the database."""

    def __init__(self, rows: Rows, pipeline: Pipeline) -> None:
        self.rows, self.model = rows, pipeline
        self.releases: list[Release] = []
        self.requests: list[ApprovalRequest] = []
        self.revision = 0
        self.publish_policies()

    @property
    def at(self) -> datetime:
        return self.time(self.model.state.at)

    def time(self, minute: int) -> datetime:
        return AT + timedelta(minutes=minute)

    def attempt(self, change: Callable[[], object]) -> str:
        """Do something; the code of what refused it, or nothing."""
        try:
            made = change()
        except DomainError as error:
            return error.code
        known = {one.id for one in self.releases}
        if isinstance(made, Release) and made.id not in known:
            self.releases.append(made)
        if len(self.model.state.requests) > len(self.requests):
            new = ApprovalRequest.objects.filter(program=self.rows.program)
            known = {one.id for one in self.requests}
            self.requests += new.exclude(id__in=known).select_related("program", "target__app")
        return ""

    def publish_policies(self) -> None:
        """Save a Release Process, as one row and a pointer."""
        self.revision += 1
        policies = self.model.state.policies
        row = SettingsRevision.objects.create(
            workspace=self.rows.program.workspace,
            section="release-process",
            number=self.revision,
            based_on=self.revision - 1,
            payload={"production": _part(policies[True]), "sandbox": _part(policies[False])},
            created_at=self.at,
        )
        LiveSetting.objects.filter(id=self.rows.pointer.id).update(revision=row)

    def check_version(self, version: int, verdict: str) -> Event:
        """Have the checks say this of a version; the event that tells it."""
        row = self.rows.versions[version]
        pending = verdict == "pending"
        state = RunState.RUNNING if pending else RunState.DONE
        run, _made = CheckRun.objects.update_or_create(
            version=row,
            defaults={
                "workspace_id": row.workspace_id,
                "state": state,
                "due_at": self.at if pending else None,
                "finished_at": None if pending else self.at,
            },
        )
        Finding.objects.filter(run=run).delete()
        if verdict == "findings":
            Finding.objects.create(
                run=run, source="test", rule="test", severity=Level.ERROR, message="Bad."
            )
        return Event(
            workspace_id=row.workspace_id,
            name="version.checked",
            payload={"version": str(row.id)},
            created_at=self.at,
        )

    # -- holding both against each other -----------------------------------------------------------

    def compare(self) -> None:
        """Every release, and what delivery answers from."""
        state = self.model.state
        found = Release.objects.filter(program=self.rows.program).values_list(*SEEN, named=True)
        rows = {one.id: one for one in found}
        assert len(rows) == len(state.releases) == len(self.releases)
        places = {handle.id: place for place, handle in enumerate(self.releases)}
        for handle, expected in zip(self.releases, state.releases, strict=True):
            assert self._seen(rows[handle.id], places) == self._expected(expected)
        plans = Plan.objects.filter(program=self.rows.program)
        on_targets = {one.target_id: one for one in plans}
        for production, target in self.rows.targets.items():
            plan = on_targets.get(target.id) or Plan()
            assert _seen_plan(plan, places) == self.model.plan(production)

    def compare_all(self) -> None:
        """Also the history, the audit log, who was told, the requests, and what is live."""
        self.compare()
        state, program = self.model.state, self.rows.program
        ids = [one.id for one in self.releases]
        events = ReleaseEvent.objects.filter(release__in=ids)
        found = {
            (ids.index(one.release_id), one.number, one.event, one.before, one.after, one.who)
            for one in events
        }
        assert found == {tuple(vars(one).values()) for one in state.history}
        entries = AuditEntry.objects.filter(workspace_id=program.workspace_id)
        actions = Counter(entries.filter(subject_kind="release").values_list("action", flat=True))
        in_history = Counter(f"release.{one.event}" for one in state.history)
        beside = {name: n for name, n in actions.items() if name.startswith("release.offline_")}
        assert actions - Counter(beside) == in_history
        told = Event.objects.filter(name__startswith="release.").values_list("name", flat=True)
        assert Counter(told) == Counter(f"release.{name}" for name in state.told)
        self._compare_requests()
        setups = ProgramOnTarget.objects.filter(program=program).values_list(
            "target_id", "live_version_id"
        )
        live = dict(setups)
        for production, target in self.rows.targets.items():
            full = self.model.full(production)
            expected = self.rows.versions[full.version].id if full else None
            assert live.get(target.id) == expected

    def _compare_requests(self) -> None:
        rows = {
            one.id: one
            for one in ApprovalRequest.objects.filter(program=self.rows.program).prefetch_related(
                "decisions"
            )
        }
        names = {by.actor.person_id: name for name, by in self.rows.by.items()} | {None: ""}
        for handle, expected in zip(self.requests, self.model.state.requests, strict=True):
            row = rows[handle.id]
            decisions = {names[one.reviewer_id]: one.verdict for one in row.decisions.all()}
            assert (row.kind, row.status, row.voided_at is not None, decisions) == (
                expected.kind,
                expected.status,
                expected.voided,
                expected.decisions,
            )

    def _seen(self, row: Any, places: Mapping[UUID, int]) -> tuple[object, ...]:
        request = next((n for n, one in enumerate(self.requests) if one.id == row.request_id), None)
        return (
            row.status,
            row.revision,
            row.share,
            row.first_share_at,
            row.paused_at is not None,
            row.ramp_on,
            row.next_step_at,
            frozenset(row.testers),
            row.pilot_started_at is not None,
            frozenset(row.rules.get("systems", ())),
            row.archived_because,
            request,
            places.get(row.supersedes_id) if row.supersedes_id else None,
            places[row.rolled_back_to_id] if row.rolled_back_to_id else None,
            row.approved_at is not None,
        )

    def _expected(self, one: model.Release) -> tuple[object, ...]:
        return (
            one.status,
            one.revision,
            one.share,
            None if one.first_at is None else self.time(one.first_at),
            one.paused,
            one.next_at is not None,
            None if one.next_at is None else self.time(one.next_at),
            one.testers,
            one.piloting,
            one.rules,
            one.because,
            one.request,
            one.supersedes,
            one.rolled_back_to,
            one.approved,
        )


def steps_of(ramp: Ramp | None) -> list[RampStep] | None:
    """A ramp of the model, as the services take it."""
    if ramp is None:
        return None
    return [RampStep(share, timedelta(minutes=soak)) for share, soak in ramp]


def set_up_of(value: int) -> SetUp:
    """A configuration of the model: 0 is the empty one."""
    return SetUp(server_domains=[f"api{value}.example.com"] if value else [])


def _configured(configuration: Mapping[str, object]) -> int:
    """The other way round, from what a release takes along."""
    domains = configuration.get("server_domains") or []
    return next((value for value in range(10) if set_up_of(value).server_domains == domains), -1)


def _seen_plan(plan: Plan, places: Mapping[UUID, int]) -> tuple[object, ...]:
    return (
        places[plan.stable_release] if plan.stable_release else None,
        places[plan.candidate_release] if plan.candidate_release else None,
        frozenset(plan.pilot),
        plan.threshold,
        frozenset(plan.rules.get("systems", ())),
        _configured(plan.stable_configuration),
        _configured(plan.candidate_configuration),
        frozenset(plan.withdrawn),
        plan.removed,
    )


def _part(policy: model.Policy) -> dict[str, object]:
    part: dict[str, object] = {
        "review": policy.review,
        "pilot_testing": policy.pilot,
        "approvals": policy.approvals,
        "requester_may_approve": policy.own,
        "automated_review": policy.automated,
        "most_testers": policy.most_testers,
    }
    if not policy.production:
        return part
    hours = {"days": [*_DAYS], "start": "09:00", "end": "17:00"}
    return part | {
        "grayscale_release": True,
        "largest_first_share": policy.first / 1000,
        "shortest_soak_minutes": policy.soak,
        "ramp": [{"percentage": share / 1000, "soak_minutes": soak} for share, soak in policy.ramp],
        "windows": [hours] if policy.office_hours else [],
    }


_DAYS: Final = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
