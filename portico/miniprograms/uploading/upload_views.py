"""The page on which a version is uploaded, or a hosted one is added."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO, cast

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portico.accounts.http import actor_of
from portico.files.uploads import oversized
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, DomainError, Invalid
from portico.kernel.permissions import Permission
from portico.miniprograms.access import Act, program_for
from portico.miniprograms.models import Kind, MiniProgram, Version
from portico.miniprograms.packages import PackageRefused
from portico.miniprograms.tabs import program_context
from portico.miniprograms.uploading.forms import HostedForm, PackageForm
from portico.miniprograms.uploading.rules import (
    MIB,
    MOST_PACKED,
    EntryUnusable,
    PackageTooLarge,
)
from portico.miniprograms.uploading.services import add_hosted, upload
from portico.miniprograms.uploading.showing import refusals_of
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest


@requires(Permission.VERSIONS_UPLOAD)
@require_http_methods(["GET", "HEAD", "POST"])
def upload_version(request: MemberRequest, app_id: str) -> HttpResponseBase:
    """Upload a package, or add a hosted version; what is refused is said entry by entry."""
    program = program_for(request.member, app_id, Act.UPLOAD)
    kind = HostedForm if program.kind == Kind.HOSTED else PackageForm
    if request.method != "POST":
        return _page(request, program, kind())
    form = kind(request.POST, request.FILES)
    if "package" in oversized(request):
        form.is_valid()
        del form.errors["package"]  # “required”, for the file was dropped
        form.add_error("package", say(PackageTooLarge(limit=MOST_PACKED // MIB)))
    if not form.is_valid():
        return _page(request, program, form, status=422)
    at = now()
    try:
        version = _made(request, program, form, at=at)
    except (Invalid, Conflict) as error:
        return _refused(request, program, form, error)
    if version.created_at < at:
        said = _("This was uploaded before, as version %(version)s. Nothing was changed.")
        messages.info(request, said % {"version": version})
    else:
        said = _("Version %(version)s is there. It is checked now, and released by nobody yet.")
        messages.success(request, said % {"version": version})
    return _go_on(request, reverse("program_version", args=[program.app_id, version.code]))


def _made(
    request: MemberRequest, program: MiniProgram, form: forms.Form, *, at: datetime
) -> Version:
    given = form.cleaned_data
    if program.kind == Kind.HOSTED:
        manifest = given["manifest"].encode("utf-8", "surrogatepass")
        return add_hosted(program, given["entry_url"], manifest, by=actor_of(request), at=at)
    file = cast("UploadedFile[bytes]", given["package"])
    return upload(program, cast(BinaryIO, file.file), by=actor_of(request), at=at)


def _refused(
    request: MemberRequest, program: MiniProgram, form: forms.Form, error: DomainError
) -> HttpResponse:
    status = 409 if isinstance(error, Conflict) else 422
    if isinstance(error, PackageRefused):
        return _page(request, program, form, status=status, refusals=refusals_of(error))
    if isinstance(error, EntryUnusable):
        form.add_error("entry_url", say(error))
        return _page(request, program, form, status=status)
    return _page(request, program, form, status=status, refused=say(error))


def _page(
    request: MemberRequest,
    program: MiniProgram,
    form: forms.Form,
    *,
    status: int = 200,
    **outcome: object,
) -> HttpResponse:
    context = program_context(request, program, tab="versions") | {"form": form, **outcome}
    part = "#form" if getattr(request, "htmx", False) and request.method == "POST" else ""
    template = f"miniprograms/versions/upload.html{part}"
    response = render(request, template, context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _go_on(request: MemberRequest, url: str) -> HttpResponseBase:
    """To the version: the whole page goes there, not a part of it."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
