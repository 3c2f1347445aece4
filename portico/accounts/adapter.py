"""How Portico's people sign in: what django-allauth asks of us."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from portico.accounts.binding import bind


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """By invitation only; each session bound to the host and workspace where it began."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Nobody makes an account without an invitation."""
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in, and bind the session to this host."""
        super().login(request, user)
        bind(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send account-security mail, by the platform's own mailer always."""
        frame = getattr(self.request, "frame", None)
        brand_name = frame.brand.name if frame else "Portico"
        super().send_mail(template_prefix, email, {**context, "brand_name": brand_name})
