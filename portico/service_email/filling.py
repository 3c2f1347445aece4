"""Values of the section as its form holds them: a toggle and a choice in the place of the mode."""

from __future__ import annotations

from collections.abc import Mapping

from portico.service_email.rules.modes import following_mode
from portico.service_email.rules.providers import Provider
from portico.service_email.smtp.server import Security

# What an address of the form may fill in, such as a correction that a test proposed.
FILLABLE = (
    "account",
    "nickname",
    "username",
    "host",
    "port",
    "security",
    "sign_in_with",
    "token_url",
    "client_id",
    "scope",
    "reply_to",
    "logo_id",
    "contact_url",
    "dkim_selector",
)


def in_form(values: Mapping[str, object]) -> dict[str, object]:
    """Some of the payload's values, as the form's fields hold them."""
    fields = {name: value for name, value in values.items() if name != "security"}
    mode, port = str(values.get("security", "")), str(values.get("port", ""))
    if mode in set(Security):
        follows = _is_port(port) and following_mode(int(port)) == mode
        fields["ssl"] = mode != Security.NONE
        fields["security"] = "" if follows or mode == Security.NONE else mode
    return fields


def of_provider(provider: Provider) -> dict[str, object]:
    """What choosing a provider puts into the form."""
    return in_form(
        {
            "host": provider.hosts[0],
            "port": provider.port,
            "security": provider.security.value,
            "username": provider.username,
            "token_url": provider.token_url,
            "scope": provider.scope,
        }
    )


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6
