"""Releasing a version: where to, which one, and on with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, Invalid
from portico.kernel.permissions import Permission
from portico.miniprograms.access import program_for
from portico.miniprograms.models import MiniProgram, Version
from portico.miniprograms.tabs import program_context
from portico.miniprograms.uploading.panels import Button, Offer, version_buttons
from portico.miniprograms.uploading.queries import LARGEST_CODE, versions_of
from portico.release_process.services import policy_now
from portico.release_process.wording import sentences_of, stages_of
from portico.releases import services
from portico.releases.access import acts_as, role_in_program
from portico.releases.acting import by_request
from portico.releases.errors import NotAReleaseActor, OtherUnderWay
from portico.releases.forms import NewReleaseForm
from portico.releases.models import CANDIDATE, Release, ReleaseStatus
from portico.releases.views.twice import TWICE
from portico.releases.words import status_name
from portico.targets.models import ReleaseTarget
from portico.targets.queries import targets_of
from portico.ui.forms import refuse
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest

MOST_VERSIONS: Final = 50
CREATE: Final = "create"


@dataclass(frozen=True)
class Destination:
    """A target to release to. `used`: the version in question was released there already."""

    target: ReleaseTarget
    url: str
    used: bool


@requires(Permission.RELEASES_ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def new_release(request: MemberRequest, app_id: str) -> HttpResponseBase:
    """Release a version of a mini program: pick the target, then the version."""
    program = program_for(request.member, app_id)
    targets = _targets(request, program)
    asked = request.GET.get("target", "")
    target = next((one for one in targets if str(one.id) == asked), None)
    if target is None:
        return _targets_page(request, program, targets)
    versions = _versions(program, target, _code(request))
    other = _other(program, target)
    review = policy_now(request.workspace, production=target.is_production).policy.review
    make_form = partial(NewReleaseForm, versions=versions, review=review, other=other)
    if request.method != "POST":
        form = make_form(initial={"version": str(_code(request) or "")})
        return _page(request, program, target, form)
    at = now()
    made = _made_just_now(request, program, target, at)
    if made is not None:  # the button was pressed twice
        return redirect("release", made.id)
    form = make_form(request.POST)
    if not form.is_valid():
        return _page(request, program, target, form, status=422)
    version = next(one for one in versions if str(one.code) == form.cleaned_data["version"])
    return _release(request, program, target, version, form, at=at)


def _release(
    request: MemberRequest,
    program: MiniProgram,
    target: ReleaseTarget,
    version: Version,
    form: NewReleaseForm,
    *,
    at: datetime,
) -> HttpResponseBase:
    by, given = by_request(request), form.cleaned_data
    try:
        if request.POST.get("action") == CREATE:
            made = services.create(program, target, version, by=by, at=at)
        else:
            made = services.release_version(
                program,
                target,
                version,
                by=by,
                at=at,
                supersede=given.get("supersede", False),
                message=given.get("message", ""),
            )
    except Invalid as error:
        if "message" in form.fields:
            form.add_error("message", say(error))
        else:
            refuse(form, error)
        return _page(request, program, target, form, status=422)
    except OtherUnderWay as error:
        if "supersede" in form.fields:
            form.add_error("supersede", say(error))
            return _page(request, program, target, form, status=409)
        return _page(request, program, target, form, refused=say(error), status=409)
    except Conflict as error:
        return _page(request, program, target, form, refused=say(error), status=409)
    text = _("Version %(version)s for %(target)s is in “%(status)s”.")
    facts = {"version": version.name, "target": str(target), "status": status_name(made.status)}
    messages.success(request, text % facts)
    return redirect("release", made.id)


def _targets(request: MemberRequest, program: MiniProgram) -> list[ReleaseTarget]:
    """Where this member may release to; raises `NotAReleaseActor` where that is nowhere."""
    there = targets_of(request.workspace)
    assigned = role_in_program(request.member, program)
    found = [one for one in there if acts_as(request.member, assigned, one)]
    if there and not found:
        raise NotAReleaseActor
    return found


def _versions(program: MiniProgram, target: ReleaseTarget, code: int | None) -> list[Version]:
    """The newest versions that were not released to a target yet, and the one that is asked for."""
    used = Release.objects.filter(target=target, rolled_back_to=None, program=program)
    unused = versions_of(program).exclude(id__in=used.values("version_id"))
    found = list(unused[:MOST_VERSIONS])
    if code is not None and all(one.code != code for one in found):
        found += list(unused.filter(code=code))
    return found


def _other(program: MiniProgram, target: ReleaseTarget) -> Release | None:
    """What is on its way to a target."""
    found = Release.objects.filter(program=program, target=target, status__in=CANDIDATE)
    return found.select_related("version").defer("version__manifest").first()


def _under_review(program: MiniProgram, target: ReleaseTarget) -> Release | None:
    found = Release.objects.filter(
        program=program, target=target, status=ReleaseStatus.UNDER_REVIEW
    )
    return found.select_related("version").defer("version__manifest").first()


def _made_just_now(
    request: MemberRequest, program: MiniProgram, target: ReleaseTarget, at: datetime
) -> Release | None:
    """What the same person made of the same version a moment ago."""
    code = request.POST.get("version", "")
    found = Release.objects.filter(
        program=program, target=target, created_by=request.member.person_id, rolled_back_to=None
    )
    if not (code.isascii() and code.isdigit() and int(code) <= LARGEST_CODE):
        return None
    made = found.filter(version__code=int(code)).first()
    return made if made and at - made.created_at <= TWICE else None


def _code(request: MemberRequest) -> int | None:
    text = request.GET.get("version", "")
    if text.isascii() and text.isdigit() and 0 < int(text[:20]) <= LARGEST_CODE:
        return int(text[:20])
    return None


def _targets_page(
    request: MemberRequest, program: MiniProgram, targets: Sequence[ReleaseTarget]
) -> HttpResponse:
    code = _code(request)
    version = versions_of(program).filter(code=code).first() if code else None
    used = set()
    if version is not None:
        found = Release.objects.filter(version=version, rolled_back_to=None)
        used = set(found.values_list("target_id", flat=True))
    address = reverse("release_new", args=[program.app_id])
    more = f"&version={code}" if version else ""
    context = {
        **program_context(request, program, tab="releases"),
        "version": version,
        "destinations": [
            Destination(one, f"{address}?target={one.id}{more}", one.id in used) for one in targets
        ],
    }
    return render(request, "releases/new_where.html", context)


def _page(
    request: MemberRequest,
    program: MiniProgram,
    target: ReleaseTarget,
    form: NewReleaseForm,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    present = policy_now(request.workspace, production=target.is_production)
    context = {
        **program_context(request, program, tab="releases"),
        "target": target,
        "form": form,
        "stages": stages_of(present.policy),
        "sentences": sentences_of(present.policy),
        "policy_revision": present.revision,
        "other": _other(program, target),
        "under_review": _under_review(program, target),
        "refused": refused,
    }
    return render(request, "releases/new.html", context, status=status)


def release_button(request: MemberRequest, version: Version) -> Offer | None:
    """The button on a version's page, for those who may release it somewhere."""
    program = version.program
    if program.is_archived or not request.member.may(Permission.RELEASES_ACT):
        return None
    assigned = role_in_program(request.member, program)
    if not any(acts_as(request.member, assigned, one) for one in targets_of(request.workspace)):
        return None
    address = reverse("release_new", args=[program.app_id])
    return Offer(
        gettext_lazy("Release"), f"{address}?version={version.code}", icon="arrow", tone="primary"
    )


version_buttons.add(Button("release", release_button, place=10))
