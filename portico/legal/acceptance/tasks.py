from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from portico.kernel.clock import now
from portico.legal.acceptance.telling import tell_some
from portico.legal.models import LegalNotice


@app.task(name="legal.tell", retry=RetryStrategy(max_attempts=12, exponential_wait=2))
def tell(*, version_id: str, what: str, after: str) -> None:
    """Tell one batch of members of a version; tried again for over an hour where that fails."""
    tell_some(UUID(version_id), LegalNotice.What(what), after=UUID(after), at=now())
