"""Taking a saved mail server into use over HTTP."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema

from portico.accounts.http import actor_of
from portico.basic_settings.api_etags import IF_MATCH, if_match
from portico.basic_settings.services import live
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.service_email.section import section
from portico.service_email.servers import take_untested
from portico.service_email.showing import effective_of
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest

router = ApiRouter(tags=["Settings"])


class InUseAnswer(Schema):
    """Which server sends now. `mailer`: `own` or `platform`."""

    mailer: str
    host: str | None
    port: int | None
    security: str | None
    account: str | None
    since: datetime | None
    untested: bool
    waits_for_test: bool


@router.post(
    "/service-email/use-anyway",
    response=InUseAnswer,
    operation_id="use_mail_server_anyway",
    summary="Use the saved mail server without a test",
    openapi_extra=IF_MATCH,
)
@requires(Permission.SETTINGS_CHANGE)
def use_anyway(request: TokenRequest) -> InUseAnswer:
    """Send the workspace's mail through the saved server from now on, although no test of it was
    accepted. `If-Match` names the revision that you saw. The audit log says who did it."""
    take_untested(request.workspace, by=actor_of(request), at=now(), based_on=if_match(request))
    payload = live(request.workspace, section).payload
    return InUseAnswer(**effective_of(request.workspace, payload))
