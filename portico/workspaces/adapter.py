"""How people sign in to a workspace: what django-allauth asks of us, and what is recorded of it."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portico.accounts.binding import bind
from portico.accounts.http import actor_of
from portico.accounts.models import Person
from portico.accounts.tasks import send_password_link, send_verification_link
from portico.accounts.verification import mark_verified
from portico.audit.services import record, remember
from portico.kernel.clock import now
from portico.workspaces import handoffs, tokens
from portico.workspaces.hosts import origin_of
from portico.workspaces.http import WorkspaceRequest
from portico.workspaces.models import Membership


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """By invitation only; each session bound to the host and workspace where it began."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "This email address and this password do not belong together. Please check both."
        ),
        "too_many_login_attempts": _(
            "There were too many attempts with a wrong password. Please wait five minutes."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Nobody makes an account without an invitation."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """People sign in on pages alone: one way in is enough to watch over."""
        return False

    def login(self, request: HttpRequest, user: Person) -> None:
        """Sign in, and bind the session to this host."""
        super().login(request, user)
        bind(request)
        _record("account.signed_in", user, request)

    def logout(self, request: HttpRequest) -> None:
        """Sign out."""
        _record("account.signed_out", cast("Person", request.user), request)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record a failure, where the account is a member's; what was typed is never kept."""
        person = _person_with(str(credentials.get("email", "")))
        if person is not None and _is_member(person, request):
            _record("account.sign_in_failed", person, request, as_them=False)

    def second_factor_failed(self, person: Person) -> None:
        """Record a wrong code; what was typed is never kept."""
        _record("account.second_factor_failed", person, self.request, as_them=False)

    def workspace_of(self, person: Person) -> UUID | None:
        """The workspace in whose log something of this person is recorded here; None: no member."""
        return _workspace_of(person, self.request)

    def get_login_stages(self) -> list[str]:
        """What is asked of who has shown a first factor, be it a password or OIDC."""
        return ["portico.accounts.second_factor.stages.SecondFactorStage"]

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, str]]:
        """One page for all ways; see `portico.accounts.second_factor.confirming`."""
        if not user.is_authenticated:
            return []
        address = reverse("account_reauthenticate")
        return [{"id": "reauthenticate", "description": "", "url": address}]

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> HttpResponseBase:
        """Turn the holder of a closed account away, as a failure too."""
        if _is_member(user, request):
            _record("account.sign_in_failed", user, request, as_them=False)
        return cast("HttpResponseBase", super().respond_user_inactive(request, user))

    def set_password(self, user: Person, password: str) -> None:
        """Set the password: changed by who knows the old one, or chosen anew by a link."""
        request = cast("HttpRequest", self.request)
        match = request.resolver_match
        with transaction.atomic():
            super().set_password(user, password)
            if match is not None and match.url_name == "account_change_password":
                _record("account.password_changed", user, request)
            else:
                _record("account.password_reset", user, request)
                by, at = actor_of(request, user), now()
                if user.verified_at is None:
                    # Nobody knows who made tokens until now. Later ones are the holder's own.
                    tokens.revoke_tokens_of(user, by=by, at=at)
                # The link went through the platform's own mailer, or the operator's hands.
                mark_verified(user, by=by, at=at, workspace_id=_workspace_of(user, request))
                # Whoever was signed in before is not any more, on no host.
                handoffs.revoke_of_person(user)
        # Who has just proved to hold the mailbox need not wait because of failures before.
        self._delete_login_attempts_cached_email(request, email=user.email)

    def send_password_link(self, email: str) -> None:
        """Have a link sent by which the holder of the address, if any, chooses a new password."""
        request = cast("WorkspaceRequest", self.request)
        send_password_link.defer(
            email=email,
            origin=origin_of(request, request.workspace),
            brand_name=request.workspace.name,
            language=get_language() or "en",
        )

    def send_verification_link(self, person: Person) -> None:
        """Have a link sent by which this person proves that the mailbox is theirs."""
        request = cast("WorkspaceRequest", self.request)
        send_verification_link.defer(
            person_id=str(person.id),
            origin=origin_of(request, request.workspace),
            brand_name=request.workspace.name,
            language=get_language() or "en",
        )

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ARG002
        # Failures count by account. django-allauth's own key has the host in it: whoever guesses
        # could begin anew on each workspace's host, and with each port that the header names.
        return str(credentials.get("email", "")).strip().lower()


def _person_with(email: str) -> Person | None:
    return Person.objects.filter(email=email.strip().lower()).first()


def _is_member(person: Person, request: HttpRequest) -> bool:
    workspace = cast("WorkspaceRequest", request).workspace
    return Membership.objects.filter(workspace=workspace, person=person).exists()


def _workspace_of(person: Person, request: HttpRequest) -> UUID | None:
    return cast("WorkspaceRequest", request).workspace.id if _is_member(person, request) else None


def _record(action: str, person: Person, request: HttpRequest, *, as_them: bool = True) -> None:
    """Record it in the workspace's log if the person is a member of it, else in nobody's."""
    here = _workspace_of(person, request)
    # The log keeps ids alone, which can be erased; pages look up the name.
    remember(person.id, email=person.email, name=person.name)
    record(
        action,
        by=actor_of(request, person if as_them else None),
        at=now(),
        workspace_id=here,
        subject_kind="person",
        subject_id=person.id,
    )
