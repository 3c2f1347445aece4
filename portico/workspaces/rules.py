"""Rules about workspaces that need no database."""

from __future__ import annotations

import re

from portico.kernel.errors import Invalid, gettext_noop
from portico.kernel.texts import check_visible

# Names that a workspace must not have: hosts of the platform itself, now or later, and names
# that people take for them.
RESERVED_SLUGS = frozenset(
    "admin api app apps assets auth autoconfig autodiscover billing blog cdn console content "
    "delivery developer developers docs edge email example ftp help imap internal localhost login "
    "mail miniapp mta-sts mx ns ns1 ns2 oauth operator platform pop pop3 portal portico root "
    "security server settings sign-in smtp sso staging static status support system test webhooks "
    "webmail wpad www".split()
)
# A domain of a workspace's own, as DNS has it. What such names may be, `domains` checks.
DOMAIN = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+"
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class UnusableSlug(Invalid):
    code = "unusable_slug"
    sentence = gettext_noop(
        "“%(slug)s” cannot be part of a host name. Use 2 to 63 lower-case letters, digits and "
        "hyphens, with a letter or digit at both ends."
    )


class ReservedSlug(Invalid):
    code = "reserved_slug"
    sentence = gettext_noop("“%(slug)s” is kept for the platform. Please choose another name.")


class EmptyName(Invalid):
    code = "empty_name"
    sentence = gettext_noop("Please give a name of 1 to 100 characters.")


def check_slug(slug: str) -> str:
    """The slug, if a workspace may have it; raises `UnusableSlug` or `ReservedSlug`."""
    if not SLUG.fullmatch(slug) or len(slug) < 2 or slug.startswith("xn--"):
        raise UnusableSlug(slug=slug)
    if slug in RESERVED_SLUGS:
        raise ReservedSlug(slug=slug)
    return slug


def check_name(name: str) -> str:
    """The name without surrounding space; raises `EmptyName`."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= 100:
        raise EmptyName
    check_visible(name)
    return name
