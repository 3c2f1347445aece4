"""Who has accepted, for admins: figures and lists, what can be taken along, and exemptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from portico.accounts.http import actor_of
from portico.audit.services import record
from portico.kernel.access import public, requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, Invalid, InvalidFields, NotFound
from portico.kernel.permissions import Permission
from portico.legal.acceptance import coverage, exempting
from portico.legal.acceptance.coverage import CoverageState, Figure
from portico.legal.acceptance.evidence import evidence_of
from portico.legal.acceptance.forms import (
    STATES,
    TONES,
    CoverageForm,
    ExemptionForm,
    version_key,
    version_title,
)
from portico.legal.acceptance.keys import public_key_of
from portico.legal.acceptance.rules import Published
from portico.legal.models import LegalAnswer
from portico.ui.forms import refuse
from portico.ui.frame import NavItem
from portico.ui.texts import say
from portico.workspaces.hosts import address_of
from portico.workspaces.http import MemberRequest, TokenRequest, WorkspaceRequest
from portico.workspaces.models import Membership

ON_A_PAGE = 50


@dataclass(frozen=True)
class Row:
    """A member in the list."""

    member: Membership
    answer: LegalAnswer | None
    state: str
    tone: str
    may_be_exempted: bool
    is_exempt: bool


@dataclass(frozen=True)
class Part:
    """A part of the bar: how long it is and where it begins, in percent."""

    title: str
    count: int
    tone: str
    start: float
    width: float


@requires(Permission.SETTINGS_READ)
@require_safe
def legal_coverage(request: MemberRequest) -> HttpResponse:
    """How many members have accepted a version, and who has not."""
    at = now()
    versions = coverage.versions_to_accept(request.workspace)
    form = CoverageForm(request.GET, versions=versions)
    first = coverage.default_version(versions, at=at)
    context: dict[str, object] = {
        "may_change": request.member.may(Permission.SETTINGS_CHANGE),
        "exemptions": list(exempting.exemptions_of(request.workspace, at=at)[:ON_A_PAGE]),
    }
    if first is None:
        return render(request, "legal/acceptance/coverage.html", context)
    version = form.chosen(first)
    found = coverage.members_by_state(request.workspace, version, at=at)
    words, state = form.asked("q"), form.asked("state")
    listed = coverage.narrowed(found, words=words, state=state).order_by("person__email", "id")
    page = Paginator(listed, ON_A_PAGE).get_page(request.GET.get("page"))
    figure = coverage.figure_of(found)
    context |= {
        "form": form,
        "version": version,
        "key": version_key(version),
        "title": version_title(version),
        "is_coming": version.effective_at > at,
        "figure": figure,
        "parts": _parts(figure),
        "tabs": _tabs(figure, version, words, state),
        "page": page,
        "rows": _rows(list(page.object_list)),
        "asked": bool(words or state),
        "query": f"?{urlencode({'version': version_key(version), 'q': words, 'state': state})}",
    }
    return render(request, "legal/acceptance/coverage.html", context)


@requires(Permission.SETTINGS_READ)
@require_GET
def legal_coverage_csv(request: MemberRequest) -> StreamingHttpResponse:
    """The members that the filters name, as CSV. That they were exported is recorded."""
    at = now()
    form, version = _asked(request)
    found = coverage.members_by_state(request.workspace, version, at=at)
    found = coverage.narrowed(found, words=form.asked("q"), state=form.asked("state"))
    record_export("legal.coverage_exported", request, version, at=at)
    return StreamingHttpResponse(
        coverage.csv_of(version, found),
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{_file(request, version, "csv")}"',
            "Cache-Control": "private, no-store",
        },
    )


@requires(Permission.SETTINGS_READ)
@require_GET
def legal_evidence(request: MemberRequest) -> HttpResponseBase:
    """The signed evidence for a version. That it was exported is recorded."""
    at = now()
    _form, version = _asked(request)
    return evidence_answer(request, version, at=at)


@requires(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def exempt_member(request: MemberRequest, member_id: UUID) -> HttpResponseBase:
    """Let a member off accepting."""
    member = Membership.objects.filter(workspace=request.workspace, id=member_id)
    shown = member.select_related("person").first()
    if shown is None:
        raise NotFound
    form = ExemptionForm(request.POST or None)
    context = {"shown": shown, "form": form}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            reason, until = form.values()
            try:
                exempting.exempt(
                    request.workspace,
                    member_id,
                    reason=reason,
                    until=until,
                    by=actor_of(request),
                    at=now(),
                )
            except Invalid as error:
                refuse(form, InvalidFields({_field_of(error): error}))
            except Conflict as error:
                context["refused"], status = say(error), 409
            else:
                messages.success(
                    request, _("%(who)s is exempt.") % {"who": shown.person.display_name}
                )
                return redirect("legal_coverage")
    return render(request, "legal/acceptance/exempt.html", context, status=status)


@requires(Permission.SETTINGS_CHANGE)
@require_POST
def end_exemption(request: MemberRequest, member_id: UUID) -> HttpResponseBase:
    """Ask a member again."""
    ended = exempting.end_exemption(request.workspace, member_id, by=actor_of(request), at=now())
    messages.success(
        request,
        _("%(who)s is asked from now on.") % {"who": ended.membership.person.display_name},
    )
    return redirect("legal_coverage")


@public("Whoever is shown evidence compares its key with this one.")
@require_safe
def legal_key(request: WorkspaceRequest) -> HttpResponse:
    """The public key of the workspace's evidence; a 404 where nothing was ever signed."""
    response = HttpResponse(public_key_of(request.workspace), content_type="application/x-pem-file")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def evidence_answer(
    request: MemberRequest | TokenRequest, version: Published, *, at: datetime
) -> FileResponse:
    """The evidence as a download, for page and API."""
    workspace = request.workspace
    key_url = address_of(workspace, reverse("legal_key"))
    record_export("legal.evidence_exported", request, version, at=at)
    file = evidence_of(workspace, version, key_url=key_url, at=at)
    return FileResponse(
        file,
        as_attachment=True,
        filename=_file(request, version, "zip"),
        content_type="application/zip",
        headers={"Cache-Control": "private, no-store"},
    )


def record_export(
    action: str, request: MemberRequest | TokenRequest, version: Published, *, at: datetime
) -> None:
    """Write down that somebody took this along."""
    with transaction.atomic():
        record(
            action,
            by=actor_of(request),
            at=at,
            workspace_id=request.workspace.id,
            subject_kind="legal_version",
            subject_id=version.id,
            subject_label=version_key(version),
        )


def _asked(request: MemberRequest) -> tuple[CoverageForm, Published]:
    """The version that an export is asked of, without one that which is looked at first; raises
    `NotFound` for one that asks nobody."""
    versions = coverage.versions_to_accept(request.workspace)
    form = CoverageForm(request.GET, versions=versions)
    wanted = request.GET.get("version", "")
    first = coverage.default_version(versions, at=now())
    version = form.versions.get(wanted) if wanted else first
    if version is None:
        raise NotFound
    return form, version


def _file(request: MemberRequest | TokenRequest, version: Published, ending: str) -> str:
    day = timezone.localdate().isoformat()
    return f"{request.workspace.slug}-{version_key(version)}-{day}.{ending}"


def _rows(members: list[Membership]) -> list[Row]:
    answers = coverage.answers_of(members)
    return [
        Row(
            member=member,
            answer=answers.get(member.id),
            state=str(STATES[coverage.state_of(member).value]),
            tone=TONES[coverage.state_of(member)],
            may_be_exempted=coverage.state_of(member)
            in {CoverageState.WAITING, CoverageState.DECLINED},
            is_exempt=coverage.state_of(member) is CoverageState.EXEMPT,
        )
        for member in members
    ]


def _parts(figure: Figure) -> list[Part]:
    counts = [(state, getattr(figure, state.value)) for state in CoverageState]
    total = sum(count for _state, count in counts) or 1
    parts, start = [], 0.0
    for state, count in counts:
        width = 100 * count / total
        title = str(STATES[state.value])
        parts.append(Part(title, count, TONES[state], round(start, 3), round(width, 3)))
        start += width
    return parts


def _tabs(figure: Figure, version: Published, words: str, state: str) -> list[NavItem]:
    address = reverse("legal_coverage")
    asked = {"version": version_key(version), **({"q": words} if words else {})}
    everybody = NavItem(_("Everybody"), f"{address}?{urlencode(asked)}", current=not state)
    others = [
        NavItem(
            str(title),
            f"{address}?{urlencode(asked | {'state': name})}",
            current=state == name,
            count=getattr(figure, name),
        )
        for name, title in STATES.items()
    ]
    return [everybody, *others]


def _field_of(error: Invalid) -> str:
    return "until" if isinstance(error, exempting.UnusableUntil) else "reason"
