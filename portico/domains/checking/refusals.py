"""Why a name cannot be the domain of a workspace."""

from __future__ import annotations

from portico.kernel.errors import Invalid, gettext_noop


class DomainRefused(Invalid):
    """A name that cannot be used as it is written; its kinds follow."""

    code = "domain_refused"
    sentence = gettext_noop(
        "“%(domain)s” is not the name of a domain. Accepted is a name of letters, digits and "
        "hyphens between dots, such as pay.example.com."
    )


class DomainMissing(DomainRefused):
    code = "domain_missing"
    sentence = gettext_noop("Name the domain, for example pay.example.com.")


class AddressOfPage(DomainRefused):
    code = "domain_is_url"
    sentence = gettext_noop(
        "This is the address of a page. Write the name alone, without http:// and without what "
        "follows the name: %(instead)s."
    )


class UserInDomain(DomainRefused):
    code = "user_in_domain"
    sentence = gettext_noop(
        "This holds an @, as mail addresses do. Write the name alone, without the @ and what "
        "stands before it: %(instead)s."
    )


class PathInDomain(DomainRefused):
    code = "path_in_domain"
    sentence = gettext_noop(
        "This holds more than a name. Write it without the slash and what follows it: %(instead)s."
    )


class PortInDomain(DomainRefused):
    code = "port_in_domain"
    sentence = gettext_noop(
        "This ends with a port. Visitors come through port 443 always; write the name alone: "
        "%(instead)s."
    )


class SpaceInDomain(DomainRefused):
    code = "space_in_domain"
    sentence = gettext_noop("“%(domain)s” holds a space. A name has none: remove it.")


class WildcardDomain(DomainRefused):
    code = "wildcard_domain"
    sentence = gettext_noop(
        "“%(domain)s” stands for many names (*). A workspace has one: write it out, such as "
        "pay.example.com."
    )


class IsAddress(DomainRefused):
    code = "domain_is_address"
    sentence = gettext_noop(
        "“%(address)s” is an IP address, or would be read as one. Write the name of a domain, such "
        "as pay.example.com; which address it leads to is entered in its DNS."
    )


class UnderscoreInDomain(DomainRefused):
    code = "underscore_in_domain"
    sentence = gettext_noop(
        "“%(domain)s” holds an underscore (_). No certificate is made for such names; use a hyphen "
        "(-) instead."
    )


class EmptyLabel(DomainRefused):
    code = "empty_label"
    sentence = gettext_noop(
        "“%(domain)s” starts with a dot or has two dots in a row. Write it with single dots "
        "between its parts, such as pay.example.com."
    )


class DomainTooLong(DomainRefused):
    code = "domain_too_long"
    sentence = gettext_noop(
        "This name is too long. A name has at most 253 characters, and at most 63 between its "
        "dots, counted as the DNS writes them (xn--…)."
    )


class LetterRefused(DomainRefused):
    code = "letter_refused"
    sentence = gettext_noop(
        "“%(domain)s” holds signs that names in the DNS cannot have (IDNA 2008), or has them in a "
        "place where they cannot stand. Accepted are letters and digits of one script, and "
        "hyphens."
    )


class MixedScripts(DomainRefused):
    code = "mixed_scripts"
    sentence = gettext_noop(
        "The part “%(label)s” mixes letters of several scripts (%(scripts)s), which look alike. "
        "Browsers warn of such names. Write each part in one script."
    )


class SingleLabel(DomainRefused):
    code = "single_label"
    sentence = gettext_noop(
        "“%(domain)s” is a single word. Write the whole name, with its ending, such as "
        "pay.example.com."
    )


class KeptDomain(DomainRefused):
    code = "domain_kept"
    sentence = gettext_noop(
        "Names that end with .%(ending)s are kept for special purposes; no visitor can reach "
        "%(domain)s. Write a name that you have registered."
    )


class UnknownEnding(DomainRefused):
    code = "unknown_ending"
    sentence = gettext_noop(
        "There is no ending .%(ending)s on the internet, so no visitor can reach %(domain)s. Check "
        "its spelling."
    )


class PublicSuffix(DomainRefused):
    code = "public_suffix"
    sentence = gettext_noop(
        "Everybody can register names below %(domain)s; it belongs to no one company. Write the "
        "name that you have registered, or one below it, such as pay.your-company.%(domain)s."
    )


class ProvidersSuffix(DomainRefused):
    code = "providers_suffix"
    sentence = gettext_noop(
        "%(domain)s belongs to a provider that gives names below it to its customers. Write a name "
        "that you have registered, such as pay.example.com."
    )


class OwnZone(DomainRefused):
    code = "own_zone"
    sentence = gettext_noop(
        "%(domain)s belongs to this platform itself (%(zone)s). Write a name of your own company."
    )


class AboveOwnZone(DomainRefused):
    code = "above_own_zone"
    sentence = gettext_noop(
        "The platform itself has its names below %(domain)s (%(zone)s), so %(domain)s belongs to "
        "whoever runs it. Write another name, such as one of your own company."
    )
