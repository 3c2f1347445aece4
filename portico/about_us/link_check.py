"""Does the About Us link lead anywhere? Asked weekly, after each save, and when somebody asks.

A page is read as a browser without a person would: up to three redirects are gone along, each one
a guarded call of its own. What cannot be said is not held against the address: some sites turn
programs away, and addresses inside a company's network are not called at all.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from portico.about_us.models import LinkCheck
from portico.about_us.payload import AboutUs
from portico.about_us.rules import LANGUAGE, for_language
from portico.egress.calls import CallRefused, CallTrouble, Limits, call
from portico.egress.calls.targets import UrlRefused
from portico.egress.calls.troubles import (
    NoSourceLeft,
    ProxyAway,
    ProxyRefused,
    SourceNotHere,
    SourceOfOtherKind,
    TrustUnreadable,
)
from portico.egress.configuration import Egress
from portico.egress.services import egress_of
from portico.kernel.errors import Conflict, TooOften, gettext_noop
from portico.ui.values import State
from portico.workspaces.models import Workspace

TASK: Final = "about_us.check_link"
QUEUE: Final = "links"
LANES: Final = 2
EVERY: Final = timedelta(days=7)
AGAIN_AFTER: Final = (timedelta(minutes=30), timedelta(hours=6), timedelta(days=1))
NOT_WITHIN: Final = timedelta(minutes=1)
LATE_AFTER: Final = timedelta(minutes=5)  # a check that has not ended by then was lost
MOST_REDIRECTS: Final = 3
LIMITS: Final = Limits(connect=5.0, read=10.0, whole=15.0)
HEADERS: Final = {
    "User-Agent": "Portico link check",
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.5",
}
REDIRECTS: Final = {301, 302, 303, 307, 308}
# What went wrong on Portico's own side, so that nothing is known of the address.
OUR_OWN: Final = (
    NoSourceLeft,
    ProxyAway,
    ProxyRefused,
    SourceNotHere,
    SourceOfOtherKind,
    TrustUnreadable,
)
# Answers of a page that is there and wants to know more of who asks.
GUARDED: Final = {401, 402, 403, 405, 406, 407, 418, 429, 451}


class Verdict(StrEnum):
    """What is to be thought of an address."""

    WORKS = "works"
    DEAD = "dead"
    UNKNOWN = "unknown"


class NothingToCheck(Conflict):
    code = "no_link_to_check"
    sentence = gettext_noop("There is no address to check: none is saved.")


class CheckedJustNow(TooOften):
    code = "link_checked_just_now"
    sentence = gettext_noop("The address was checked less than a minute ago.")


@dataclass(frozen=True)
class Result:
    """How the address of one language answered. `text` and `facts` say it in words; `status` is 0
    where there was no answer."""

    language: str
    url: str
    verdict: Verdict
    status: int
    text: str
    facts: dict[str, str | int]

    @property
    def sentence(self) -> str:
        """What was found, in the reader's language."""
        return gettext(self.text) % self.facts


@dataclass(frozen=True)
class Standing:
    """How a workspace's link stands. `verdict` None: it was not checked yet."""

    results: tuple[Result, ...]
    checked_at: datetime | None
    under_way: bool

    @property
    def verdict(self) -> Verdict | None:
        """The worst of all languages."""
        found = {result.verdict for result in self.results}
        worst_first = (Verdict.DEAD, Verdict.UNKNOWN, Verdict.WORKS)
        return next((verdict for verdict in worst_first if verdict in found), None)

    @property
    def chip(self) -> State | None:
        """What the card shows; None where nothing is known and nothing goes on."""
        if self.under_way:
            return State(gettext("Being checked"), "info")
        words = {
            Verdict.WORKS: State(gettext("Page found"), "good"),
            Verdict.DEAD: State(gettext("Leads nowhere"), "danger"),
            Verdict.UNKNOWN: State(gettext("Not sure"), "warning"),
        }
        return words[self.verdict] if self.verdict else None

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is worth saying of the addresses that do not simply work; what is true of all of
        them, once."""
        wanting = [one for one in self.results if one.verdict is not Verdict.WORKS]
        sentences = tuple(dict.fromkeys(one.sentence for one in wanting))
        if len(sentences) == 1 and len(wanting) == len(self.results):
            return sentences
        return tuple(f"{one.url}: {one.sentence}" for one in wanting)


def follow(workspace: Workspace, payload: AboutUs, *, at: datetime) -> None:
    """Check an address that was just saved; forget what was found of the one before."""
    if not payload.url:
        LinkCheck.objects.filter(workspace=workspace).delete()
        return
    known = LinkCheck.objects.filter(workspace=workspace).first()
    if known is not None and known.url == payload.url:
        return
    LinkCheck.objects.update_or_create(
        workspace=workspace,
        defaults={
            "url": payload.url,
            "results": [],
            "misses": 0,
            "checked_at": None,
            "due_at": at,
            "asked_at": None,
        },
    )
    _defer(workspace.id)


def ask(workspace: Workspace, *, at: datetime) -> LinkCheck:
    """Check it now, in the worker. Raises `NothingToCheck` or `CheckedJustNow`."""
    with transaction.atomic():
        check = LinkCheck.objects.select_for_update().filter(workspace=workspace).first()
        if check is None:
            raise NothingToCheck
        if check.asked_at is not None and at - check.asked_at < NOT_WITHIN:
            raise CheckedJustNow
        check.asked_at = check.due_at = at
        check.save(update_fields=["asked_at", "due_at"])
        _defer(workspace.id)
    return check


def sweep(*, at: datetime) -> int:
    """Start a check of each link that is due; how many there were. Those whose worker died are
    among them."""
    due = LinkCheck.objects.filter(due_at__lte=at).order_by("due_at")
    found = list(due.values_list("workspace_id", flat=True)[:500])
    for workspace_id in found:
        _defer(workspace_id)
    return len(found)


def check(workspace_id: UUID, *, at: datetime) -> LinkCheck | None:
    """Look where a workspace's link leads, and note it. None: there is none, or it is not due.

    An address that was saved meanwhile is left to its own check.
    """
    row = (
        LinkCheck.objects.filter(workspace_id=workspace_id, due_at__lte=at)
        .select_related("workspace")
        .first()
    )
    if row is None:
        return None
    egress = egress_of(row.workspace, at=at)
    results = [_look(language, url, egress) for language, url in _addresses(row.url)]
    missed = any(_is_miss(result) for result in results)
    misses = row.misses + 1 if missed else 0
    wait = AGAIN_AFTER[misses - 1] if 0 < misses <= len(AGAIN_AFTER) else EVERY
    LinkCheck.objects.filter(id=row.id, url=row.url, due_at=row.due_at).update(
        results=[asdict(result) for result in results],
        misses=misses,
        checked_at=at,
        due_at=at + wait,
    )
    row.refresh_from_db()
    return row


def standing_of(workspace: Workspace, payload: AboutUs, *, at: datetime) -> Standing:
    """How the link stands, in one query; nothing is known of an address that is not saved."""
    row = LinkCheck.objects.filter(workspace=workspace, url=payload.url).first()
    if row is None:
        return Standing((), None, under_way=False)
    results = tuple(Result(**{**kept, "verdict": Verdict(kept["verdict"])}) for kept in row.results)
    return Standing(results, row.checked_at, under_way=at - LATE_AFTER < row.due_at <= at)


def _addresses(url: str) -> list[tuple[str, str]]:
    """Each address that visitors are led to, and the language of those who are."""
    if LANGUAGE not in url:
        return [("", url)]
    return [(code, for_language(url, code)) for code, _name in settings.LANGUAGES]


def _is_miss(result: Result) -> bool:
    """Whether to look again before the week is over: it may be another matter then."""
    return result.verdict is Verdict.DEAD or not result.status


def _look(language: str, url: str, egress: Egress) -> Result:
    verdict, status, text, facts = _found(url, egress)
    return Result(language, url, verdict, status, text, facts)


def _found(url: str, egress: Egress) -> tuple[Verdict, int, str, dict[str, Any]]:
    here, led_on = url.partition("#")[0], False
    try:
        for _hop in range(MOST_REDIRECTS + 1):
            answer = call("GET", here, egress=egress, headers=HEADERS, limits=LIMITS)
            place = answer.header("location")
            if answer.status not in REDIRECTS or not place:
                return _judged(answer.status)
            led_on = True
            here = _next(here, place)
    except CallRefused as refusal:
        if not led_on:
            return Verdict.UNKNOWN, 0, refusal.sentence, _plain(refusal)
        text = gettext_noop(
            "It leads on to an address that Portico does not call, such as one inside a network. "
            "People may well see the page; open it to be sure."
        )
        return Verdict.UNKNOWN, 0, text, {}
    except CallTrouble as trouble:
        verdict = Verdict.UNKNOWN if isinstance(trouble, OUR_OWN) else Verdict.DEAD
        return verdict, 0, trouble.sentence, _plain(trouble)
    text = gettext_noop("It leads on and on: more than %(most)s redirects.")
    return Verdict.DEAD, 0, text, {"most": MOST_REDIRECTS}


def _next(here: str, place: str) -> str:
    """Where a redirect leads, without what a browser keeps for itself (#)."""
    try:
        return urljoin(here, place).partition("#")[0]
    except ValueError:  # such as http://[
        raise CallRefused(UrlRefused()) from None


def _judged(status: int) -> tuple[Verdict, int, str, dict[str, Any]]:
    facts = {"status": status, "phrase": _phrase(status)}
    if 200 <= status < 300:
        return Verdict.WORKS, status, gettext_noop("The page answers."), {}
    if status in GUARDED or 300 <= status < 400:
        text = gettext_noop(
            "The site answers %(status)s %(phrase)s. People may well see the page; open it to be "
            "sure."
        )
        return Verdict.UNKNOWN, status, text, facts
    text = gettext_noop("The site answers %(status)s %(phrase)s.")
    return Verdict.DEAD, status, text, facts


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _plain(trouble: CallTrouble) -> dict[str, Any]:
    return {name: str(fact) for name, fact in trouble.facts.items()}


def _defer(workspace_id: UUID) -> None:
    """In one of two lanes, so that however slow the sites are, most workers are free."""
    job = app.configure_task(
        TASK,
        queue=QUEUE,
        lock=f"links:{workspace_id.int % LANES}",
        queueing_lock=f"{TASK}:{workspace_id}",
    )
    try:
        with transaction.atomic():
            job.defer(workspace_id=str(workspace_id))
    except AlreadyEnqueued:
        pass  # it waits already; should it have been started just now, the sweep finds the rest
