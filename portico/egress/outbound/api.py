"""Verifying the outbound addresses over HTTP."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema
from pydantic import Field

from portico.accounts.http import actor_of
from portico.egress.outbound.panels import seen_in_words
from portico.egress.outbound.results import Result, Verdict, result_kept
from portico.egress.outbound.verifying import verify
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest

router = ApiRouter(tags=["Settings"])


class AddressAnswer(Schema):
    """What was seen of one address."""

    expected: str = Field(description="The public address that calls are to leave from.")
    seen: str = Field(description="The address that the other side saw; empty: none was told.")
    verdict: Verdict = Field(description="`ok`, `differs` or `failed`.")
    meaning: str = Field(description="What went wrong; empty where nothing did.")
    advice: str = Field(description="What to do.")
    milliseconds: int


class VerificationAnswer(Schema):
    """What came of a verification."""

    ok: bool = Field(description="Whether every address was seen as expected.")
    at: datetime
    echo: str = Field(description="The address that was called.")
    addresses: list[AddressAnswer]


@router.post(
    "/domain-preference/verify-outbound-ip",
    response=VerificationAnswer,
    operation_id="verify_outbound_ip",
    summary="Verify the outbound addresses",
)
@requires(Permission.SETTINGS_CHANGE)
def verify_outbound_ip(request: TokenRequest) -> VerificationAnswer:
    """Calls the operator's echo address from each chosen address, and answers with what was seen
    within 8 seconds. At most ten times in ten minutes."""
    verification = verify(request.workspace, by=actor_of(request), at=now())
    results = [result_kept(kept) for kept in verification.results]
    return VerificationAnswer(
        ok=all(result.verdict is Verdict.OK for result in results),
        at=verification.finished_at or verification.started_at,
        echo=verification.echo_url,
        addresses=[_answer(result) for result in results],
    )


def _answer(result: Result) -> AddressAnswer:
    words = seen_in_words(result)
    return AddressAnswer(
        expected=result.public,
        seen=result.seen,
        verdict=result.verdict,
        meaning=words.text,
        advice=words.advice,
        milliseconds=result.milliseconds,
    )
