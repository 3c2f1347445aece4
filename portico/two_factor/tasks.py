from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from portico.kernel.clock import now
from portico.two_factor.account_mails import mail_code, mail_recovery, mail_reset
from portico.two_factor.services.codes import forget_old


@app.task(
    name="two_factor.send_code",
    retry=RetryStrategy(max_attempts=5, wait=20),
)
def send_code(*, code_id: str, brand_name: str, language: str = "en") -> None:
    """Mail somebody the code by which they sign in; tried again where the mail server fails."""
    mail_code(UUID(code_id), brand_name=brand_name, language=language)


@app.task(
    name="two_factor.send_reset_notice",
    retry=RetryStrategy(max_attempts=8, exponential_wait=3),
)
def send_reset_notice(*, reset_id: str, language: str = "en") -> None:
    """Tell somebody that an admin reset their two-factor."""
    mail_reset(UUID(reset_id), language=language)


@app.task(
    name="two_factor.send_recovery_notice",
    retry=RetryStrategy(max_attempts=8, exponential_wait=3),
)
def send_recovery_notice(*, person_id: str, brand_name: str, kept: bool, language: str) -> None:
    """Tell somebody that the operator recovered their account."""
    mail_recovery(UUID(person_id), brand_name=brand_name, kept=kept, language=language)


@app.periodic(cron="41 3 * * *", periodic_id="forget_mailed_codes")
@app.task(name="two_factor.forget_codes", queueing_lock="two_factor.forget_codes")
def forget_codes(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands it over
    """Delete codes of before yesterday, each night."""
    forget_old(at=now())
