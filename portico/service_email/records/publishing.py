"""What mail providers have their customers enter in the DNS, from the providers' documentation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portico.service_email.rules.providers import provider_of


@dataclass(frozen=True)
class Published:
    """`include`: what SPF should include. `own_return_path`: the provider usually puts a sender of
    its own on the envelope, so that SPF of the customer's domain is not asked. `selectors`: where
    DKIM keys usually are; none for providers that make them up for each customer."""

    include: str = ""
    own_return_path: bool = False
    selectors: tuple[str, ...] = ()


NOTHING: Final = Published()
PROVIDERS: Final = {
    "gmail": Published("_spf.google.com", selectors=("google",)),
    "microsoft365": Published("spf.protection.outlook.com", selectors=("selector1", "selector2")),
    "ses": Published("amazonses.com", own_return_path=True),
    "sendgrid": Published("sendgrid.net", own_return_path=True, selectors=("s1", "s2")),
    "mailgun": Published("mailgun.org", selectors=("pic", "mx", "k1", "smtp", "mailo", "krs")),
    "postmark": Published("spf.mtasv.net", own_return_path=True, selectors=("pm",)),
    "directmail": Published("spf1.dm.aliyun.com", selectors=("aliyun-cn-hangzhou",)),
}
COMMON_SELECTORS: Final = ("default", "dkim", "mail", "s1", "k1", "selector1", "google", "smtp")


def published_for(host: str) -> Published:
    """What the provider of this mail server has one enter; of unknown ones nothing."""
    provider = provider_of(host=host)
    return PROVIDERS.get(provider.key, NOTHING) if provider else NOTHING


def selectors_to_try(host: str) -> tuple[str, ...]:
    """Where to look for a DKIM key when nobody says where it is; the likeliest first."""
    return tuple(dict.fromkeys((*published_for(host).selectors, *COMMON_SELECTORS)))
