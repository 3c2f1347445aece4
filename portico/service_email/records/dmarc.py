"""DMARC: what does the domain ask receivers to do with mail that only claims to come from it?"""

from __future__ import annotations

from typing import Final

from portico.egress.resolving import LookupTrouble
from portico.kernel.errors import gettext_noop
from portico.service_email.records.dmarc_policy import (
    Policy,
    SeveralPolicies,
    UnreadablePolicy,
    policy_of,
)
from portico.service_email.records.lookups import Lookups, unknown
from portico.service_email.records.spf import shortened
from portico.service_email.smtp.stages import Sentence, Stage, StageName

MISSING = gettext_noop(
    "%(domain)s has no DMARC policy. Large receivers ask for one from whoever sends them much "
    "mail, and anybody can send in the domain's name."
)
ADD_POLICY = gettext_noop(
    "Enter a TXT record at _dmarc.%(domain)s. To begin with, “v=DMARC1; p=none; "
    "rua=mailto:postmaster@%(domain)s” changes nothing and has reports sent to you."
)
SEVERAL = gettext_noop(
    "%(domain)s has more than one DMARC policy, so receivers take no notice of any."
)
KEEP_ONE = gettext_noop("Keep one TXT record at _dmarc.%(domain)s, and remove the others.")
UNREADABLE = gettext_noop(
    "The DMARC policy of %(domain)s cannot be read, so receivers take no notice of it: "
    "“%(part)s” is wrong."
)
CORRECT = gettext_noop(
    "Correct the TXT record at _dmarc.%(domain)s. It begins with “v=DMARC1;” and has “p=none”, "
    "“p=quarantine” or “p=reject”, with semicolons between its parts."
)
ASKS: Final = {
    "none": gettext_noop(
        "%(domain)s only watches: mail that fails both SPF and DKIM is to be delivered all the "
        "same."
    ),
    "quarantine": gettext_noop(
        "%(domain)s asks receivers to set mail aside as suspicious if it fails both SPF and DKIM."
    ),
    "reject": gettext_noop(
        "%(domain)s asks receivers to refuse mail that fails both SPF and DKIM."
    ),
}
ASKS_FROM_ABOVE: Final = {
    "none": gettext_noop(
        "%(domain)s has no DMARC policy of its own; that of %(at)s counts. It only watches: mail "
        "that fails both SPF and DKIM is to be delivered all the same."
    ),
    "quarantine": gettext_noop(
        "%(domain)s has no DMARC policy of its own; that of %(at)s counts. It asks receivers to "
        "set mail aside as suspicious if it fails both SPF and DKIM."
    ),
    "reject": gettext_noop(
        "%(domain)s has no DMARC policy of its own; that of %(at)s counts. It asks receivers to "
        "refuse mail that fails both SPF and DKIM."
    ),
}
ONLY_WATCHED = gettext_noop(
    "Once the reports show that all your mail passes, ask for “p=quarantine” and later for "
    "“p=reject”, so that nobody else can send in your name."
)
WATCHED_BLINDLY = gettext_noop(
    "Nobody receives reports. Add “rua=mailto:” with an address of yours to see who sends in your "
    "name; once all your mail passes, ask for “p=quarantine” and later for “p=reject”."
)
TESTED = gettext_noop(
    "The policy is marked as a test (t=y), so receivers ask for less than it says. Remove t=y once "
    "all your mail passes."
)
IN_PART = gettext_noop(
    "The policy is asked for %(share)s%% of the mail only (pct=). Newer receivers take no notice "
    "of such a share; remove it once all your mail passes."
)


def check_dmarc(domain: str, *, lookups: Lookups) -> Stage:
    """The stage, without its time."""
    facts = {"domain": domain}
    try:
        policy = policy_of(domain, lookups)
    except SeveralPolicies:
        return _refused("dmarc_several", SEVERAL, KEEP_ONE, facts, _seen(domain, lookups))
    except UnreadablePolicy as error:
        facts = {"domain": error.at, "part": shortened(error.part)[:80]}
        return _refused("dmarc_unreadable", UNREADABLE, CORRECT, facts, _seen(error.at, lookups))
    except LookupTrouble as trouble:
        return unknown(StageName.DMARC, trouble)
    if policy is None:
        return _refused("dmarc_missing", MISSING, ADD_POLICY, facts, ())
    return _found(domain, policy, lookups)


def _found(domain: str, policy: Policy, lookups: Lookups) -> Stage:
    sentences = ASKS_FROM_ABOVE if policy.inherited else ASKS
    code, advice = _advice(policy)
    return Stage(
        StageName.DMARC,
        True,
        code=code,
        seen=_seen(policy.at, lookups),
        meaning=Sentence(sentences[policy.asked], {"domain": domain, "at": policy.at}),
        advice=advice,
    )


def _advice(policy: Policy) -> tuple[str, Sentence | None]:
    if policy.asked == "none":
        return "dmarc_watches", Sentence(ONLY_WATCHED if policy.reports else WATCHED_BLINDLY)
    if policy.testing:
        return "dmarc_tests", Sentence(TESTED)
    if policy.share < 100:
        return "dmarc_in_part", Sentence(IN_PART, {"share": policy.share})
    return ("dmarc_inherited" if policy.inherited else "dmarc_found"), None


def _refused(
    code: str, meaning: str, advice: str, facts: dict[str, str], seen: tuple[Sentence, ...]
) -> Stage:
    return Stage(
        StageName.DMARC,
        False,
        code=code,
        seen=seen,
        meaning=Sentence(meaning, facts),
        advice=Sentence(advice, facts),
    )


def _seen(at: str, lookups: Lookups) -> tuple[Sentence, ...]:
    name = f"_dmarc.{at}"
    return tuple(
        Sentence(gettext_noop("%(at)s: %(record)s"), {"at": name, "record": shortened(text)})
        for text in lookups.records(name, "TXT")[:3]
    )
