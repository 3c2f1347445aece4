"""The settings section *URL of About Us*."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from portico.about_us.forms import AboutUsForm
from portico.about_us.link_check import follow, standing_of
from portico.about_us.payload import AboutUs
from portico.about_us.rules import LANGUAGE
from portico.about_us.services import url_for
from portico.audit.services import Actor
from portico.basic_settings.sections import Section
from portico.files.models import StoredFile
from portico.ui.values import Address, Fact
from portico.workspaces.models import Workspace


@dataclass(frozen=True)
class Destination:
    """Where the link leads in one language. `words`: what stands for what in an address."""

    language: str
    url: str
    words: str


class AboutUsSection(Section[AboutUs]):
    """One address, shown as a link wherever a visitor looks for it."""

    name = "about-us"
    title = _("URL of About Us")
    about = _("Where the About Us link leads: your own page about your company.")
    surfaces = (_("Portal"), _("Sign-in"), _("Error pages"))
    schema = AboutUs
    form = AboutUsForm
    values_template = "about_us/values.html"
    beside_template = "about_us/beside.html"
    styles = ("about_us/preview.css",)

    def facts(
        self,
        workspace: Workspace,  # noqa: ARG002
        payload: AboutUs,
        *,
        at: datetime,  # noqa: ARG002
        files: Mapping[str, StoredFile],  # noqa: ARG002
    ) -> dict[str, Fact]:
        """The address as it was written, leading where it leads from this very page."""
        language = get_language() or settings.LANGUAGE_CODE
        link = Address(url_for(payload, language), text=payload.url) if payload.url else None
        return {"url": Fact(gettext("Address"), link)}

    def published(self, workspace: Workspace, payload: AboutUs, *, by: Actor, at: datetime) -> None:  # noqa: ARG002
        """Look whether the address leads anywhere."""
        follow(workspace, payload, at=at)

    def extras(self, workspace: Workspace, payload: AboutUs, *, at: datetime) -> dict[str, Any]:
        """`destinations`: where the link leads in each language. `link`: whether it does."""
        return {
            "link": SimpleLazyObject(lambda: standing_of(workspace, payload, at=at)),
            "destinations": tuple(
                Destination(
                    language=str(language),
                    url=url_for(payload, code),
                    words=json.dumps({LANGUAGE: code}),
                )
                for code, language in settings.LANGUAGES
            ),
        }


section = AboutUsSection()
