"""Confirming who one is, before what must not be done by whoever finds a screen unlocked.

Signing in confirms, and so does showing password or second factor again; either counts for five
minutes, in this session alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from portico.accounts.models import Person
from portico.accounts.second_factor.proving import Shown
from portico.accounts.second_factor.stages import exemption_of
from portico.kernel.clock import now

LASTS = timedelta(minutes=5)
SECOND_FACTOR = "mfa"  # as django-allauth calls it

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def has_confirmed(request: HttpRequest, person: Person, *, at: datetime) -> bool:
    """Whether this session showed who it is in the last five minutes.

    One in which something stood in for the second factor has to show a real one.
    """
    strict = bool(exemption_of(request))
    return any(
        0 <= at.timestamp() - record["at"] < LASTS.total_seconds()
        for record in get_authentication_records(request, person)
        if not strict or record["method"] == SECOND_FACTOR
    )


def note_password(request: HttpRequest, person: Person) -> None:
    """Note that the password was shown again."""
    record_authentication(request, person, method="password", reauthenticated=True)


def note_second_factor(request: HttpRequest, person: Person, shown: Shown) -> None:
    """Note that the second factor was shown, at sign-in or again."""
    record_authentication(
        request, person, method=SECOND_FACTOR, type=shown.value, reauthenticated=True
    )


def confirmed(view: View) -> View:
    """Open a view to whoever confirmed lately; others are asked to, and come back.

    Below `@requires(Permission.ACCOUNT)`. Whoever was asked while sending a form comes back to the
    page that it was sent from; nothing of it is kept.
    """

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if has_confirmed(request, cast("Person", request.user), at=now()):
            return view(request, *args, **kwargs)
        if request.accepts("text/html"):
            return _to_confirm(request)
        sentence = _("That took too long. Reload the page to confirm that it is you.")
        return JsonResponse({"message": sentence}, status=403)

    return cast(View, asking)


def _to_confirm(request: HttpRequest) -> HttpResponseBase:
    back = request.get_full_path()
    if request.method not in {"GET", "HEAD"}:
        back = _page_before(request)
        messages.info(request, _("Nothing was changed yet. Confirm, and then do it once more."))
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")


def _page_before(request: HttpRequest) -> str:
    try:
        before = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return "/"
    return before.path if before.netloc == request.get_host() and before.path else "/"
