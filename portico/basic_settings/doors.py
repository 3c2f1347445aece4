"""What the views of a section have in common: which section, whether one may, and where to next."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from portico.basic_settings.editing import CannotGoLive
from portico.basic_settings.registry import AnySection, section_named
from portico.kernel.errors import Forbidden, NotFound
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest


def readable(request: MemberRequest, name: str) -> AnySection:
    """The section of this name; raises `Forbidden` where the member may not read it."""
    section = section_named(name)
    if not request.member.may(section.read):
        raise Forbidden
    return section


def changeable(request: MemberRequest, name: str) -> AnySection:
    """The section of this name; raises `Forbidden` where the member may not change it."""
    section = section_named(name)
    if not request.member.may(section.change):
        raise Forbidden
    return section


def number_in(request: MemberRequest, field: str) -> int:
    """A number that the page's own form sends; raises `NotFound` for anything else."""
    try:
        return int(request.POST.get(field, ""))
    except ValueError:
        raise NotFound from None


def back(request: MemberRequest, section: AnySection, said: str) -> HttpResponseBase:
    """To the section's card, which says what was done."""
    messages.success(request, said, extra_tags=section.name)
    return to_card(section)


def to_card(section: AnySection) -> HttpResponseBase:
    """To the section's card."""
    return redirect(address_of(section))


def address_of(section: AnySection) -> str:
    """Where the section's card is."""
    return f"{reverse('tenant_settings')}#{section.name}"


def refused(
    request: MemberRequest, section: AnySection, refusal: CannotGoLive, query: str
) -> HttpResponse:
    """Why these values cannot go live, and the form with them, to mend what stands in the way."""
    context = {
        "section": section,
        "sentence": say(refusal),
        "edit_url": reverse("edit_section", args=[section.name]) + query,
    }
    return render(request, "basic_settings/refused.html", context, status=422)
