"""The stage of a sign-in that asks for the second factor, and what may stand in for it.

Password and OIDC both come through here: django-allauth asks each stage before it signs anybody in.
A passkey that signed in alone has shown both factors and goes through.

**For other features.** Where something else may be proved in place of the second factor at one
host, register an `Exemption` (from `portico.config.listeners`). A person to whom it applies is led
to its page in place of ours. That page bears `@at_second_factor` below `@public(...)`, finds who is
signing in with `person_at_stage(request)`, and once the proof is given answers
`pass_stage(request, exemption.name)`. It counts its own failures. The session then knows that no
second factor was shown (`exemption_of`): it carries over to no other workspace, and changes no
second factor unless one is shown after all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginStageController
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache

from portico.accounts.binding import bind, is_bound_here
from portico.accounts.models import Person
from portico.accounts.second_factor.services import has_second_factor

PASSKEY_ALONE = "portico-passkey"
SHOWN_KEY = "portico-second-factor"
EXEMPTION = "exemption:"

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True)
class Exemption:
    """Another proof that stands in for the second factor. `applies` is asked at each sign-in of
    somebody who has a second factor; `url_name` is the page where they give the proof."""

    name: str
    applies: Callable[[HttpRequest, Person], bool]
    url_name: str


_exemptions: list[Exemption] = []


def register_exemption(exemption: Exemption) -> None:
    """Have this asked at each sign-in; the first that applies leads."""
    if exemption not in _exemptions:
        _exemptions.append(exemption)


def exemption_for(request: HttpRequest, person: Person) -> Exemption | None:
    """What stands in for the second factor of who is signing in, or None."""
    return next((one for one in _exemptions if one.applies(request, person)), None)


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]
    """Asks whoever has a second factor for it.

    Between password and second factor the session belongs to nobody, and is worth much: it gets a
    new key, is bound to host and workspace like any other, and ends with a change of the password.
    """

    urlname = "second_factor"

    def handle(self) -> tuple[HttpResponseBase | None, bool]:
        """Lead to the page that asks, or let through by answering nothing."""
        person = cast("Person | None", self.login.user)
        if person is None or not has_second_factor(person) or self.login.state.get(PASSKEY_ALONE):
            return None, True
        self.request.session.cycle_key()
        bind(self.request)
        self.state["password"] = person.get_session_auth_hash()
        exemption = exemption_for(self.request, person)
        return redirect(exemption.url_name if exemption else self.urlname), True


def at_second_factor(view: View) -> View:
    """Open a view to whoever has come to this stage of a sign-in on this host; others go and sign
    in. So do those whose account was closed, or whose password was changed, meanwhile."""

    @never_cache
    @wraps(view)
    def at_stage(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect("after_sign_in")
        stage = LoginStageController.enter(request, SecondFactorStage.key)
        if stage is None:
            return redirect("account_login")
        if not _still_counts(request, stage):
            clear_login(request)
            return redirect("account_login")
        cast(Any, request).portico_stage = stage
        return view(request, *args, **kwargs)

    return cast(View, at_stage)


def person_at_stage(request: HttpRequest) -> Person:
    """Who is signing in; for views that bear `@at_second_factor`."""
    return cast("Person", cast(Any, request).portico_stage.login.user)


def pass_stage(request: HttpRequest, shown: str) -> HttpResponseBase:
    """Go on with the sign-in, after the proof was given; `shown` says by what: one of `Shown`, or
    the name of an exemption. The answer leads to where they wanted to go."""
    response = cast("HttpResponseBase", cast(Any, request).portico_stage.exit())
    if request.user.is_authenticated:
        is_exemption = any(one.name == shown for one in _exemptions)
        request.session[SHOWN_KEY] = f"{EXEMPTION}{shown}" if is_exemption else shown
    return response


def exemption_of(request: HttpRequest) -> str:
    """The name of what stood in for the second factor in this session; empty: nothing did."""
    shown = str(request.session.get(SHOWN_KEY, ""))
    return shown.removeprefix(EXEMPTION) if shown.startswith(EXEMPTION) else ""


def _still_counts(request: HttpRequest, stage: SecondFactorStage) -> bool:
    person = cast("Person | None", stage.login.user)
    return (
        person is not None
        and person.is_active
        and is_bound_here(request)
        and constant_time_compare(stage.state.get("password", ""), person.get_session_auth_hash())
        and has_second_factor(person)
    )
