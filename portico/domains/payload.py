from __future__ import annotations

from typing import Annotated

from django.conf import settings
from pydantic import Field

from portico.basic_settings.payloads import Payload, checked
from portico.domains.checking import check_domain
from portico.egress.services import MOST_NOTICE, egress, normal
from portico.kernel.errors import Invalid, gettext_noop

RECORD = "_portico"
LONGEST_NAME = 253 - len(RECORD) - 1


class NoRoomForRecord(Invalid):
    code = "no_room_for_record"
    sentence = gettext_noop(
        "This name is too long: the record %(record)s.%(domain)s, which proves that it is yours, "
        "would have more than 253 characters. Write a shorter name."
    )


def check_alternative_domain(domain: str) -> str:
    """The name as it is stored and looked up, "" for none. Raises an `Invalid`.

    In development, and with name servers of the operator's own, names that the public DNS does
    not know are accepted, too.
    """
    if not domain:
        return domain
    place = settings.PORTICO_SITE
    name = check_domain(
        domain,
        own_zones=(place.base_domain, settings.PORTICO_DOMAINS.content_domain),
        public_only=not (place.any_host or egress().name_servers),
    )
    if len(name) > LONGEST_NAME:
        raise NoRoomForRecord(record=RECORD, domain=name)
    return name


class DomainPreference(Payload):
    """At which domain of its own a workspace is reached, and from which addresses it calls."""

    alternative_domain: Annotated[str, checked(check_alternative_domain)] = Field(
        "",
        description="A name of your own, such as pay.example.com; empty: none. It is used once the "
        "DNS proves that it is yours and leads here.",
    )
    tls_elsewhere: bool = Field(
        False,
        description="Whether a load balancer of yours stands in front of it and has the "
        "certificate. Then none is made here.",
    )
    outbound_ips: Annotated[tuple[str, ...], checked(normal)] = Field(
        (),
        description="Which of the addresses that the operator offers calls to your servers leave "
        "from. Empty: from any address.",
    )
    outbound_notice_days: Annotated[int, Field(ge=0, le=MOST_NOTICE)] = Field(
        0,
        description="How many days ahead a change of `outbound_ips` is announced in the public "
        "list before it takes effect.",
    )
