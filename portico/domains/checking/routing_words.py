"""What is said about where a domain leads."""

from __future__ import annotations

from typing import Final

from portico.domains.checking.leads import Lead
from portico.kernel.errors import gettext_noop

RIGHT_SO: Final = gettext_noop("%(domain)s leads here: %(how)s.")
BALANCER: Final = gettext_noop(
    "%(domain)s leads to %(addresses)s, which is taken for your load balancer. Whether that passes "
    "visitors on to this installation is found out over HTTPS."
)
DISAGREE: Final = gettext_noop(
    "The name servers of %(zone)s disagree: %(right)s lead here, %(wrong)s do not (%(values)s)."
)
SERVERS_WAIT: Final = gettext_noop(
    "Wait until all name servers of the zone have the change, usually some minutes. If it stays "
    "so, whoever runs %(wrong)s has to mend the copying of the zone (its serial number, or the "
    "transfer)."
)
STILL_OLD: Final = gettext_noop(
    "The record is entered, but %(wrong)s still have the former answer (%(values)s)."
)
WAIT: Final = gettext_noop(
    "Nothing more is to be entered. Wait at most %(minutes)s minutes, until the former answer is "
    "forgotten everywhere."
)
MIXED: Final = gettext_noop(
    "An alias (CNAME) and other records stand at %(domain)s. That is not allowed; some resolvers "
    "take the one, some the other."
)
ALIAS_AT_APEX: Final = gettext_noop(
    "%(domain)s is the top of its zone and has an alias there (CNAME %(alias)s). That is not "
    "allowed: the alias hides the zone's own records, and mail to the domain may stop."
)
AT_APEX: Final = gettext_noop(
    "Replace the alias by %(records)s. Where that is not possible, use a name below, such as "
    "www.%(domain)s."
)
ENTER: Final = gettext_noop(
    "Have exactly this with whoever runs your DNS, and nothing else of types A, AAAA or CNAME at "
    "this name: %(records)s"
)
NOT_REGISTERED: Final = gettext_noop(
    "There is no domain %(registered)s: it is not registered, or its registration has ended."
)
REGISTER: Final = gettext_noop(
    "Check the spelling of %(domain)s. If it is right, have %(registered)s registered first."
)
ANSWERS: Final = gettext_noop(
    "Ask whoever runs the DNS of %(domain)s: the name servers that the registry names have to "
    "answer for the zone."
)
CIRCLE: Final = gettext_noop("The aliases (CNAME) lead in a circle: %(chain)s.")
LAME: Final = gettext_noop(
    "The registry names %(servers)s as the name servers of %(zone)s, but they know nothing of it "
    "(lame delegation)."
)
NOT_ANSWERED: Final = gettext_noop("Nobody could say where %(domain)s leads.")
TARGET_ADVICE: Final = gettext_noop(
    "Check again in a few minutes. If it stays so, either the name servers of %(domain)s or the "
    "resolvers of this installation are out of reach."
)
COPIED: Final = gettext_noop(
    "The addresses of %(target)s were copied. That works until they change; an alias would follow."
)
TO_BALANCER: Final = gettext_noop("Enter the address of your load balancer at %(domain)s.")
BY_WILDCARD: Final = gettext_noop(
    "The answer comes from a wildcard record (*.%(above)s): any other name there gives the same. "
    "A wildcard stops answering for %(domain)s once the proof is entered below that name, so enter "
    "a record of its own for it."
)
MEANINGS: Final = {
    Lead.ELSEWHERE: gettext_noop("%(domain)s leads elsewhere: %(values)s."),
    Lead.NOWHERE: gettext_noop(
        "Nothing is entered yet that leads visitors of %(domain)s anywhere: neither an alias "
        "(CNAME) nor an address (A, AAAA)."
    ),
    Lead.NO_NAME: gettext_noop("There is no %(domain)s in the DNS yet."),
    Lead.DANGLING: gettext_noop(
        "%(domain)s is an alias of a name that does not exist or has no address: %(chain)s."
    ),
    Lead.TARGET_GONE: gettext_noop(
        "The alias is right, but %(target)s, a name of this installation, has no address."
    ),
    Lead.TOO_LONG: gettext_noop(
        "Too many aliases (CNAME) stand in a row; many resolvers give up: %(chain)s."
    ),
    Lead.LOOP: CIRCLE,
    Lead.UNKNOWN: gettext_noop(
        "The resolvers cannot find out where %(domain)s leads (SERVFAIL): %(chain)s. Often the "
        "name servers of the domain do not answer, or a signature (DNSSEC) is wrong."
    ),
}
ADVICE: Final = {
    Lead.TARGET_GONE: gettext_noop(
        "Nothing is to be done in your DNS. Tell whoever runs this installation that %(target)s "
        "has to lead to it."
    ),
}
