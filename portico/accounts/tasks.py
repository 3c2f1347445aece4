from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.management import call_command
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from portico.accounts.password_links import send_link
from portico.accounts.second_factor.notices import Notice, Place, send_notice
from portico.accounts.verification import send_verification


@app.task(
    name="accounts.send_password_link",
    retry=RetryStrategy(max_attempts=8, exponential_wait=3),
)
def send_password_link(*, email: str, origin: str, brand_name: str, language: str) -> None:
    """Send a link to choose a password; tried again for an hour where the mail server fails.

    In a job, so that whoever asks is answered at once and alike, with an account or without.
    """
    send_link(email, origin=origin, brand_name=brand_name, language=language)


@app.task(
    name="accounts.send_verification_link",
    retry=RetryStrategy(max_attempts=8, exponential_wait=3),
)
def send_verification_link(*, person_id: str, origin: str, brand_name: str, language: str) -> None:
    """Send a link that verifies somebody's address; tried again where the mail server fails."""
    send_verification(UUID(person_id), origin=origin, brand_name=brand_name, language=language)


@app.task(
    name="accounts.send_second_factor_notice",
    retry=RetryStrategy(max_attempts=8, exponential_wait=3),
)
def send_second_factor_notice(
    *, person_id: str, notice: str, brand_name: str, host: str, language: str, at: str
) -> None:
    """Tell somebody that their second factor changed; tried again where the mail server fails."""
    place = Place(brand_name=brand_name, host=host, language=language)
    send_notice(UUID(person_id), Notice(notice), place, at=datetime.fromisoformat(at))


@app.periodic(cron="37 3 * * *", periodic_id="clear_sessions")
@app.task(name="accounts.clear_sessions", queueing_lock="accounts.clear_sessions")
def clear_sessions(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands it over
    """Delete sessions that have expired, each night."""
    call_command("clearsessions")
