"""The three looks at a sender's domain, side by side."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

from portico.egress.configuration import Egress
from portico.egress.rules import HostRefused, address_in, check_host, is_this_machine
from portico.kernel.errors import gettext_noop
from portico.service_email.records.dkim import check_dkim
from portico.service_email.records.dmarc import check_dmarc
from portico.service_email.records.lookups import Lookups
from portico.service_email.records.spf import check_spf
from portico.service_email.smtp.stages import Sentence, Stage, StageName

STAGES: Final = (StageName.SPF, StageName.DKIM, StageName.DMARC)
NOT_PUBLIC = gettext_noop(
    "Not checked: %(domain)s is not a domain of the Internet, so it has no such records."
)


def check_sender_domain(
    domain: str,
    *,
    egress: Egress,
    sending_host: str,
    dkim_selector: str = "",
    timeout: float,
) -> tuple[Stage, Stage, Stage]:
    """The stages SPF, DKIM and DMARC of what stands after the @ of the sender's address.

    All three are done within `timeout` seconds. `sending_host` is the server that takes the mail
    in. `ok` is None where it cannot be said: the name servers are silent or fail, no selector is
    set, or the domain is none of the Internet. Nothing is raised for whatever the DNS holds.
    """
    try:
        name = check_host(domain)
    except HostRefused as error:
        facts = {key: str(value) for key, value in error.facts.items()}
        return _none(error.code, Sentence(error.sentence, facts))
    if "." not in name or address_in(name) is not None or is_this_machine(name):
        return _none("domain_not_public", Sentence(NOT_PUBLIC, {"domain": name}))
    host = sending_host.strip().rstrip(".").lower()
    looks: tuple[Callable[[Lookups], Stage], ...] = (
        lambda lookups: check_spf(name, host=host, lookups=lookups),
        lambda lookups: check_dkim(name, selector=dkim_selector, host=host, lookups=lookups),
        lambda lookups: check_dmarc(name, lookups=lookups),
    )
    # Side by side, so that one that is left without answers takes no time from the others.
    with ThreadPoolExecutor(len(looks), thread_name_prefix="records") as pool:
        spf, dkim, dmarc = pool.map(lambda look: _timed(look, egress, timeout), looks)
    return spf, dkim, dmarc


def _timed(look: Callable[[Lookups], Stage], egress: Egress, timeout: float) -> Stage:
    begun = time.monotonic()
    stage = look(Lookups(egress, timeout=timeout))
    return replace(stage, ms=round((time.monotonic() - begun) * 1000))


def _none(code: str, meaning: Sentence) -> tuple[Stage, Stage, Stage]:
    spf, dkim, dmarc = (Stage(name, None, code=code, meaning=meaning) for name in STAGES)
    return spf, dkim, dmarc
