"""Having a mail about a second factor sent."""

from __future__ import annotations

from datetime import datetime

from portico.accounts.models import Person
from portico.accounts.second_factor.notices import Notice, Place
from portico.accounts.tasks import send_second_factor_notice


def tell(person: Person, notice: Notice, place: Place, *, at: datetime) -> None:
    """Have a mail sent, if the transaction in which this is called succeeds."""
    send_second_factor_notice.defer(
        person_id=str(person.id),
        notice=notice.value,
        brand_name=place.brand_name,
        host=place.host,
        language=place.language,
        at=at.isoformat(),
    )
