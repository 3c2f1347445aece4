"""Publishing a version in two steps, so that it is looked at first; and withdrawing one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portico.accounts.http import actor_of
from portico.basic_settings import services as settings_services
from portico.basic_settings.payloads import parse
from portico.files.uploads import oversized
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, Invalid, InvalidFields, Stale, gettext_noop
from portico.kernel.permissions import Permission
from portico.legal.manage.forms import PublishForm
from portico.legal.models import CheckedPdf, LegalKind, LegalVersion
from portico.legal.payload import LegalDocuments
from portico.legal.rules.redline import Redline, redline
from portico.legal.section import section
from portico.legal.services.intake import hints_on, removals_in_words
from portico.legal.services.read import newest_version, text_of, version_numbered
from portico.legal.services.settling import settle
from portico.legal.showing import language_name
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest

SHOWN_PAGES = 12


class NotWithdrawn(Conflict):
    code = "not_withdrawn"
    sentence = gettext_noop(
        "Version %(number)s cannot be withdrawn: only one that is not yet in force can."
    )


@dataclass(frozen=True)
class Reviewed:
    """A PDF as it is looked at before it is published."""

    language: str
    pdf: CheckedPdf
    removed: tuple[str, ...]
    hints: tuple[str, ...]
    redline: Redline | None
    kept: bool

    @property
    def pages(self) -> list[tuple[int, int, int]]:
        """Number, width and height of the first pages."""
        sizes = self.pdf.sizes[:SHOWN_PAGES]
        return [(number, width, height) for number, (width, height) in enumerate(sizes, start=1)]

    @property
    def more(self) -> int:
        """How many pages are not shown."""
        return max(0, self.pdf.pages - SHOWN_PAGES)


@requires(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: MemberRequest, kind: LegalKind) -> HttpResponseBase:
    """The form; what it would publish; and, once that was looked at, the version."""
    at = now()
    form = _form(request, kind, at=at)
    if request.method != "POST":
        return _form_page(request, form)
    if not form.is_valid() or request.POST.get("action") == "edit":
        status = 422 if form.errors else 200
        return _form_page(request, form, status=status)
    try:
        if request.POST.get("action") != "publish":
            return _review_page(request, form, at=at)
        _save(request, form, at=at)
    except Invalid as error:
        _refuse(form, error)
        return _form_page(request, form, status=422)
    except Stale as error:
        form = _form(request, kind, at=at, based_on_live=True)
        form.is_valid()
        form.add_error(None, say(error))
        return _form_page(request, form, status=409)
    return _done(request, kind)


@requires(Permission.SETTINGS_CHANGE)
@require_POST
def withdraw(request: MemberRequest, kind: LegalKind, number: int) -> HttpResponseBase:
    """Withdraw a version that is not yet in force."""
    at = now()
    version = version_numbered(request.workspace, kind, number)
    if version.withdrawn_at is not None or version.effective_at <= at:
        raise NotWithdrawn(number=number)
    live = settings_services.live(request.workspace, section)
    kept = [
        entry.model_dump()
        for entry in live.payload.documents
        if (entry.kind, entry.version) != (kind, number)
    ]
    settings_services.save(
        request.workspace,
        section,
        {"documents": kept},
        based_on=live.number,
        by=actor_of(request),
        at=at,
    )
    said = _("Version %(number)s of %(title)s is withdrawn.")
    messages.success(request, said % {"number": number, "title": kind.label})
    return redirect("legal_versions", kind)


def _form(
    request: MemberRequest, kind: LegalKind, *, at: datetime, based_on_live: bool = False
) -> PublishForm:
    live = settings_services.live(request.workspace, section).number
    given = request.POST.copy() if request.method == "POST" else None
    if given is not None and based_on_live:
        given["based_on"] = str(live)
    return PublishForm(
        given,
        request.FILES if given is not None else None,
        initial={"based_on": live},
        workspace=request.workspace,
        kind=kind,
        before=newest_version(request.workspace, kind),
        too_large=frozenset(oversized(request)) if given is not None else frozenset(),
        at=at,
    )


def _save(request: MemberRequest, form: PublishForm, *, at: datetime) -> None:
    settings_services.save(
        request.workspace,
        section,
        _values(request, form),
        based_on=form.cleaned_data["based_on"],
        by=actor_of(request),
        at=at,
    )


def _values(request: MemberRequest, form: PublishForm) -> dict[str, object]:
    """What is there, and the new version."""
    live = settings_services.live(request.workspace, section).payload
    there = [entry.model_dump() for entry in live.documents]
    return {"documents": [*there, *form.entries()]}


def _refuse(form: PublishForm, error: Invalid) -> None:
    """Say each error at the field of the form that it is about."""
    errors = error.errors if isinstance(error, InvalidFields) else {"": error}
    for name, one in errors.items():
        field = name.rpartition(".")[2]
        if (
            field in {"effective_at", "material", "governing"}
            and not form.fields[field].widget.is_hidden
        ):
            form.add_error(field, say(one))
        else:
            form.add_error(None, say(one))


def _form_page(request: MemberRequest, form: PublishForm, *, status: int = 200) -> HttpResponse:
    return _answer(request, "legal/manage/publish_form.html", {"form": form}, form, status=status)


def _review_page(request: MemberRequest, form: PublishForm, *, at: datetime) -> HttpResponse:
    payload = parse(LegalDocuments, _values(request, form))
    settled = settle(request.workspace, payload, at=at)
    entries = [entry for entry in settled.documents if entry.kind == form.kind]
    number = max(entry.version or 0 for entry in entries)
    entry = next(one for one in entries if one.version == number)
    context = {
        "form": form,
        "number": number,
        "entry": entry,
        "at_once": entry.effective_at == at,
        "governing": language_name(form.cleaned_data["governing"]),
        "reviewed": [_reviewed(form, code, pdf) for code, pdf in form.documents.items()],
    }
    return _answer(request, "legal/manage/review.html", context, form)


def _reviewed(form: PublishForm, language: str, pdf: CheckedPdf) -> Reviewed:
    there = list(form.before.documents.all()) if form.before else []
    before = next((one for one in there if one.language == language), None)
    kept = before is not None and before.sha256 == pdf.file.sha256
    return Reviewed(
        language=language_name(language),
        pdf=pdf,
        removed=removals_in_words(pdf.removed),
        hints=hints_on(pdf),
        redline=redline(text_of(before), pdf.text) if before and not kept else None,
        kept=kept,
    )


def _answer(
    request: MemberRequest,
    template: str,
    context: dict[str, object],
    form: PublishForm,
    *,
    status: int = 200,
) -> HttpResponse:
    before: LegalVersion | None = form.before
    context |= {"kind": form.kind, "title": form.kind.label, "before": before, "step": template}
    whole = not getattr(request, "htmx", False)
    return render(
        request, "legal/manage/publish.html" if whole else template, context, status=status
    )


def _done(request: MemberRequest, kind: LegalKind) -> HttpResponseBase:
    said = _("A new version of %(title)s is published.") % {"title": kind.label}
    messages.success(request, said)
    if not getattr(request, "htmx", False):
        return redirect("legal_versions", kind)
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = reverse("legal_versions", args=[kind])
    return response
