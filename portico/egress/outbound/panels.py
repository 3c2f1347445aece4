"""What the card says of the outbound addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from portico.egress.models import OutboundChoice, OutboundVerification
from portico.egress.outbound.fields import IPS, nothing_offered
from portico.egress.outbound.results import Result, Verdict, result_kept
from portico.egress.outbound.verifying import latest_verification
from portico.egress.services import announced_choice, choice_in_force, egress
from portico.ui.values import Fact, State
from portico.workspaces.models import Workspace


class EffectiveOutbound(TypedDict):
    """What holds now, for the API's effective part."""

    outbound_ips: list[str]
    outbound_ips_announced: list[str] | None
    outbound_ips_change_at: str | None
    outbound_ips_refused: bool


@dataclass(frozen=True)
class Seen:
    """What the last verification saw of an address."""

    state: State
    text: str = ""
    advice: str = ""


@dataclass(frozen=True)
class Row:
    """One public address."""

    address: str
    state: State
    seen: Seen | None


@dataclass(frozen=True)
class Panel:
    """The state of a workspace's outbound addresses.

    `nothing_offered`: a sentence where the operator offers none. `none_left`: all that were chosen
    are gone, and calls are refused. `refusal`: why Verify did not run.
    """

    rows: tuple[Row, ...]
    nothing_offered: str
    none_left: bool
    announcement: str
    verified_at: datetime | None
    can_verify: bool
    no_echo: bool
    refusal: str = ""


def panel_of(workspace: Workspace, *, at: datetime, refusal: str = "") -> Panel:
    """The panel as it stands."""
    current = choice_in_force(workspace, at=at)
    coming = announced_choice(workspace, at=at)
    verification = latest_verification(workspace)
    seen = _seen_by_address(verification)
    offered = [str(one.public) for one in egress().outbound]
    rows = tuple(
        Row(address, _state(address, current, coming, offered), seen.get(address))
        for address in _addresses(current, coming)
    )
    chosen = current.addresses if current else []
    return Panel(
        rows=rows,
        nothing_offered="" if offered or rows else nothing_offered(),
        none_left=bool(chosen) and not set(chosen) & set(offered),
        announcement=_announcement(coming),
        verified_at=verification.finished_at if verification and rows else None,
        can_verify=bool(rows) and bool(settings.PORTICO_ECHO_URL),
        no_echo=bool(rows) and not settings.PORTICO_ECHO_URL,
        refusal=refusal,
    )


def facts_of(
    workspace: Workspace,  # noqa: ARG001 - as every hook of a section
    publics: tuple[str, ...],
    *,
    at: datetime,  # noqa: ARG001
) -> dict[str, Fact]:
    """The chosen addresses as a row of the card, the history and its diffs."""
    return {IPS: Fact(_("Outbound IP"), publics or _("Any address of this platform"))}


def effective_of(workspace: Workspace, *, at: datetime) -> EffectiveOutbound:
    """The addresses that calls leave from now, and what is announced."""
    current = choice_in_force(workspace, at=at)
    coming = announced_choice(workspace, at=at)
    chosen = current.addresses if current else []
    offered = {str(one.public) for one in egress().outbound}
    return EffectiveOutbound(
        outbound_ips=[one for one in chosen if one in offered],
        outbound_ips_announced=list(coming.addresses) if coming else None,
        outbound_ips_change_at=coming.valid_from.isoformat() if coming else None,
        outbound_ips_refused=bool(chosen) and not offered.intersection(chosen),
    )


def seen_in_words(result: Result) -> Seen:
    """A result as people read it."""
    text = _(result.text) % result.facts if result.text else ""
    advice = _(result.advice) % result.facts if result.advice else ""
    if result.seen:
        tone = "good" if result.verdict is Verdict.OK else "danger"
        return Seen(State(_("Seen as %(seen)s") % {"seen": result.seen}, tone), text, advice)
    return Seen(State(_("Not verified"), "danger"), text, advice)


def _seen_by_address(verification: OutboundVerification | None) -> dict[str, Seen]:
    results = [result_kept(kept) for kept in (verification.results if verification else [])]
    return {result.public: seen_in_words(result) for result in results}


def _addresses(current: OutboundChoice | None, coming: OutboundChoice | None) -> list[str]:
    found = [address for choice in (current, coming) if choice for address in choice.addresses]
    return list(dict.fromkeys(found))


def _state(
    address: str,
    current: OutboundChoice | None,
    coming: OutboundChoice | None,
    offered: list[str],
) -> State:
    if address not in offered:
        return State(_("No longer offered by the operator"), "danger")
    if current is None or address not in current.addresses:
        return State(_("From %(when)s on") % {"when": _when(coming)}, "info")
    if coming is not None and address not in coming.addresses:
        return State(_("Until %(when)s") % {"when": _when(coming)}, "warning")
    return State(_("In use"), "good")


def _announcement(coming: OutboundChoice | None) -> str:
    if coming is None:
        return ""
    if not coming.addresses:
        said = _("From %(when)s on, calls may leave from any address of this platform.")
        return said % {"when": _when(coming)}
    said = _("From %(when)s on, calls leave from %(addresses)s. The public list announces it.")
    return said % {"when": _when(coming), "addresses": ", ".join(coming.addresses)}


def _when(choice: OutboundChoice | None) -> str:
    return date_format(localtime(choice.valid_from), "DATETIME_FORMAT") if choice else ""
