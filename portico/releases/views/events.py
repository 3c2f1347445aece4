"""Making something happen to a release, with a form of its page."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portico.approvals.models import ApprovalRequest
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, Invalid, NotFound
from portico.kernel.permissions import Permission
from portico.releases.access import check_capacity, release_for, who_fires
from portico.releases.acting import by_request
from portico.releases.errors import HeldBack, OfflineRequested, StaleRelease
from portico.releases.models import Release, ReleaseStatus
from portico.releases.rules.pipeline import Event, Who
from portico.releases.showing import meanwhile, share_text
from portico.releases.views.actions import form_around
from portico.releases.views.around import Surroundings, since, surroundings_of
from portico.releases.views.event_forms import EventForm, WithOverride
from portico.releases.views.set_forms import FORMS
from portico.releases.views.shown import Refusal, page_of
from portico.releases.views.twice import asked_already, done_already
from portico.releases.words import DONE, status_name
from portico.ui.texts import say
from portico.ui.values import Fact
from portico.workspaces.http import MemberRequest, opened_on

ACTORS: Final = frozenset({Who.RELEASE_ACTOR})


@requires(Permission.RELEASES_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def release_event(request: MemberRequest, release_id: UUID, event: str) -> HttpResponseBase:
    """Make something happen to a release; GET shows its page with the form for it open."""
    release = release_for(request.member, release_id)
    wanted = _event(event)
    if request.method != "POST":
        return page_of(request, release, wanted=wanted.value)
    who = ACTORS if wanted is Event.TAKE_OFFLINE else who_fires(wanted)
    check_capacity(by_request(request), who, release.program, release.target, release.request)
    around = surroundings_of(release, request.member)
    form = FORMS[wanted](request.POST, request.FILES, on=form_around(around))
    if not form.is_valid():
        return page_of(request, release, bound=form, status=422)
    return _fired(request, release, form, around)


def _fired(
    request: MemberRequest, release: Release, form: EventForm, around: Surroundings
) -> HttpResponseBase:
    """What comes of sending a form that is whole."""
    based_on = opened_on(request)
    try:
        outcome = form.fire(by=by_request(request), at=now(), revision=based_on)
        answer = _done(request, release, form.event, outcome)
    except StaleRelease:
        answer = _stale(request, release, form, based_on)
    except OfflineRequested as error:
        twice = asked_already(around, now())
        answer = redirect("release", release.id) if twice else _refused(request, form, say(error))
    except (Invalid, HeldBack) as error:
        answer = _mend(request, form, error)
    except Conflict as error:
        answer = _refused(request, form, say(error))
    return answer


def _event(name: str) -> Event:
    """An event that pages offer."""
    try:
        found = Event(name)
    except ValueError:
        raise NotFound from None
    if found not in FORMS:
        raise NotFound
    return found


def _done(
    request: MemberRequest, release: Release, event: Event, outcome: object
) -> HttpResponseBase:
    facts = {"version": release.version.name, "target": str(release.target)}
    if isinstance(outcome, ApprovalRequest) and outcome.decided_at is None:
        text = _("That %(version)s goes off %(target)s is asked for, and waits for a decision.")
        messages.success(request, text % facts)
        return redirect("release", release.id)
    if isinstance(outcome, Release):
        release = outcome
        facts = {"version": release.version.name, "target": str(release.target)}
    text = _("Version %(version)s for %(target)s was %(done)s.")
    said = text % {**facts, "done": str(DONE[event])}
    if release.status == ReleaseStatus.GRAYSCALE and event in {Event.SCALE, Event.GO_LIVE}:
        share = _("%(share)s of the users get it.") % {"share": share_text(release.share)}
        said = f"{said} {share}"
    messages.success(request, said)
    return redirect("release", release.id)


def _mend(request: MemberRequest, form: EventForm, error: Invalid | HeldBack) -> HttpResponse:
    """The page with the form, and what is wrong beside its field."""
    release = release_for(request.member, form.on.release.id)
    if isinstance(error, HeldBack):
        if isinstance(form, WithOverride):
            form.hold_back(error)
            return page_of(request, release, bound=form, status=409)
        return _refused(request, form, say(error))
    form.refuse(error)
    return page_of(request, release, bound=form, status=422)


def _stale(
    request: MemberRequest, release: Release, form: EventForm, based_on: int
) -> HttpResponseBase:
    """Somebody did something since the page was opened: say what, and keep what was typed."""
    release = release_for(request.member, release.id)
    events = since(release, based_on)
    done = done_already(form, events, request.member, now())
    if done is not None:  # the button was pressed twice
        return redirect("release", done)
    said = meanwhile(events) if based_on > 0 else ""
    sentence = _("It is in “%(status)s” now. Look at it again, and decide anew.")
    sentence %= {"status": status_name(release.status)}
    return _refused(request, form, f"{said} {sentence}".strip())


def _refused(request: MemberRequest, form: EventForm, sentence: str) -> HttpResponse:
    """The page with why it did not happen. What was typed stays in its form; where that is there no
    more, it stands beside the reason."""
    release = release_for(request.member, form.on.release.id)
    typed = tuple(
        Fact(str(field.label), str(form.cleaned_data[field.name]))
        for field in form.visible_fields()
        if isinstance(form.cleaned_data.get(field.name), str) and form.cleaned_data[field.name]
    )
    refusal = Refusal(_("Nothing was changed"), sentence, typed)
    return page_of(request, release, bound=form, refusal=refusal, status=409)
