"""The settings section *Copyright Notice*."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portico.basic_settings.sections import Section
from portico.copyright_notice.forms import CopyrightNoticeForm
from portico.copyright_notice.payload import CopyrightNotice
from portico.copyright_notice.rules import past_year, preview_words, year_at
from portico.copyright_notice.services import first_year_of, standard_for, text_for
from portico.files.models import StoredFile
from portico.ui.values import Fact
from portico.workspaces.models import Workspace


class CopyrightNoticeSection(Section[CopyrightNotice]):
    """One line of text, at the foot of every page."""

    name = "copyright-notice"
    title = _("Copyright Notice")
    about = _("The line at the foot of the page that says who owns what is there.")
    surfaces = (_("Portal"), _("Sign-in"), _("Error pages"))
    schema = CopyrightNotice
    form = CopyrightNoticeForm
    fields_template = "copyright_notice/fields.html"
    beside_template = "copyright_notice/beside.html"
    scripts = ("copyright_notice/insert.js",)

    def facts(
        self,
        workspace: Workspace,
        payload: CopyrightNotice,
        *,
        at: datetime,
        files: Mapping[str, StoredFile],  # noqa: ARG002
    ) -> dict[str, Fact]:
        """The notice as it was written, and as it reads today where that differs."""
        facts = {"text": Fact(gettext("Notice"), payload.text)}
        today = text_for(payload, workspace, at)
        if today != payload.text:
            facts["today"] = Fact(gettext("Reads today"), today)
        return facts

    def hints(
        self, workspace: Workspace, payload: CopyrightNotice, *, at: datetime
    ) -> tuple[str, ...]:
        """A year that has passed, and how to have it pass no more."""
        year = year_at(at, workspace.time_zone)
        past = past_year(payload.text, year=year, first_year=first_year_of(workspace))
        if past is None:
            return ()
        return (
            gettext(
                "%(year)s is past. Write {year} in its place, or %(year)s-{year}, and the notice "
                "keeps itself current."
            )
            % {"year": past},
        )

    def extras(
        self, workspace: Workspace, payload: CopyrightNotice, *, at: datetime
    ) -> dict[str, Any]:
        """`today`: how it reads now; `standard`: one to start from; `words`: for a live preview."""
        words = preview_words(
            year=year_at(at, workspace.time_zone), first_year=first_year_of(workspace)
        )
        return {
            "today": text_for(payload, workspace, at),
            "standard": standard_for(workspace),
            "words": json.dumps(words, ensure_ascii=False),
        }


section = CopyrightNoticeSection()
