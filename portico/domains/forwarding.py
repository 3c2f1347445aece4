"""Whether what stands in front says how it was asked.

In production a request that came without TLS is led on to the same address with it. Where a visit
over HTTPS is answered so, the program in front does not say that it was HTTPS, or is not believed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from portico.domains.checking import Check, CheckName, Question, Report
from portico.kernel.errors import gettext_noop
from portico.kernel.sentences import Sentence

REDIRECT: Final = "redirect"
CODE: Final = "scheme_not_forwarded"
MEANING: Final = gettext_noop(
    "%(domain)s leads to this platform, which takes the requests for ones without TLS and leads on "
    "to the very same address, without end."
)
ADVICE: Final = gettext_noop(
    "Have the load balancer or proxy in front set the header X-Forwarded-Proto to https, and the "
    "operator of this platform set PORTICO_TRUSTED_PROXIES to the number of proxies in front, so "
    "that the header is believed."
)


def explained(check: Check, question: Question) -> Check:
    """The check, with the reason why the platform leads on to the very address that was asked."""
    if check.name is not CheckName.HTTPS or check.code != REDIRECT:
        return check
    port = "" if question.https_port == 443 else f":{question.https_port}"
    asked = {f"https://{question.domain}{tail}{question.marker_path}" for tail in {"", port}}
    if not any(value in asked for seen in check.seen for value in seen.values):
        return check
    facts = {"domain": question.domain}
    return replace(
        check, code=CODE, meaning=Sentence(MEANING, facts), advice=Sentence(ADVICE, facts)
    )


def all_explained(report: Report, question: Question) -> Report:
    """The same for a whole report."""
    return replace(report, checks=tuple(explained(check, question) for check in report.checks))
