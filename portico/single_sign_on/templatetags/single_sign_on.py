"""What the sign-in page asks."""

from __future__ import annotations

from django import template

from portico.single_sign_on.provider import providers_at

register = template.Library()
register.simple_tag(providers_at, name="sign_in_providers")
