from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portico.miniprograms.listing import ACTIVE, ARCHIVED, ORDERS, Filters
from portico.miniprograms.models import Kind, MiniProgram, ProgramRole
from portico.miniprograms.rules.app_ids import LONGEST
from portico.miniprograms.rules.particulars import (
    CATEGORIES,
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
)
from portico.miniprograms.services import Particulars
from portico.targets.icons import IconForm
from portico.targets.models import ReleaseTarget
from portico.ui.forms import Choice

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
ON, OFF, ANY = "on", "off", "any"
ORDER_TITLES = (
    _("Name, A to Z"),
    _("Name, Z to A"),
    _("Newest first"),
    _("Oldest first"),
    _("Latest change first"),
    _("Oldest change first"),
)


def category_choices(empty: str) -> list[tuple[str, str]]:
    """The categories by name, "other" last, in the current language; before them, none."""
    titles = sorted((gettext(title), word) for word, title in CATEGORIES.items() if word != "other")
    titles.append((gettext(CATEGORIES["other"]), "other"))
    return [("", empty), *((word, title) for title, word in titles)]


class ProgramFilterForm(forms.Form):
    """Which mini programs to list. Archived ones are asked for."""

    q = forms.CharField(required=False, max_length=200)
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=lambda: [("", _("Any kind")), *Kind.choices],
    )
    category = forms.ChoiceField(
        label=_("Category"),
        required=False,
        choices=lambda: category_choices(gettext("Any category")),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("In use")), (ARCHIVED, _("Archived")), (ANY, _("In use or archived"))],
    )
    live = forms.ChoiceField(label=_("Live"), required=False)
    mine = forms.BooleanField(
        label=_("Assigned to me"),
        required=False,
        widget=forms.CheckboxInput(attrs={"data-look": "check"}),
    )

    def __init__(self, *args: Any, targets: Sequence[ReleaseTarget], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sort"] = forms.ChoiceField(
            label=_("Order"), required=False, choices=list(zip(ORDERS, ORDER_TITLES, strict=True))
        )
        live, not_live = gettext("Live on %(target)s"), gettext("Not live on %(target)s")
        choices = [("", gettext("Live or not"))]
        for prefix, text in ((ON, live), (OFF, not_live)):
            choices += [(f"{prefix}:{one.id}", text % {"target": str(one)}) for one in targets]
        self.fields["live"] = forms.ChoiceField(label=_("Live"), required=False, choices=choices)

    @property
    def asks(self) -> bool:
        """Whether it asks for anything in particular."""
        return any(value for name, value in self.cleaned_data.items() if name != "sort")

    def filters(self) -> Filters:
        """What was asked for; a part that makes no sense asks for nothing."""
        self.is_valid()
        asked = self.cleaned_data
        state = asked.get("state", "")
        place, _sign, target = asked.get("live", "").partition(":")
        return Filters(
            words=asked.get("q", ""),
            kind=asked.get("kind", ""),
            category=asked.get("category", ""),
            state={"": ACTIVE, ANY: ""}.get(state, state),
            assigned=asked.get("mine", False),
            live_on=UUID(target) if place == ON else None,
            not_live_on=UUID(target) if place == OFF else None,
        )


class ProgramForm(IconForm):
    """What can be changed of a mini program. The verbs know what is accepted."""

    field_order = ("name", "app_id", "kind", "description", "category", "icon", "icon_id")

    name = forms.CharField(
        label=_("Name"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST_NAME}),
        help_text=_("What people see, such as “Train Tickets”."),
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        # No `max_length`: the verb says what is too long, and nothing that was typed is lost.
        widget=forms.Textarea(
            attrs={"rows": 3, "data-counter": True, "maxlength": LONGEST_DESCRIPTION}
        ),
        help_text=_("What it does, in a sentence or two."),
    )
    category = forms.ChoiceField(
        label=_("Category"),
        required=False,
        choices=lambda: category_choices(gettext("None")),
    )

    def __init__(self, *args: Any, program: MiniProgram | None = None, **kwargs: Any) -> None:
        if program is not None:
            kwargs["initial"] = {
                "name": program.name,
                "description": program.description,
                "category": program.category,
                "icon_id": program.icon,
            }
        super().__init__(*args, **kwargs)

    def particulars(self) -> Particulars:
        """What was asked for. Call it once the form is valid."""
        given = self.cleaned_data
        return Particulars(given["name"], given["description"], given["category"], given["icon_id"])


class NewProgramForm(ProgramForm):
    """A new mini program: also what is fixed from then on."""

    app_id = forms.CharField(
        label=_("App ID"),
        max_length=8 * LONGEST,  # the verb says what is too long
        widget=forms.TextInput(attrs={**PLAIN, "placeholder": "com.example.tickets"}),
        help_text=_(
            "Its name for machines: a domain of yours written backwards, and a name, in lower "
            "case. Packages and addresses bear it, and it cannot be changed later."
        ),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        initial=Kind.PACKAGE.value,
        choices=[
            (
                Kind.PACKAGE.value,
                Choice(
                    _("Package"),
                    _("You upload a ZIP with its pages; Portico keeps and serves it."),
                ),
            ),
            (
                Kind.HOSTED.value,
                Choice(_("Hosted"), _("It is a website of yours; a version names its address.")),
            ),
        ],
        widget=forms.RadioSelect(),
        help_text=_("This cannot be changed later either."),
    )


class MemberForm(forms.Form):
    """Somebody who is to work on a mini program."""

    email = forms.CharField(
        label=_("Email address"),
        max_length=1000,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("Of a member of this workspace."),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[
            (
                ProgramRole.DEVELOPER.value,
                Choice(
                    ProgramRole.DEVELOPER.label,
                    _("Uploads and previews versions. A Workspace Operator sees it, and no more."),
                ),
            ),
            (
                ProgramRole.ADMIN.value,
                Choice(
                    ProgramRole.ADMIN.label,
                    _("Also changes it, sets it up and says who works on it."),
                ),
            ),
        ],
        initial=ProgramRole.DEVELOPER.value,
        widget=forms.RadioSelect(),
    )
