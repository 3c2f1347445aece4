"""What django-allauth asks of us where people sign in with another provider's account."""

from __future__ import annotations

from typing import Any

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.http import HttpRequest

from portico.single_sign_on.answers import linked, not_linked, refused
from portico.single_sign_on.provider import app_of, is_fresh, providers_at
from portico.single_sign_on.transport import guarded_session


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Providers are the operator's; an account is found by a link that its holder made."""

    def list_apps(
        self,
        request: HttpRequest,
        provider: str | None = None,
        client_id: str | None = None,
    ) -> list[SocialApp]:
        """Those that this workspace offers."""
        return [
            app_of(one)
            for one in providers_at(request)
            if (provider is None or provider == one.id)
            and (client_id is None or client_id == one.client_id)
        ]

    def get_requests_session(self) -> requests.Session:
        """Every call to a provider is a guarded one."""
        return guarded_session()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        """Nobody makes an account without an invitation."""
        return False

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:  # noqa: ARG002
        """Never: whoever controls an address at a provider is not thereby our account's holder."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Hold the answer to what was asked; link it, or let the holder of a linked one in."""
        if not is_fresh(sociallogin):
            raise ImmediateHttpResponse(refused(request, "answer"))
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            raise ImmediateHttpResponse(linked(request, sociallogin))
        if not sociallogin.is_existing:
            raise ImmediateHttpResponse(not_linked(request, sociallogin))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,  # noqa: ARG002 - the library's signature
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> None:
        """Say what went wrong on a page of ours."""
        raise ImmediateHttpResponse(refused(request, str(error or ""), exception))
