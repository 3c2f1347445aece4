"""The settings section *Release Process*."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portico.basic_settings.sections import Section
from portico.basic_settings.services import live
from portico.files.models import StoredFile
from portico.kernel.errors import Invalid, InvalidFields
from portico.release_process.forms import ReleaseProcessForm
from portico.release_process.names import flat
from portico.release_process.payload import Process, ProductionProcess, ReleaseProcess
from portico.release_process.policy import AutomatedReview
from portico.release_process.rules import GrayscaleIsMandatory, ReviewIsMandatory
from portico.release_process.showing import older_in_flight, soak_hint, ways_of
from portico.release_process.wording import (
    REVIEWS,
    duration,
    freeze_in_words,
    percent,
    step_in_words,
    window_in_words,
)
from portico.ui.values import Fact, Value
from portico.workspaces.models import Workspace


class ReleaseProcessSection(Section[ReleaseProcess]):
    """The steps of a release, by environment."""

    name = "release-process"
    title = _("Release Process")
    about = _("The steps that each version goes through before everybody gets it.")
    surfaces = (_("Releases"), _("Approvals"))
    schema = ReleaseProcess
    form = ReleaseProcessForm
    values_template = "release_process/values.html"
    fields_template = "release_process/fields.html"
    below_template = "release_process/below.html"
    styles = ("release_process/process.css",)
    saved = _(
        "%(section)s is saved. It applies to release requests that are made from now on; those in "
        "flight keep what they were made under."
    )
    sensitive = True

    def initial(self, workspace: Workspace, payload: ReleaseProcess) -> dict[str, Any]:  # noqa: ARG002
        """Each value by the name of its field, and how many rows there are of each list."""
        return flat(payload)

    def check(self, workspace: Workspace, payload: ReleaseProcess, *, at: datetime) -> None:  # noqa: ARG002
        """What no setting can switch off is on, wherever the values come from."""
        wrong: dict[str, Invalid] = {}
        if not payload.production.review:
            wrong["production.review"] = ReviewIsMandatory()
        if not payload.production.grayscale_release:
            wrong["production.grayscale_release"] = GrayscaleIsMandatory()
        if wrong:
            raise InvalidFields(wrong)

    def facts(
        self,
        workspace: Workspace,  # noqa: ARG002
        payload: ReleaseProcess,
        *,
        at: datetime,  # noqa: ARG002
        files: Mapping[str, StoredFile],  # noqa: ARG002
    ) -> dict[str, Fact]:
        """Each value, named with its environment."""
        production, sandbox = payload.production, payload.sandbox
        return {
            **_named("production", gettext("Production"), _of_both(production)),
            **_named("production", gettext("Production"), _of_production(production)),
            **_named("sandbox", gettext("Sandbox"), _of_both(sandbox)),
        }

    def hints(
        self,
        workspace: Workspace,
        payload: ReleaseProcess,
        *,
        at: datetime,  # noqa: ARG002
    ) -> tuple[str, ...]:
        """That the ramp is faster than the shortest soak lets it be."""
        hint = soak_hint(workspace, payload)
        return (hint,) if hint else ()

    def extras(
        self, workspace: Workspace, payload: ReleaseProcess, *, at: datetime
    ) -> dict[str, Any]:
        """`ways`: what a request made now would go through, by environment. `older`: what keeps
        older revisions. `hint`: what the form says of the ramp."""
        return {
            "ways": SimpleLazyObject(lambda: ways_of(workspace, payload, at=at)),
            "older": SimpleLazyObject(
                lambda: older_in_flight(workspace, lambda: live(workspace, self).number)
            ),
            "hint": soak_hint(workspace, payload),
        }


def _named(part: str, environment: str, found: Iterator[tuple[str, str, Value]]) -> dict[str, Fact]:
    return {
        f"{part}.{field}": Fact(f"{environment}: {label}", value) for field, label, value in found
    }


def _of_both(process: Process) -> Iterator[tuple[str, str, Value]]:
    review = getattr(process, "review", True)
    yield "review", gettext("Review"), review
    yield "pilot_testing", gettext("Pilot Testing"), process.pilot_testing
    yield "approvals", gettext("approvals needed"), process.approvals
    yield (
        "requester_may_approve",
        gettext("the requester may approve"),
        process.requester_may_approve,
    )
    yield (
        "automated_review",
        gettext("automated review"),
        str(REVIEWS[AutomatedReview(process.automated_review)]),
    )
    yield "most_testers", gettext("testers at most"), process.most_testers


def _of_production(process: ProductionProcess) -> Iterator[tuple[str, str, Value]]:
    yield "grayscale_release", gettext("Grayscale Release"), process.grayscale_release
    yield (
        "largest_first_share",
        gettext("largest first share"),
        percent(process.largest_first_share),
    )
    yield (
        "shortest_soak_minutes",
        gettext("shortest soak before 100 %"),
        duration(process.shortest_soak_minutes),
    )
    yield "ramp", gettext("default ramp"), tuple(step_in_words(one) for one in process.ramp)
    yield (
        "windows",
        gettext("release windows"),
        tuple(window_in_words(one) for one in process.windows) or gettext("None: at any time"),
    )
    yield (
        "freezes",
        gettext("freeze periods"),
        tuple(freeze_in_words(one) for one in process.freezes) or gettext("None"),
    )


section = ReleaseProcessSection()
