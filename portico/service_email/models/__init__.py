from portico.service_email.models.mails import Attempt, Mail, MailQueue, MailState, Outcome
from portico.service_email.models.servers import ServerInUse, ServerProof
from portico.service_email.models.test_runs import RunState, TestRun
from portico.service_email.models.topics import MailChoices

__all__ = [
    "Attempt",
    "Mail",
    "MailChoices",
    "MailQueue",
    "MailState",
    "Outcome",
    "RunState",
    "ServerInUse",
    "ServerProof",
    "TestRun",
]
