"""What only this installation can judge about the values: ports, addresses, files."""

from __future__ import annotations

from collections.abc import Set

from portico.branding.rules import Purpose
from portico.branding.services import check_picture
from portico.egress.calls import check_url
from portico.egress.rules import address_in, check_address, check_port
from portico.egress.services import egress
from portico.kernel.errors import Invalid, InvalidFields
from portico.service_email.payload import ServiceEmail
from portico.service_email.rules.together import check_together
from portico.service_email.rules.token_access import check_access
from portico.service_email.smtp.server import Security
from portico.workspaces.models import Workspace


def check_values(workspace: Workspace, payload: ServiceEmail, *, has: Set[str]) -> None:
    """Raise `InvalidFields` where these values cannot be used, together or here. `has` names the
    secrets that there are."""
    errors = check_together(
        host=payload.host,
        account=payload.account,
        username=payload.username,
        has_password=payload.uses_tokens or "password" in has,
    )
    if payload.host:
        errors |= _check_server(payload)
    if payload.uses_tokens:
        errors |= check_access(
            token_url=payload.token_url,
            client_id=payload.client_id,
            has_secret=bool(has & {"client_secret", "refresh_token"}),
            protected=payload.security is not Security.NONE,
        )
    if payload.logo is not None:
        try:
            check_picture(workspace, payload.logo, Purpose.EMAIL_LOGO)
        except Invalid as error:
            errors["logo"] = error
    if errors:
        raise InvalidFields(errors)


def _check_server(payload: ServiceEmail) -> dict[str, Invalid]:
    """A name is looked up, and what it leads to is checked, whenever it is connected to."""
    errors: dict[str, Invalid] = {}
    try:
        check_port(payload.port, egress().mail_ports)
    except Invalid as error:
        errors["port"] = error
    address = address_in(payload.host)
    try:
        if address is not None:
            check_address(address, egress())
    except Invalid as error:
        errors["host"] = error
    if payload.uses_tokens and payload.token_url:
        try:
            check_url(payload.token_url, egress())
        except Invalid as error:
            errors["token_url"] = error
    return errors
