"""What the sign-in page asks."""

from __future__ import annotations

from django import template
from django.http import HttpRequest

from portico.single_sign_on.configuration import OidcProvider
from portico.single_sign_on.provider import configured_providers

register = template.Library()


@register.simple_tag
def sign_in_providers(request: HttpRequest) -> tuple[OidcProvider, ...]:
    """The providers that this host's workspace offers."""
    workspace = getattr(request, "workspace", None)
    slug = workspace.slug if workspace else ""
    return tuple(one for one in configured_providers() if one.serves(slug))
