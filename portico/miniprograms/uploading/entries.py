"""Looking at the entry URL of a hosted version before it becomes one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from urllib.parse import urljoin, urlsplit

from portico.egress.calls import Answer, CallTrouble, Limits, call, check_url
from portico.egress.configuration import Egress
from portico.egress.rules import address_in, is_this_machine
from portico.egress.services import egress_of
from portico.miniprograms.uploading.rules import (
    EntryAnswers,
    EntryLeadsAround,
    EntryNotSecure,
    EntryRefused,
)
from portico.workspaces.hosts import site
from portico.workspaces.models import Workspace

LIMITS: Final = Limits(connect=5.0, read=8.0, whole=10.0)
HEADERS: Final = {"User-Agent": "Portico entry check", "Accept": "text/html,*/*;q=0.5"}
REDIRECTS: Final = {301, 302, 303, 307, 308}
MOST_REDIRECTS: Final = 3


def check_entry(workspace: Workspace, url: str) -> None:
    """See that a page answers there. Redirects are gone along, each one a guarded call of its own.

    Raises an `EntryRefused` with what was seen.
    """
    egress = egress_of(workspace)
    here = url
    for _hop in range(MOST_REDIRECTS + 1):
        answer = _asked(here, egress)
        place = answer.header("location")
        if answer.status not in REDIRECTS or not place:
            _see_a_page(answer, here)
            return
        here = _next(here, place)
    raise EntryLeadsAround(most=MOST_REDIRECTS)


def _asked(url: str, egress: Egress) -> Answer:
    try:
        _see_it_is_secure(check_url(url, egress))
        return call("GET", url, egress=egress, headers=HEADERS, limits=LIMITS)
    except CallTrouble as trouble:
        raise EntryRefused(trouble) from None


def _see_it_is_secure(url: str) -> None:
    """https; in development also plain http of this very machine, where partners try things."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (site().any_host and _is_here(parts.hostname or "")):
        raise EntryNotSecure


def _is_here(host: str) -> bool:
    address = address_in(host)
    return is_this_machine(host) or (address is not None and address.is_loopback)


def _see_a_page(answer: Answer, url: str) -> None:
    if not 200 <= answer.status < 300:
        known = {status.value: status.phrase for status in HTTPStatus}
        seen = f"{answer.status} {known.get(answer.status, '')}".strip()
        raise EntryAnswers(host=urlsplit(url).hostname, status=seen)


def _next(here: str, place: str) -> str:
    """Where a redirect leads, without what a browser keeps for itself (#)."""
    try:
        return urljoin(here, place).partition("#")[0]
    except ValueError:  # such as http://[
        raise EntryAnswers(host=urlsplit(here).hostname, status="a broken redirect") from None
