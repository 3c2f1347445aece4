"""SPF: does the sender's domain say which servers may send for it, and is yours among them?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from portico.egress.configuration import Egress
from portico.egress.resolving import LookupTrouble
from portico.egress.rules import Address, HostRefused, sort_addresses
from portico.kernel.errors import gettext_noop
from portico.service_email.records import spf_check
from portico.service_email.records.lookups import Lookups, unknown
from portico.service_email.records.publishing import published_for
from portico.service_email.records.spf_check import Survey, VoidSpf
from portico.service_email.records.spf_record import Result, SpfRecord
from portico.service_email.smtp.stages import Sentence, Stage, StageName

MOST_SHOWN: Final = 400  # characters of a record
MOST_ADDRESSES: Final = 4  # of a mail server, each looked at

MISSING = gettext_noop(
    "%(domain)s has no SPF record. It does not say which servers may send for it, so many "
    "receivers treat its mail as suspicious."
)
ADD_SPF = gettext_noop(
    "Enter one TXT record at %(domain)s that names whoever sends for you, for example "
    "“%(example)s”. Your mail provider says what to include."
)
VOID = gettext_noop("Receivers take no notice of the SPF record of %(domain)s: it cannot be used.")
BROKEN: Final[dict[type[VoidSpf], tuple[str, str, str]]] = {
    spf_check.SeveralRecords: (
        "spf_several",
        gettext_noop("%(at)s has more than one SPF record; only one is allowed."),
        gettext_noop("Join them into one record, and remove the others."),
    ),
    spf_check.Unreadable: (
        "spf_unreadable",
        gettext_noop("“%(term)s” in the record of %(at)s is not a word that SPF knows."),
        gettext_noop(
            "Correct it. Each word is like ip4:203.0.113.25, a, mx, include:example.com or -all, "
            "with one space between them."
        ),
    ),
    spf_check.NothingIncluded: (
        "spf_includes_nothing",
        gettext_noop("%(at)s refers to %(term)s, which has no SPF record."),
        gettext_noop("Correct the name, or remove it from the record."),
    ),
    spf_check.TooManyLookups: (
        "spf_too_many_lookups",
        gettext_noop(
            "It takes more than 10 lookups to read it, with all that it includes; receivers stop "
            "at 10."
        ),
        gettext_noop(
            "Remove what you no longer send through. Write ip4: and ip6: ranges in the place of a "
            "and mx."
        ),
    ),
    spf_check.TooManyVoidLookups: (
        "spf_too_many_void_lookups",
        gettext_noop(
            "More than two of the names in it lead nowhere, %(term)s for one; receivers stop there."
        ),
        gettext_noop("Remove the names that no longer exist."),
    ),
}
NAMED = gettext_noop("%(domain)s lets the server %(host)s (%(addresses)s) send for it.")
NAMED_IN_PART = gettext_noop(
    "%(domain)s lets the server %(host)s send from %(addresses)s, but not from %(others)s."
)
PROVIDER_INCLUDED = gettext_noop(
    "%(domain)s lets the servers of %(include)s send for it, as the provider of %(host)s asks."
)
NOT_NAMED = gettext_noop(
    "%(domain)s has an SPF record. It does not name the addresses of %(host)s. That may be right: "
    "many providers take mail in at one address and send it on from others."
)
NOT_COMPARED = gettext_noop(
    "%(domain)s has an SPF record. Whether it names your mail server cannot be said from here: the "
    "public address that %(host)s sends from is not known."
)
PROVIDER_MISSING = gettext_noop(
    "The provider of %(host)s asks for “include:%(include)s” in the record; it is not there. Add "
    "it before the last word, unless mail leaves through another server."
)
PROVIDER_RETURNS = gettext_noop(
    "The provider of %(host)s usually sends with a return address of its own, whose SPF record "
    "counts then. If you did not set up a return path of your own, this is fine."
)
CHECK_PROVIDER = gettext_noop(
    "Compare the record with what your provider asks for, or look at the headers of a received "
    "test mail: “spf=pass” settles it."
)
ANYBODY = gettext_noop(
    "%(domain)s lets every server in the world send for it (“+all”), so SPF protects nothing, and "
    "some receivers refuse such mail."
)
NOBODY = gettext_noop(
    "The SPF record of %(domain)s names no server at all: it says that the domain sends no mail."
)
NAME_SERVERS = gettext_noop(
    "If mail is to come from %(domain)s, change the record to name whoever sends it, for example "
    "“%(example)s”. Your mail provider says what to include."
)
END_WITH_ALL = gettext_noop("End the record with “~all” or “-all” in the place of “+all”.")
SAYS_NOTHING = gettext_noop(
    "About all other servers the record says nothing (“?all”, or no “all” at its end), so it stops "
    "nobody from sending in your name. End it with “~all” or “-all”."
)


def check_spf(domain: str, *, host: str, lookups: Lookups) -> Stage:
    """The stage, without its time. `host` takes the mail in; it may send it on from elsewhere."""
    try:
        survey = spf_check.survey(domain, lookups)
        return _compared(survey, domain, host=host, lookups=lookups)
    except spf_check.NoSpf:
        return _missing(domain, host)
    except VoidSpf as void:
        return _void(void, domain, lookups)
    except LookupTrouble as trouble:
        return unknown(StageName.SPF, trouble)


def _missing(domain: str, host: str) -> Stage:
    return Stage(
        name=StageName.SPF,
        ok=False,
        code="spf_missing",
        meaning=Sentence(MISSING, {"domain": domain}),
        advice=Sentence(ADD_SPF, {"domain": domain, "example": _example(host)}),
    )


def _example(host: str) -> str:
    include = published_for(host).include
    return f"v=spf1 include:{include} ~all" if include else "v=spf1 mx ~all"


def _void(void: VoidSpf, domain: str, lookups: Lookups) -> Stage:
    code, cause, advice = BROKEN[type(void)]
    return Stage(
        name=StageName.SPF,
        ok=False,
        code=code,
        seen=_seen_texts(domain, lookups),
        meaning=Sentence(VOID, {"domain": domain}),
        cause=Sentence(cause, {"at": void.domain, "term": shortened(void.term[:80])}),
        advice=Sentence(advice),
    )


def _compared(survey: Survey, domain: str, *, host: str, lookups: Lookups) -> Stage:
    seen = (*_seen_texts(domain, lookups), _seen_count(survey.lookups))
    if survey.rest is Result.PASS:
        return Stage(
            name=StageName.SPF,
            ok=False,
            code="spf_lets_anybody",
            seen=seen,
            meaning=Sentence(ANYBODY, {"domain": domain}),
            advice=Sentence(END_WITH_ALL),
        )
    if survey.record.names_nobody and not published_for(host).own_return_path:
        return Stage(
            name=StageName.SPF,
            ok=False,
            code="spf_names_nobody",
            seen=seen,
            meaning=Sentence(NOBODY, {"domain": domain}),
            advice=Sentence(NAME_SERVERS, {"domain": domain, "example": _example(host)}),
        )
    code, meaning, advice = _about_server(survey, domain, host, lookups)
    if advice is None and survey.rest is Result.NEUTRAL:
        code, advice = "spf_says_nothing", Sentence(SAYS_NOTHING)
    return Stage(name=StageName.SPF, ok=True, code=code, seen=seen, meaning=meaning, advice=advice)


def _about_server(
    survey: Survey, domain: str, host: str, lookups: Lookups
) -> tuple[str, Sentence, Sentence | None]:
    """Code, meaning and advice about the server that the mail is handed to."""
    publics = _public_addresses(host, lookups)
    results = {one: spf_check.result_for(one, domain, lookups) for one in publics}
    passing = [one for one, result in results.items() if result is Result.PASS]
    facts = {"domain": domain, "host": host, "addresses": _list(passing)}
    if passing and len(passing) == len(results):
        return "spf_names_server", Sentence(NAMED, facts), None
    if passing:
        others = [one for one in results if one not in passing]
        meaning = Sentence(NAMED_IN_PART, {**facts, "others": _list(others)})
        return "spf_names_server_in_part", meaning, Sentence(CHECK_PROVIDER)
    published = published_for(host)
    facts = {"domain": domain, "host": host, "include": published.include}
    if published.include and published.include in _included(survey.record):
        return "spf_includes_provider", Sentence(PROVIDER_INCLUDED, facts), None
    meaning = Sentence(NOT_NAMED if publics else NOT_COMPARED, facts)
    if published.own_return_path:
        return "spf_server_not_named", meaning, Sentence(PROVIDER_RETURNS, facts)
    if published.include:
        return "spf_server_not_named", meaning, Sentence(PROVIDER_MISSING, facts)
    return "spf_server_not_named", meaning, Sentence(CHECK_PROVIDER)


def _included(record: SpfRecord) -> set[str]:
    names = {one.value.lower() for one in record.mechanisms if one.name == "include"}
    return names | {record.redirect.lower()}


def _public_addresses(host: str, lookups: Lookups) -> Sequence[Address]:
    """Where receivers may see the server; one inside the network shows them another address.

    The stage before has said what is wrong with a name that has no address.
    """
    try:
        found = lookups.addresses(host)
    except (LookupTrouble, HostRefused):
        return ()
    return sort_addresses(found, Egress()).allowed[:MOST_ADDRESSES]


def _seen_texts(domain: str, lookups: Lookups) -> tuple[Sentence, ...]:
    texts = [text for text in lookups.records(domain, "TXT") if text.lower().startswith("v=spf1")]
    return tuple(
        Sentence(gettext_noop("%(at)s: %(record)s"), {"at": domain, "record": shortened(text)})
        for text in texts[:3]
    )


def _seen_count(count: int) -> Sentence:
    return Sentence(
        gettext_noop("Lookups that it takes: %(count)s of 10 that are allowed."), {"count": count}
    )


def _list(addresses: Sequence[Address]) -> str:
    return ", ".join(str(one) for one in addresses)


def shortened(text: str) -> str:
    """A record to show: printable, and not endless."""
    shown = "".join(one if one.isprintable() else "�" for one in text[:MOST_SHOWN])
    return shown + "…" if len(text) > MOST_SHOWN else shown
