"""The page about cookies, and the choice that the banner and the page send."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portico.kernel.access import public
from portico.kernel.clock import now
from portico.kernel.errors import Forbidden, gettext_noop
from portico.legal.acceptance.rules import COOKIES, in_force
from portico.legal.acceptance.standing import standing_of
from portico.legal.cookies.consent import consent_of, may_remember, must_ask, set_consent
from portico.legal.cookies.registry import all_cookies
from portico.legal.cookies.rules import UnknownChoice, choice_in
from portico.ui.texts import say
from portico.workspaces.http import WorkspaceRequest


class ChosenElsewhere(Forbidden):
    code = "chosen_elsewhere"
    sentence = gettext_noop(
        "The choice about cookies was sent from another site. Nothing was changed."
    )


# A token would set a cookie before anybody has agreed to one, and make the portal's page private.
# What a token is for, browsers say by themselves: where a form was sent from.
@public("Everybody may see which cookies there are, and choose.")
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def cookies(request: WorkspaceRequest) -> HttpResponseBase:
    """All cookies with their purposes, and the choice; POST makes it. Raises `ChosenElsewhere`."""
    if request.method != "POST":
        return _page(request)
    if not _is_sent_from_here(request):
        raise ChosenElsewhere
    try:
        choice = choice_in(request.POST.get("choice", ""))
    except UnknownChoice as error:
        return _page(request, said=say(error), status=422)
    response = redirect(_next(request))
    set_consent(request, response, choice)
    return response


def _page(request: WorkspaceRequest, *, said: str = "", status: int = 200) -> HttpResponse:
    known = all_cookies()
    notice = in_force(standing_of(request).versions, COOKIES, at=now())
    consent = consent_of(request)
    context = {
        "necessary": [cookie for cookie in known if not cookie.optional],
        "optional": [cookie for cookie in known if cookie.optional],
        "notice_url": reverse("legal_document", kwargs={"kind": COOKIES}) if notice else "",
        "chosen": "" if consent is None or must_ask(request) else consent.choice.value,
        "allows_all": may_remember(request),
        "said": said,
    }
    response = render(request, "legal/cookies/cookies.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _is_sent_from_here(request: WorkspaceRequest) -> bool:
    """Whether the browser says that a form of this very host sent this; who says nothing is no
    browser, and chooses for itself alone."""
    origin = request.headers.get("Origin")
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    return origin is None or origin == f"{request.scheme}://{request.get_host()}"


def _next(request: WorkspaceRequest) -> str:
    asked = request.POST.get("next", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if is_ours else reverse("cookies")
