from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.audit.models import AuditPerson
from portico.audit.queries import Filters
from portico.console.entries import SENTENCES, VIAS
from portico.ui.spans import SpanForm


class AuditForm(SpanForm):
    """What to look for in the audit log."""

    field_order = ("q", "action", "person", "via", "since", "until")

    q = forms.CharField(required=False, max_length=200)
    action = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=lambda: [
            ("", _("Anything")),
            *sorted(SENTENCES.items(), key=lambda one: str(one[1])),
        ],
    )
    person = forms.TypedChoiceField(label=_("Who"), required=False, coerce=UUID, empty_value=None)
    via = forms.ChoiceField(
        label=_("Via"), required=False, choices=lambda: [("", _("Any way")), *VIAS.items()]
    )

    def __init__(self, *args: Any, people: list[AuditPerson], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.fields["person"]
        assert isinstance(person, forms.ChoiceField)  # noqa: S101 - declared above
        person.choices = [("", _("Anybody")), *((str(one.id), _named(one)) for one in people)]

    def filters(self) -> Filters:
        """What was asked for. Call it once the form is valid."""
        asked, (since, until) = self.cleaned_data, self.span
        return Filters(
            words=asked["q"],
            action=asked["action"],
            person_id=asked["person"],
            via=asked["via"],
            since=since,
            until=until,
        )


def _named(person: AuditPerson) -> str:
    return f"{person.name} ({person.email})" if person.name else person.email
