"""Whether the About Us link leads anywhere, over HTTP."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema, Status
from pydantic import Field

from portico.about_us.link_check import Standing, Verdict, ask, standing_of
from portico.about_us.section import section
from portico.basic_settings.services import live
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest

router = ApiRouter(tags=["Settings"])


class LinkResult(Schema):
    """How the address of one language answered."""

    language: str = Field(description="Empty where the address is the same for all languages.")
    url: str
    verdict: Verdict
    status: int = Field(description="0 where there was no answer.")
    sentence: str


class LinkAnswer(Schema):
    """How the saved address stands."""

    verdict: Verdict | None = Field(description="The worst of all languages; null: not yet known.")
    checked_at: datetime | None
    under_way: bool
    results: list[LinkResult]


@router.get(
    "/about-us/link",
    response=LinkAnswer,
    operation_id="read_about_us_link",
    summary="Does the About Us link lead anywhere?",
)
@requires(Permission.SETTINGS_READ)
def read_link(request: TokenRequest) -> LinkAnswer:
    """What was found when the saved address was checked last: weekly, and after each save."""
    return _answer(request)


@router.post(
    "/about-us/link/check",
    response={202: LinkAnswer},
    operation_id="check_about_us_link",
    summary="Check the About Us link now",
)
@requires(Permission.SETTINGS_CHANGE)
def check_link(request: TokenRequest) -> Status[LinkAnswer]:
    """Has the saved address checked within seconds; read the result then. Once a minute at most."""
    ask(request.workspace, at=now())
    return Status(202, _answer(request))


def _answer(request: TokenRequest) -> LinkAnswer:
    payload = live(request.workspace, section).payload
    standing: Standing = standing_of(request.workspace, payload, at=now())
    return LinkAnswer(
        verdict=standing.verdict,
        checked_at=standing.checked_at,
        under_way=standing.under_way,
        results=[
            LinkResult(
                language=one.language,
                url=one.url,
                verdict=one.verdict,
                status=one.status,
                sentence=one.sentence,
            )
            for one in standing.results
        ],
    )
