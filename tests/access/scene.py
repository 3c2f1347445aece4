"""What there is to ask about: the cast, and settings with a draft each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction
from django.test import Client

from conftest import Cast
from portico.basic_settings import services as settings_services
from portico.basic_settings.registry import section_named
from portico.workspaces.models import Membership
from tests.make import AT, actor

VALUES: dict[str, dict[str, object]] = {
    "about-us": {"url": "https://example.com/about"},
    "branding": {"brand_color": "#123456"},
    "copyright-notice": {"text": "© {year} Acme Pay"},
    "domain-preference": {"tls_elsewhere": True},
    "release-process": {"sandbox": {"review": True}},
    "service-email": {
        "account": "service@acme.example.com",
        "host": "smtp.example.com",
        "password": "a password",
    },
    "terms-of-service": {"documents": []},
}


@dataclass
class Scene:
    """What a row's sample makes things in: the cast, and sections with a revision and a draft."""

    cast: Cast
    who: str
    is_own: bool = field(default=False, init=False)

    @property
    def member(self) -> Membership:
        """Whoever asks; nobody tries it with what belongs to the admin. What is made with it is
        made for each who asks, and everything else once for all of them."""
        self.is_own = True
        found: Membership = getattr(self.cast, "admin" if self.who == "nobody" else self.who)
        return found


def fill_scene(cast: Cast) -> Cast:
    """Every section has a revision and a draft, and the brand its images."""
    Client(headers={"host": "acme.localhost:8000"}).get("/")
    for name, values in VALUES.items():
        section = section_named(name)
        by = actor(cast.admin)
        settings_services.save(cast.acme, section, values, based_on=0, by=by, at=AT)
        if section.drafts:
            settings_services.save_draft(
                cast.acme, section, values, based_on=1, version=0, by=by, at=AT
            )
    return cast


@contextmanager
def undone() -> Iterator[None]:
    """Everybody finds the same scene."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
