"""All servers of the matrix, by name."""

from __future__ import annotations

from tests.hostile.smtp.behaving import BEHAVING
from tests.hostile.smtp.cases import Case
from tests.hostile.smtp.finding import FINDING
from tests.hostile.smtp.greeting import GREETINGS
from tests.hostile.smtp.handing_over import RECIPIENTS, SENDERS
from tests.hostile.smtp.messages import MESSAGES
from tests.hostile.smtp.protecting import PROTECTING
from tests.hostile.smtp.signing_in import SIGNING_IN

SERVERS: tuple[Case, ...] = (
    *BEHAVING,
    *FINDING,
    *GREETINGS,
    *PROTECTING,
    *SIGNING_IN,
    *SENDERS,
    *RECIPIENTS,
    *MESSAGES,
)
