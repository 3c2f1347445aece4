"""Sign-in, and the pages of the Account tab that are about the person."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.views import LoginView, PasswordChangeView
from allauth.core.ratelimit import consume_or_429
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portico.accounts.browsers import browser_of
from portico.accounts.demo import demo_accounts
from portico.accounts.forms import ProfileForm
from portico.accounts.http import PersonRequest, actor_of, workspace_id_of
from portico.accounts.models import Person
from portico.accounts.second_factor.stages import exemption_of
from portico.accounts.services import change_profile
from portico.accounts.sessions import sessions_of
from portico.accounts.verification import VerificationLinkOver, check_key, verify
from portico.kernel.access import public, requires, ungated
from portico.kernel.clock import now
from portico.kernel.errors import Invalid, NotFound
from portico.kernel.permissions import Permission
from portico.ui.forms import refuse
from portico.ui.texts import say


class SignInView(LoginView):  # type: ignore[misc]
    """allauth's sign-in, with the demo's accounts beside it where there is a demo."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demo's accounts."""
        return cast(
            "dict[str, Any]",
            super().get_context_data(**kwargs, demo_accounts=demo_accounts(self.request)),
        )


sign_in = public("Whoever wants to sign in has not yet.")(SignInView.as_view())


@requires(Permission.ACCOUNT)
@ungated("Here people choose the language in which they read what they are asked.")
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: PersonRequest) -> HttpResponseBase:
    """Name, language and time zone of the person."""
    if request.method == "POST" and exemption_of(request):
        # Other workspaces see the name, too.
        return redirect("limited_session")
    if request.method == "POST":
        form = ProfileForm(request.POST)
        if form.is_valid():
            try:
                change_profile(
                    request.user,
                    **form.cleaned_data,
                    by=actor_of(request),
                    at=now(),
                    workspace_id=workspace_id_of(request),
                )
            except Invalid as error:
                refuse(form, error)
            else:
                messages.success(request, _("Your profile is saved."))
                return redirect("account_profile")
        return render(request, "accounts/profile.html", {"form": form}, status=422)
    person = request.user
    form = ProfileForm(
        initial={"name": person.name, "language": person.language, "time_zone": person.time_zone}
    )
    return render(request, "accounts/profile.html", {"form": form})


@public("Whoever is signed in may have a link sent to their own address; it is checked here.")
@require_POST
def ask_for_verification(request: HttpRequest) -> HttpResponseBase:
    """Send a link that verifies the person's address, and go back to where they asked."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    person = request.user
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "after_sign_in"
    if person.verified_at:
        messages.info(request, _("Your email address is verified already."))
        return redirect(back)
    limited = consume_or_429(request, action="verify_address")
    if limited is not None:
        return cast("HttpResponse", limited)
    get_adapter().send_verification_link(person)
    messages.success(
        request,
        _("A link is on its way to %(email)s. Open it in this browser.") % {"email": person.email},
    )
    return redirect(back)


@public("The link proves the mailbox; that its owner is signed in is checked here.")
@require_http_methods(["GET", "HEAD", "POST"])
def verify_address(request: HttpRequest, person_id: UUID, key: str) -> HttpResponseBase:
    """Verify the address of who is signed in. Opening the link alone changes nothing."""
    user = request.user
    person = user if user.is_authenticated else None
    context: dict[str, object] = {"person": person, "is_theirs": False}
    status = 200
    if person is not None and person.id == person_id:
        if person.verified_at:
            messages.info(request, _("Your email address is verified already."))
            return redirect("after_sign_in")
        context["is_theirs"] = True
        try:
            if request.method == "POST":
                # Who is no member here (yet) is no business of this workspace's log.
                here = workspace_id_of(request) if getattr(request, "member", None) else None
                verify(person, key, by=actor_of(request), at=now(), workspace_id=here)
                messages.success(request, _("Your email address is verified."))
                return redirect("after_sign_in")
            check_key(person, key)
        except VerificationLinkOver as error:
            context["over"], status = say(error), 410
    response = render(request, "accounts/verify_address.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "strict-origin"  # the address holds the key
    return response


class ChangePasswordView(PasswordChangeView):  # type: ignore[misc]
    """allauth's change of password, in the Account tab. Other sessions end with the old one."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("account_change_password")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send who never had a password to where one is set by mail."""
        if not cast("Person", request.user).has_usable_password():
            return redirect("account_reset_password")
        return cast("HttpResponseBase", super().dispatch(request, *args, **kwargs))

    def get_default_success_url(self) -> str:
        """Back to the same page."""
        return str(self.success_url)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show what is wrong."""
        context = self.get_context_data(form=form)
        return cast("HttpResponse", self.render_to_response(context, status=422))


change_password = requires(Permission.ACCOUNT)(ChangePasswordView.as_view())


@requires(Permission.ACCOUNT)
@require_safe
def sessions(request: PersonRequest) -> HttpResponse:
    """Where the person is signed in."""
    rows = [
        {
            "session": session,
            "host": host,
            "browser": browser_of(session.user_agent),
            "is_current": session.session_key == request.session.session_key,
        }
        for session, host in sessions_of(request.user, at=now())
    ]
    return render(request, "accounts/sessions.html", {"rows": rows})


@requires(Permission.ACCOUNT)
@require_POST
def end_session(request: PersonRequest, session_id: int) -> HttpResponseBase:
    """Sign out one other session of the person."""
    session = UserSession.objects.filter(user=request.user, id=session_id).first()
    if session is None:
        raise NotFound
    if session.session_key == request.session.session_key:
        return redirect("account_logout")
    session.end()
    messages.success(request, _("That session is signed out."))
    return redirect("account_sessions")


@requires(Permission.ACCOUNT)
@require_POST
def end_other_sessions(request: PersonRequest) -> HttpResponseBase:
    """Sign out all sessions of the person but this one."""
    for session in UserSession.objects.filter(user=request.user).exclude(
        session_key=request.session.session_key
    ):
        session.end()
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("account_sessions")
