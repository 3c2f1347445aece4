"""How the section's values are shown: which server really sends, and what may go wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from portico.secrets.services import SecretUnreadable, SecretUnusable
from portico.service_email.going_live import part_of, row_of
from portico.service_email.payload import ServiceEmail
from portico.service_email.rules.mail_addresses import domain_of, needs_smtputf8
from portico.service_email.rules.modes import MODE_NAMES, usual_pair
from portico.service_email.rules.providers import FREE_DOMAINS, provider_of
from portico.service_email.server_parts import ServerPart
from portico.service_email.smtp.server import Security
from portico.ui.texts import say
from portico.ui.values import State
from portico.workspaces.models import Workspace


@dataclass(frozen=True)
class Standing:
    """Which server mail goes through now (None: the platform's mailer), and since when.

    `waits`: another one is saved and not in use yet. `untested`: nobody tested the one in use.
    """

    in_use: ServerPart | None
    since: datetime | None
    untested: bool
    waits: bool

    @property
    def state(self) -> State | None:
        """The chip on the card; None where there is nothing to say."""
        if self.waits:
            return State(gettext("Saved, not in use: send a test"), "warning")
        if self.in_use is None:
            return None
        if self.untested:
            return State(gettext("In use, untested"), "warning")
        return State(gettext("In use"), "good")

    @property
    def sends_now(self) -> str:
        """What sends now, in words."""
        if self.in_use is None:
            return gettext("The platform's own mailer")
        return f"{self.in_use.host}:{self.in_use.port}, {self.in_use.account}"


@dataclass(frozen=True)
class PairProposal:
    """A port and a mode that usually do not go together, and those that do."""

    sentence: str
    port: int
    security: Security

    @property
    def button(self) -> str:
        """What the button that applies it says."""
        return gettext("Use port %(port)s with %(mode)s") % {
            "port": self.port,
            "mode": gettext(MODE_NAMES[self.security]),
        }


def standing_of(workspace: Workspace, payload: ServiceEmail) -> Standing:
    """How the saved server and the one in use stand to each other."""
    row, saved = row_of(workspace), ServerPart.of(payload)
    used = part_of(row) if row else None
    return Standing(
        in_use=used,
        since=row.taken_over_at if row else None,
        untested=bool(row and row.untested),
        waits=saved is not None and saved != used,
    )


def effective_of(workspace: Workspace, payload: ServiceEmail) -> dict[str, Any]:
    """What is in effect, for the API."""
    standing = standing_of(workspace, payload)
    used = standing.in_use
    return {
        "mailer": "own" if used else "platform",
        "host": used.host if used else None,
        "port": used.port if used else None,
        "security": used.security.value if used else None,
        "account": used.account if used else None,
        "since": standing.since,
        "untested": standing.untested,
        "waits_for_test": standing.waits,
    }


def proposal_for(port: int, security: Security) -> PairProposal | None:
    """The pair to propose, in the current language; None: these go together."""
    pair = usual_pair(port, security)
    if pair is None:
        return None
    sentence = gettext(
        "Port %(port)s and “%(mode)s” usually do not go together. The test shows whether they do "
        "here."
    ) % {"port": port, "mode": gettext(MODE_NAMES[security])}
    return PairProposal(sentence, *pair)


def hints_of(payload: ServiceEmail) -> tuple[str, ...]:
    """What is allowed and may still go wrong; the pair of port and mode is shown apart."""
    hints: list[str] = []
    if payload.password is not None and payload.security is Security.NONE:
        hints.append(
            gettext(
                "The password is sent without protection: everybody on the way to the server can "
                "read it. Enable the SSL connection if the server supports it."
            )
        )
    domain = domain_of(payload.account)
    if domain in FREE_DOMAINS:
        hints.append(
            gettext(
                "Anybody can have an address at %(domain)s. Recipients trust mail from your own "
                "domain more, and refuse mail from %(domain)s that comes through any other "
                "server than the provider's."
            )
            % {"domain": domain}
        )
    if needs_smtputf8(payload.account) or needs_smtputf8(payload.reply_to):
        hints.append(
            gettext(
                "An address with other letters than a to z before the @ is only taken by servers "
                "that know SMTPUTF8. The test says whether yours does."
            )
        )
    return tuple(hints)


def extras_of(workspace: Workspace, payload: ServiceEmail) -> dict[str, Any]:
    """For the templates: `standing`, `unreadable`, `proposal`, `provider`, `warnings`,
    `brand_name`."""
    provider = provider_of(host=payload.host, account=payload.account)
    standing = standing_of(workspace, payload)
    return {
        "standing": standing,
        "unreadable": _unreadable(workspace, standing.in_use, ServerPart.of(payload)),
        "proposal": proposal_for(payload.port, payload.security) if payload.host else None,
        "provider": provider,
        "warnings": hints_of(payload),
        "brand_name": workspace.name,
    }


def _unreadable(workspace: Workspace, *parts: ServerPart | None) -> str:
    """That a stored password cannot be opened, and what to do; "" where all can be."""
    for part in {part for part in parts if part is not None}:
        try:
            part.revealed(workspace)
        except SecretUnreadable as error:
            return say(error)
        except SecretUnusable:
            pass  # it is for other values than those that stand in a form
    return ""
