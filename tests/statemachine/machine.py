"""Random stories, told to the services and to the model at once: neither may differ."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from portico.miniprograms import services as programs
from portico.releases import services
from portico.releases.models import Release as Row
from portico.targets.models import App
from tests.statemachine.events import Pipeline, Ramp
from tests.statemachine.model import (
    ALL,
    ARCHIVED,
    CREATED,
    FULL,
    GRAYSCALE,
    ON_ITS_WAY,
    PILOT,
    PREPARATION,
    REVIEW,
    Policy,
    Refused,
    Release,
)
from tests.statemachine.real import PEOPLE, VERSIONS, Real, Rows, set_up_of, steps_of

WHICH = st.integers(0, 11)
ENVIRONMENT = st.sampled_from([True, True, False])
# Mostly those who may, so that stories get somewhere; and everybody else.
ACTS = st.sampled_from(["admin", "developer"] * 5 + ["assistant"] * 2 + list(PEOPLE))
DECIDES = st.sampled_from(["admin", "reviewer", "second"] * 5 + list(PEOPLE))
REMOVES = st.sampled_from(["inspector"] * 8 + list(PEOPLE))
# What the caller saw: nothing, the release as it is, or as it was before.
SEEN = st.sampled_from([None, None, 0, 0, 0, -1])
REASON = st.sampled_from(["Because.", "Because.", "Because.", "Because.", ""])
OVERRIDE = st.sampled_from(["", "", "", "It must be."])
SHARE = st.sampled_from([1, 1_000, 5_000, 10_000, 20_000, 50_000, ALL, ALL, 0, ALL + 1])
TESTERS = st.sampled_from(
    [frozenset(one.split()) for one in ("ann ben", "ben", "ann ben cy", "ann ben cy di", "")]
)
RULES = st.sampled_from([frozenset(), frozenset({"ios"}), frozenset({"ios", "android"})])
RAMPS = st.sampled_from(
    [
        None,
        None,
        ((1_000, 5), (50_000, 10), (ALL, 0)),
        ((10_000, 30), (30_000, 0)),
        ((5, 1), (5, 1)),
    ]
)
PRODUCTION = st.builds(
    Policy,
    production=st.just(True),
    review=st.just(True),
    pilot=st.booleans(),
    approvals=st.sampled_from([1, 1, 1, 2]),
    own=st.sampled_from([False, False, True]),
    automated=st.sampled_from(["off", "advisory", "blocking", "approving"]),
    first=st.sampled_from([10_000, ALL]),
    soak=st.sampled_from([0, 60]),
    office_hours=st.sampled_from([False, False, True]),
)
SANDBOX = st.builds(
    Policy,
    production=st.just(False),
    review=st.booleans(),
    pilot=st.booleans(),
    approvals=st.sampled_from([1, 1, 2]),
    own=st.sampled_from([False, True]),
    automated=st.sampled_from(["off", "blocking", "approving"]),
    first=st.just(ALL),
    soak=st.just(0),
    ramp=st.just(()),
)

# How many steps the first two releases have taken before a story begins.
BEGINNINGS = [
    *[(4, 2)] * 4,
    *[(4, 3)] * 4,
    *[(4, 4)] * 2,
    *[(4, 1), (4, 0), (3, 2), (3, 0), (2, 1), (2, 0), (1, 0), (0, 0)],
]


def _nothing() -> None:
    """The checks are not over: nobody hears of it."""


class PipelineMachine(RuleBasedStateMachine):
    """One story. `rows` are made before the first one; each story is rolled back at its end."""

    rows: ClassVar[Rows]
    steps: ClassVar[int] = 0
    taken: ClassVar[int] = 0
    seen_events: ClassVar[set[tuple[str, str, str]]] = set()
    refusals: ClassVar[set[str]] = set()

    def __init__(self) -> None:
        super().__init__()
        self._transaction = transaction.atomic()
        self._transaction.__enter__()

    @initialize(
        production=PRODUCTION,
        sandbox=SANDBOX,
        so_far=st.sampled_from(BEGINNINGS),
        where=ENVIRONMENT,
    )
    def begin(
        self, production: Policy, sandbox: Policy, so_far: tuple[int, int], where: bool
    ) -> None:
        """Two releases that have come some way, so that stories begin anywhere."""
        self.model = Pipeline({True: production, False: sandbox})
        self.real = Real(self.rows, self.model)
        for version, steps in enumerate(so_far):
            self.check(version, "clean")
            self.create("developer", version, where)
            release = self.model.state.releases[version]
            for _step in range(steps):
                self._go_on(release, "developer")
                if release.status == REVIEW and self.model.request_of(release).decisions:
                    self._go_on(release, "developer")  # another has to approve as well

    def teardown(self) -> None:
        try:
            if hasattr(self, "real"):
                self.real.compare_all()
                history = self.model.state.history
                type(self).seen_events |= {(one.before, one.event, one.after) for one in history}
        finally:
            transaction.set_rollback(True)
            self._transaction.__exit__(None, None, None)

    # -- making and applying -----------------------------------------------------------------------

    @rule(who=ACTS, version=st.integers(0, VERSIONS - 1), production=ENVIRONMENT)
    def create(self, who: str, version: int, production: bool) -> None:
        row, target = self.rows.versions[version], self.rows.targets[production]
        self._both(
            partial(self.model.create, PEOPLE[who], version, production),
            partial(services.create, self.rows.program, target, row, **self._by(who)),
        )

    @rule(who=ACTS, which=WHICH, value=st.integers(0, 2), seen=SEEN)
    def configure(self, who: str, which: int, value: int, seen: int | None) -> None:
        def told(release: Release, revision: int | None) -> None:
            self._both(
                partial(self.model.configure, release, PEOPLE[who], value, revision),
                lambda: services.configure(
                    self._handle(release), set_up_of(value), **self._by(who), revision=revision
                ),
            )

        self._with(which, (CREATED, PILOT, PREPARATION), seen, told)

    @rule(who=ACTS, which=WHICH, supersede=st.booleans(), seen=SEEN)
    def apply(self, who: str, which: int, supersede: bool, seen: int | None) -> None:
        def told(release: Release, revision: int | None) -> None:
            self._both(
                lambda: self.model.apply(release, PEOPLE[who], revision, supersede=supersede),
                lambda: services.apply(
                    self._handle(release),
                    **self._by(who),
                    revision=revision,
                    supersede=supersede,
                ),
            )

        self._with(which, (CREATED,), seen, told)

    @rule(who=ACTS, which=WHICH, seen=SEEN)
    def withdraw(self, who: str, which: int, seen: int | None) -> None:
        self._simple(which, (REVIEW,), seen, who, self.model.withdraw, services.withdraw)

    # -- deciding ----------------------------------------------------------------------------------

    @rule(who=DECIDES, which=WHICH, approve=st.sampled_from([True] * 4 + [False]), reason=REASON)
    def decide(self, who: str, which: int, approve: bool, reason: str) -> None:
        requests = self.model.state.requests
        waiting = [n for n, one in enumerate(requests) if one.status == "in_review"]
        places = waiting if waiting and which else list(range(len(requests)))
        if not places:
            return
        place = places[which % len(places)]
        verb = services.approve if approve else services.reject
        self._both(
            lambda: self.model.decide(place, PEOPLE[who], approve=approve, reason=reason),
            lambda: verb(self.real.requests[place], **self._by(who), reason=reason),
        )

    @rule(
        version=st.integers(0, VERSIONS - 1),
        verdict=st.sampled_from(["clean"] * 3 + ["findings", "pending"]),
    )
    def check(self, version: int, verdict: str) -> None:
        event = self.real.check_version(version, verdict)
        self._both(
            partial(self.model.checked, version, verdict),
            partial(services.approve_what_is_checked, event) if verdict != "pending" else _nothing,
        )

    # -- pilot -------------------------------------------------------------------------------------

    @rule(who=ACTS, which=WHICH, testers=TESTERS, update=st.booleans(), seen=SEEN)
    def pilot(
        self, who: str, which: int, testers: frozenset[str], update: bool, seen: int | None
    ) -> None:
        verb = services.update_pilot if update else services.start_pilot

        def told(release: Release, revision: int | None) -> None:
            self._both(
                lambda: self.model.pilot(release, PEOPLE[who], testers, revision, update=update),
                lambda: verb(
                    self._handle(release),
                    services.Testers(tuple(testers)),
                    **self._by(who),
                    revision=revision,
                ),
            )

        self._with(which, (PILOT,), seen, told)

    @rule(who=ACTS, which=WHICH, seen=SEEN)
    def complete(self, who: str, which: int, seen: int | None) -> None:
        verb = services.complete_pilot
        self._simple(which, (PILOT,), seen, who, self.model.complete, verb)

    @rule(who=ACTS, which=WHICH, reason=REASON, seen=SEEN)
    def bypass(self, who: str, which: int, reason: str, seen: int | None) -> None:
        def told(release: Release, revision: int | None) -> None:
            self._both(
                partial(self.model.bypass, release, PEOPLE[who], reason, revision),
                lambda: services.bypass_pilot(
                    self._handle(release), reason=reason, **self._by(who), revision=revision
                ),
            )

        self._with(which, (PILOT,), seen, told)

    # -- grayscale ---------------------------------------------------------------------------------

    @rule(who=ACTS, which=WHICH, rules=RULES, seen=SEEN)
    def set_rules(self, who: str, which: int, rules: frozenset[str], seen: int | None) -> None:
        def told(release: Release, revision: int | None) -> None:
            self._both(
                partial(self.model.set_rules, release, PEOPLE[who], rules, revision),
                lambda: services.set_rules(
                    self._handle(release),
                    {"systems": sorted(rules)},
                    **self._by(who),
                    revision=revision,
                ),
            )

        self._with(which, ON_ITS_WAY, seen, told)

    @rule(who=ACTS, which=WHICH, share=st.one_of(st.just(0), SHARE), override=OVERRIDE, seen=SEEN)
    def go_live(self, who: str, which: int, share: int, override: str, seen: int | None) -> None:
        def told(release: Release, revision: int | None) -> None:
            self._both(
                partial(self.model.go_live, release, PEOPLE[who], share, override, revision),
                lambda: services.go_live(
                    self._handle(release),
                    **self._by(who),
                    share=share,
                    override=override,
                    revision=revision,
                ),
            )

        self._with(which, (PREPARATION,), seen, told)

    @rule(who=ACTS, which=WHICH, share=SHARE, override=OVERRIDE, seen=SEEN)
    def scale(self, who: str, which: int, share: int, override: str, seen: int | None) -> None:
        def told(release: Release, revision: int | None) -> None:
            self._scale(release, who, share, override, revision)

        self._with(which, (GRAYSCALE,), seen, told)

    @rule(who=ACTS, which=WHICH, ramp=RAMPS, seen=SEEN)
    def start_ramp(self, who: str, which: int, ramp: Ramp | None, seen: int | None) -> None:
        def told(release: Release, revision: int | None) -> None:
            self._both(
                partial(self.model.start_ramp, release, PEOPLE[who], ramp, revision),
                lambda: services.start_ramp(
                    self._handle(release),
                    **self._by(who),
                    ramp=steps_of(ramp),
                    revision=revision,
                ),
            )

        self._with(which, (GRAYSCALE,), seen, told)

    @rule(which=WHICH)
    def ramp_step(self, which: int) -> None:
        release = self._pick(which, (GRAYSCALE,))
        if release is None:
            return
        expected: list[bool] = []
        got: list[bool] = []
        self._both(
            lambda: expected.append(self.model.ramp_step(release)),
            lambda: got.append(services.take_ramp_step(self._handle(release).id, at=self.real.at)),
        )
        assert expected == got

    @rule(who=ACTS, which=WHICH, seen=SEEN, verb=st.sampled_from(["pause", "resume", "stop_ramp"]))
    def hold(self, who: str, which: int, seen: int | None, verb: str) -> None:
        model, real = getattr(self.model, verb), getattr(services, verb)
        self._simple(which, (GRAYSCALE,), seen, who, model, real)

    @rule(who=ACTS, which=WHICH, reason=REASON, seen=SEEN)
    def cancel(self, who: str, which: int, reason: str, seen: int | None) -> None:
        self._with(
            which,
            ON_ITS_WAY,
            seen,
            lambda release, revision: self._cancel(release, who, reason, revision),
        )

    @rule(
        one=st.sampled_from(["pause", "resume", "stop_ramp"]),
        first=ACTS,
        second=ACTS,
        which=WHICH,
        share=SHARE,
        cancels=st.booleans(),
        swapped=st.booleans(),
    )
    def race(
        self,
        one: str,
        first: str,
        second: str,
        which: int,
        share: int,
        cancels: bool,
        swapped: bool,
    ) -> None:
        """Two who saw the same do something: whoever comes second is told what happened; and so is
        whoever does the same thing again."""
        release = self._pick(which, (GRAYSCALE,))
        if release is None:
            return
        seen, model, real = release.revision, getattr(self.model, one), getattr(services, one)

        def hold() -> None:
            self._both(
                lambda: model(release, PEOPLE[first], seen),
                lambda: real(self._handle(release), **self._by(first), revision=seen),
            )

        def other() -> None:
            if cancels:
                self._cancel(release, second, "Because.", seen)
            else:
                self._scale(release, second, share, "", seen)

        for change in (other, hold, other) if swapped else (hold, other, hold):
            change()

    # -- taking away and bringing back -------------------------------------------------------------

    @rule(who=ACTS, production=ENVIRONMENT, reason=REASON)
    def request_offline(self, who: str, production: bool, reason: str) -> None:
        self._both(
            partial(self.model.request_offline, PEOPLE[who], production, reason),
            lambda: services.request_offline(
                self.rows.program, self.rows.targets[production], reason=reason, **self._by(who)
            ),
        )

    @rule(who=ACTS, which=WHICH)
    def withdraw_offline(self, who: str, which: int) -> None:
        requests = self.model.state.requests
        liked = [n for n, one in enumerate(requests) if one.kind == "offline"]
        places = liked if liked and which else list(range(len(requests)))
        if places:
            place = places[which % len(places)]
            self._both(
                partial(self.model.withdraw_offline, place, PEOPLE[who]),
                lambda: services.withdraw_offline(self.real.requests[place], **self._by(who)),
            )

    @rule(who=REMOVES, production=ENVIRONMENT, reason=REASON, which=WHICH)
    def force_remove(self, who: str, production: bool, reason: str, which: int) -> None:
        if which < 8:  # now and then is enough
            return
        self._both(
            partial(self.model.force_remove, PEOPLE[who], production, reason),
            lambda: services.force_remove(
                self.rows.program, self.rows.targets[production], reason=reason, **self._by(who)
            ),
        )

    @rule(who=ACTS, which=WHICH, reason=REASON)
    def roll_back(self, who: str, which: int, reason: str) -> None:
        release = self._pick(which, (ARCHIVED,))
        if release is not None:
            self._both(
                partial(self.model.roll_back, release, PEOPLE[who], reason),
                lambda: services.roll_back(self._handle(release), reason=reason, **self._by(who)),
            )

    # -- what happens around -----------------------------------------------------------------------

    @rule(policy=st.one_of(PRODUCTION, SANDBOX))
    def save_policy(self, policy: Policy) -> None:
        self.model.state.policies[policy.production] = policy
        self.real.publish_policies()

    @rule(minutes=st.sampled_from([1, 5, 30, 60, 240, 600]))
    def wait(self, minutes: int) -> None:
        self.model.state.at += minutes

    @rule(which=WHICH)
    def archive_app(self, which: int) -> None:
        state = self.model.state
        if state.app_archived or which == 0:
            state.app_archived = not state.app_archived
            archived_at = self.real.at if state.app_archived else None
            App.objects.filter(id=self.rows.app.id).update(archived_at=archived_at)

    @rule(which=WHICH)
    def archive_program(self, which: int) -> None:
        state = self.model.state
        if state.program_archived:
            self._both(self._restored, self._restore)
        elif which < 2:
            self._both(self._archived, self._archive)

    @rule(who=st.sampled_from(["developer", "admin"]), which=WHICH)
    def go_on(self, who: str, which: int) -> None:
        """The next thing that is usually done, so that stories get to their end."""
        release = self._pick(which, (CREATED, REVIEW, *ON_ITS_WAY))
        if release is not None:
            self._go_on(release, who)

    # -- telling both ------------------------------------------------------------------------------

    def _go_on(self, release: Release, who: str) -> None:
        if release.status == CREATED:
            self._both(
                lambda: self.model.apply(release, PEOPLE[who], None, supersede=True),
                lambda: services.apply(self._handle(release), **self._by(who), supersede=True),
            )
        elif release.status == REVIEW:
            place = release.request or 0
            decided = self.model.state.requests[place].decisions
            other = "second" if "reviewer" in decided else "reviewer"
            self._both(
                lambda: self.model.decide(place, PEOPLE[other], approve=True, reason=""),
                lambda: services.approve(self.real.requests[place], **self._by(other)),
            )
        elif release.status == PILOT:
            self._both(
                lambda: self.model.bypass(release, PEOPLE[who], "Because.", None),
                lambda: services.bypass_pilot(
                    self._handle(release), reason="Because.", **self._by(who)
                ),
            )
        elif release.status == PREPARATION:
            self._both(
                lambda: self.model.go_live(release, PEOPLE["admin"], 0, "It must be.", None),
                lambda: services.go_live(
                    self._handle(release), **self._by("admin"), override="It must be."
                ),
            )
        elif release.status == GRAYSCALE:
            self._scale(release, "admin", ALL, "It must be.", None)

    def _archived(self) -> None:
        for statuses, code in (
            ((FULL,), "program_still_live"),
            ((REVIEW, *ON_ITS_WAY), "program_under_way"),
        ):
            if any(one.status in statuses for one in self.model.state.releases):
                raise Refused(code)
        self.model.state.program_archived = True

    def _archive(self) -> None:
        by = self.rows.by["admin"].actor
        programs.archive_program(self.rows.program, by=by, at=self.real.at)

    def _restored(self) -> None:
        self.model.state.program_archived = False

    def _restore(self) -> None:
        by = self.rows.by["admin"].actor
        programs.restore_program(self.rows.program, by=by, at=self.real.at)

    def _both(self, model: Callable[[], object], real: Callable[[], object]) -> None:
        cls = type(self)
        cls.steps += 1
        expected = self.model.attempt(model)
        got = self.real.attempt(real)
        assert got == expected, f"refused with {got!r}, and not with {expected!r}"
        if expected:  # that it changed nothing shows with the next event, or at the end
            cls.refusals.add(expected)
            return
        cls.taken += 1
        self.real.compare()

    def _by(self, who: str) -> dict[str, Any]:
        return {"by": self.rows.by[who], "at": self.real.at}

    def _handle(self, release: Release) -> Row:
        return self.real.releases[release.place]

    def _pick(self, which: int, statuses: tuple[str, ...]) -> Release | None:
        """One of the releases; one in these statuses, if there is any, unless `which` is 0."""
        releases = self.model.state.releases
        liked = [one for one in releases if one.status in statuses]
        pool = liked if liked and which else releases
        return pool[which % len(pool)] if pool else None

    def _with(
        self,
        which: int,
        statuses: tuple[str, ...],
        seen: int | None,
        told: Callable[[Release, int | None], None],
    ) -> None:
        release = self._pick(which, statuses)
        if release is not None:
            told(release, None if seen is None else release.revision + seen)

    def _simple(
        self,
        which: int,
        statuses: tuple[str, ...],
        seen: int | None,
        who: str,
        model: Callable[..., object],
        real: Callable[..., object],
    ) -> None:
        def told(release: Release, revision: int | None) -> None:
            self._both(
                lambda: model(release, PEOPLE[who], revision),
                lambda: real(self._handle(release), **self._by(who), revision=revision),
            )

        self._with(which, statuses, seen, told)

    def _scale(
        self, release: Release, who: str, share: int, override: str, revision: int | None
    ) -> None:
        self._both(
            partial(self.model.scale, release, PEOPLE[who], share, override, revision),
            lambda: services.scale(
                self._handle(release),
                share,
                **self._by(who),
                override=override,
                revision=revision,
            ),
        )

    def _cancel(self, release: Release, who: str, reason: str, revision: int | None) -> None:
        self._both(
            partial(self.model.cancel, release, PEOPLE[who], reason, revision),
            lambda: services.cancel(
                self._handle(release), reason=reason, **self._by(who), revision=revision
            ),
        )
