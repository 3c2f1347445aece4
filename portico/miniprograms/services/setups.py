"""How a mini program is set up on a target, and what is live there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction

from portico.audit.services import Actor
from portico.kernel.errors import Invalid, InvalidFields
from portico.miniprograms.models import MiniProgram, ProgramOnTarget, Version
from portico.miniprograms.rules.server_domains import check_server_domains
from portico.miniprograms.rules.variables import check_variables, in_log
from portico.miniprograms.services.errors import OtherWorkspace, SetUpChanged
from portico.miniprograms.services.holding import (
    changes_between,
    check_same_workspace,
    held_in_use,
    held_program,
    record_program,
)
from portico.targets.models import ReleaseTarget


@dataclass(frozen=True)
class SetUp:
    """What a release to a target takes along, unchecked: hosts, and pairs of names and values.

    Empty entries are passed over, so that errors can name the line or the pair that is wrong.
    """

    server_domains: Sequence[str] = ()
    variables: Sequence[tuple[str, str]] = field(default_factory=tuple)


def set_up(
    program: MiniProgram,
    target: ReleaseTarget,
    wanted: SetUp,
    *,
    revision: int,
    by: Actor,
    at: datetime,
) -> ProgramOnTarget:
    """Set a program up on one target; the next release there takes it along.

    No other target is read or changed, be it the same app's other environment. Production takes
    public names alone, the Sandbox also those that only the makers' own network knows. `revision`
    is what this was based on, 0 where nothing was set up: raises `SetUpChanged` unless it still is.
    Raises `ProgramArchived`, and `InvalidFields` with errors at `server_domains.<line>` and
    `variables.<number>`, or at the field itself.
    """
    check_same_workspace(program, target)
    with transaction.atomic():
        held = held_in_use(program)
        present = _present(held, target)
        if present.revision != revision:
            raise SetUpChanged(target=str(target))
        domains, variables = check_set_up(wanted, public_only=target.is_production)
        if (present.server_domains, present.variables) == (list(domains), variables):
            return present
        before = _texts(present)
        present.server_domains, present.variables = list(domains), variables
        after = _texts(present)
        changes = changes_between(before, {**dict.fromkeys(before, ""), **after})
        present.revision += 1
        present.save()
        MiniProgram.objects.filter(id=held.id).update(changed_at=at)
        record_program("program.set_up", held, by=by, at=at, target=target, changes=changes)
    return present


def put_live(
    program: MiniProgram, target: ReleaseTarget, version: Version | None, *, at: datetime
) -> None:
    """Have everybody on a target get this version from now on; None: the program is offline there.

    For releases, which decide, record and announce it. The program is locked first, so whoever
    archives it waits, and finds it live. Nothing of any other target changes. Raises
    `ProgramArchived` for an archived program that is to be live; `OtherWorkspace` is a mistake of
    the caller.
    """
    check_same_workspace(program, target)
    if version is not None and version.program_id != program.id:
        raise OtherWorkspace(f"{version.id} is no version of {program.id}.")
    with transaction.atomic():
        held = held_program(program) if version is None else held_in_use(program)
        ProgramOnTarget.objects.bulk_create(
            [
                ProgramOnTarget(
                    program=held,
                    target=target,
                    live_version=version,
                    live_since=at if version else None,
                )
            ],
            update_conflicts=True,
            unique_fields=["program", "target"],
            update_fields=["live_version", "live_since"],
        )
        others = [one for one in held.live_on if one != target.id]
        held.live_on = [*others, target.id] if version else others
        held.changed_at = at
        held.save(update_fields=["live_on", "changed_at"])


def _present(program: MiniProgram, target: ReleaseTarget) -> ProgramOnTarget:
    found = ProgramOnTarget.objects.filter(program=program, target=target).first()
    return found or ProgramOnTarget(program=program, target=target)


def check_set_up(wanted: SetUp, *, public_only: bool) -> tuple[tuple[str, ...], dict[str, str]]:
    """Server domains and variables as they are kept; raises `InvalidFields` as `set_up` does."""
    domains, bad_domains = check_server_domains(
        wanted.server_domains, public_only=public_only, own_zones=_own_zones()
    )
    variables, bad_variables = check_variables(wanted.variables)
    errors: dict[str, Invalid] = {}
    errors |= {_at("server_domains", number): one for number, one in bad_domains.items()}
    errors |= {_at("variables", number): one for number, one in bad_variables.items()}
    if errors:
        raise InvalidFields(errors)
    return domains, variables


def _own_zones() -> list[str]:
    """The platform's zones. Not those of one label, such as localhost: in development, a maker's
    own server is below it as well."""
    zones = (settings.PORTICO_SITE.base_domain, settings.PORTICO_DOMAINS.content_domain)
    names = (zone.lower().strip(".") for zone in zones)
    return [name for name in names if "." in name]


def _at(name: str, number: int) -> str:
    return f"{name}.{number}" if number else name


def _texts(present: ProgramOnTarget) -> dict[str, str]:
    variables: Mapping[str, str] = present.variables
    shown = {name: in_log(value) for name, value in sorted(variables.items())}
    return {"server_domains": ", ".join(present.server_domains), **shown}
