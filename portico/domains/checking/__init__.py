"""What is right with a workspace's alternative domain, what is wrong, and what is the culprit.

Plain Python: it knows neither Django nor a workspace. `examine` asks the DNS (each resolver, and
the name servers of the zone themselves) and the web server that answers at the domain.
"""

from __future__ import annotations

from portico.domains.checking.examining import examine
from portico.domains.checking.kept import as_json, check_as_json, check_from, report_from
from portico.domains.checking.names import check_domain, resembles, shown
from portico.domains.checking.records import Record, bind_snippet, instructions
from portico.domains.checking.reports import (
    NOTHING,
    SILENT,
    Check,
    CheckName,
    Limits,
    Question,
    Report,
    Seen,
    Watch,
)
from portico.kernel.sentences import Sentence

__all__ = [
    "NOTHING",
    "SILENT",
    "Check",
    "CheckName",
    "Limits",
    "Question",
    "Record",
    "Report",
    "Seen",
    "Sentence",
    "Watch",
    "as_json",
    "bind_snippet",
    "check_as_json",
    "check_domain",
    "check_from",
    "examine",
    "instructions",
    "report_from",
    "resembles",
    "shown",
]
