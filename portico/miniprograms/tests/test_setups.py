"""Setting a mini program up on its targets, and what is live there: each target for itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.audit.services import PLATFORM
from portico.kernel.errors import InvalidFields
from portico.miniprograms import services
from portico.miniprograms.models import MiniProgram, ProgramOnTarget
from portico.miniprograms.queries import live_on, set_up_of
from portico.miniprograms.services import SetUp
from portico.targets.models import ReleaseTarget
from tests.make import AT, LONG_AGO, make_app, make_program, make_version

pytestmark = pytest.mark.django_db
WANTED = SetUp(
    ["https://API.example.com/", "", "*.Bücher.example.com:8443", "api.example.com:443"],
    [("API_URL", "https://api.example.com/"), ("", ""), ("LEVEL", "3")],
)


@dataclass(frozen=True)
class Stage:
    """A program of acme, and both targets of an app."""

    program: MiniProgram
    production: ReleaseTarget
    sandbox: ReleaseTarget


@pytest.fixture
def stage(cast: Cast) -> Stage:
    app = make_app(cast.acme, "pay")
    found = ReleaseTarget.objects.filter(app=app).select_related("app").order_by("environment")
    production, sandbox = found
    return Stage(make_program(cast.acme, changed_at=LONG_AGO), production, sandbox)


def test_a_set_up_is_kept_as_browsers_write_it_each_host_once(stage: Stage) -> None:
    services.set_up(stage.program, stage.sandbox, WANTED, revision=0, by=PLATFORM, at=AT)

    kept = set_up_of(stage.program, stage.sandbox)
    assert kept.server_domains == ["api.example.com", "*.xn--bcher-kva.example.com:8443"]
    assert kept.variables == {"API_URL": "https://api.example.com/", "LEVEL": "3"}
    assert kept.revision == 1
    assert MiniProgram.objects.get(id=stage.program.id).changed_at == AT
    entry = AuditEntry.objects.get(action="program.set_up")
    assert entry.subject_label.endswith("(Pay, Sandbox)")
    assert [change["field"] for change in entry.changes] == ["server_domains", "API_URL", "LEVEL"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("x" * 999 + "1", "x" * 999 + "2"), (None, ""), ("", None), ("", "1")],
    ids=["its end alone", "added empty", "empty, removed", "filled"],
)
def test_no_change_of_a_variable_is_passed_over(
    stage: Stage, before: str | None, after: str | None
) -> None:
    def variables(value: str | None) -> list[tuple[str, str]]:
        return [("KEPT", "1"), *([] if value is None else [("LEVEL", value)])]

    first = SetUp(variables=variables(before))
    services.set_up(stage.program, stage.sandbox, first, revision=0, by=PLATFORM, at=LONG_AGO)

    second = SetUp(variables=variables(after))
    services.set_up(stage.program, stage.sandbox, second, revision=1, by=PLATFORM, at=AT)

    kept = set_up_of(stage.program, stage.sandbox)
    assert (kept.revision, list(kept.variables.items())) == (2, variables(after))
    (change,) = AuditEntry.objects.get(action="program.set_up", at=AT).changes
    assert change["field"] == "LEVEL"
    assert change["before"] != change["after"]


def test_the_set_up_of_the_sandbox_never_touches_production(stage: Stage) -> None:
    services.set_up(
        stage.program, stage.production, SetUp(["a.example.com"]), revision=0, by=PLATFORM, at=AT
    )
    before = ProgramOnTarget.objects.filter(target=stage.production).values().get()

    services.set_up(stage.program, stage.sandbox, WANTED, revision=0, by=PLATFORM, at=AT)
    services.put_live(stage.program, stage.sandbox, make_version(stage.program), at=AT)
    services.put_live(stage.program, stage.sandbox, None, at=AT)
    services.set_up(stage.program, stage.sandbox, SetUp(), revision=1, by=PLATFORM, at=AT)

    assert ProgramOnTarget.objects.filter(target=stage.production).values().get() == before


def test_a_revision_counts_for_its_own_target_alone(stage: Stage) -> None:
    services.set_up(stage.program, stage.production, WANTED, revision=0, by=PLATFORM, at=AT)

    with pytest.raises(services.SetUpChanged) as caught:
        services.set_up(stage.program, stage.production, SetUp(), revision=0, by=PLATFORM, at=AT)
    sandbox = services.set_up(stage.program, stage.sandbox, WANTED, revision=0, by=PLATFORM, at=AT)

    assert "Pay, Production" in str(caught.value)
    assert sandbox.revision == 1
    assert set_up_of(stage.program, stage.production).revision == 1


def test_each_line_that_is_wrong_is_named(stage: Stage) -> None:
    wanted = SetUp(
        ["ok.example.com", "http://a.example.com", "10.0.0.1", "co.uk", "a.example.com/x"],
        [("A", "1"), ("api_url", "1"), ("A", "2"), ("DB_PASSWORD", "1"), ("LONG", "x" * 1001)],
    )

    with pytest.raises(InvalidFields) as caught:
        services.set_up(stage.program, stage.production, wanted, revision=0, by=PLATFORM, at=AT)

    assert {field: error.code for field, error in caught.value.errors.items()} == {
        "server_domains.2": "server_domain_not_https",
        "server_domains.3": "domain_is_address",
        "server_domains.4": "public_suffix",
        "server_domains.5": "server_domain_has_path",
        "variables.2": "variable_name_refused",
        "variables.3": "variable_twice",
        "variables.4": "variable_looks_secret",
        "variables.5": "variable_too_long",
    }
    assert not ProgramOnTarget.objects.exists()


@pytest.mark.parametrize(
    "entry", ["portico.example.com", "ACME.portico.example.com:8443", "*.example.com"]
)
def test_no_server_domain_reaches_the_platform_itself(
    stage: Stage, settings: Any, entry: str
) -> None:
    settings.PORTICO_SITE = replace(settings.PORTICO_SITE, base_domain="portico.example.com")

    wanted = SetUp(["api.example.com", "example.com", entry])

    with pytest.raises(InvalidFields) as caught:
        services.set_up(stage.program, stage.sandbox, wanted, revision=0, by=PLATFORM, at=AT)

    assert {place: error.code for place, error in caught.value.errors.items()} == {
        "server_domains.3": "server_domain_of_platform"
    }


def test_names_of_an_inner_network_are_for_the_sandbox_alone(stage: Stage) -> None:
    inner = SetUp(["api.bank.internal"])

    with pytest.raises(InvalidFields):
        services.set_up(stage.program, stage.production, inner, revision=0, by=PLATFORM, at=AT)
    sandbox = services.set_up(stage.program, stage.sandbox, inner, revision=0, by=PLATFORM, at=AT)

    assert sandbox.server_domains == ["api.bank.internal"]


def test_an_archived_program_is_neither_set_up_nor_put_live(stage: Stage) -> None:
    version = make_version(stage.program)
    services.archive_program(stage.program, by=PLATFORM, at=AT)

    with pytest.raises(services.ProgramArchived):
        services.set_up(stage.program, stage.sandbox, WANTED, revision=0, by=PLATFORM, at=AT)
    with pytest.raises(services.ProgramArchived):
        services.put_live(stage.program, stage.sandbox, version, at=AT)

    assert not ProgramOnTarget.objects.exists()


def test_what_is_live_is_known_of_each_target_and_keeps_its_set_up(stage: Stage) -> None:
    services.set_up(stage.program, stage.production, WANTED, revision=0, by=PLATFORM, at=LONG_AGO)
    first, second = make_version(stage.program), make_version(stage.program)

    services.put_live(stage.program, stage.production, first, at=LONG_AGO)
    services.put_live(stage.program, stage.production, second, at=AT)
    services.put_live(stage.program, stage.sandbox, first, at=AT)

    program = MiniProgram.objects.get(id=stage.program.id)
    targets = [stage.sandbox, stage.production]
    assert program.live_on == [stage.production.id, stage.sandbox.id]
    assert [
        (one.target, one.version, one.since) for one in live_on([program], targets)[program.id]
    ] == [
        (stage.production, second, AT),
        (stage.sandbox, first, AT),
    ]
    kept = set_up_of(program, stage.production)
    assert (kept.revision, kept.server_domains[0]) == (1, "api.example.com")


def test_targets_and_versions_of_others_are_refused(stage: Stage, cast: Cast) -> None:
    other = ReleaseTarget.objects.filter(app=make_app(cast.zenith))[0]
    foreign = make_version(make_program(cast.acme))

    with pytest.raises(services.OtherWorkspace):
        services.set_up(stage.program, other, WANTED, revision=0, by=PLATFORM, at=AT)
    with pytest.raises(services.OtherWorkspace):
        services.put_live(stage.program, other, make_version(stage.program), at=AT)
    with pytest.raises(services.OtherWorkspace):
        services.put_live(stage.program, stage.sandbox, foreign, at=AT)

    assert not ProgramOnTarget.objects.exists()
