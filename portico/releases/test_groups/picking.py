"""The form by which somebody picks who is in a pilot, and what comes of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portico.kernel.errors import InvalidFields
from portico.miniprograms.models import MiniProgram
from portico.releases.test_groups.choosing import OWN_TESTERS, Offered, Testers, chosen, offered
from portico.releases.test_groups.forms import UserIdsForm
from portico.targets.models import ReleaseTarget
from portico.ui.forms import Choice
from portico.workspaces.models import Workspace

__all__ = ["OWN_TESTERS", "Offered", "Testers", "TestersForm", "chosen", "offered"]


class TestersForm(UserIdsForm):
    """Who is to be in a pilot: groups, user ids, or both.

    Once it is valid, `testers` are everybody in them as they are at this moment. `most` is what the
    release's policy allows; `present` fills the form with the user ids of a pilot that runs.
    """

    __test__ = False  # not a test, whatever pytest takes its name for

    field_order = ("groups", "user_ids", "file")
    testers: Testers

    groups = forms.MultipleChoiceField(
        label=gettext_lazy("Groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        error_messages={
            "invalid_choice": gettext_lazy(
                "A group that you picked is not there any more. Pick from these."
            )
        },
    )

    def __init__(
        self,
        *args: Any,
        workspace: Workspace,
        program: MiniProgram,
        target: ReleaseTarget,
        most: int,
        present: tuple[str, ...] = (),
        **kwargs: Any,
    ) -> None:
        if present:
            kwargs["initial"] = {"user_ids": "\n".join(present), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self._of, self._most = (workspace, program, target), most
        found = offered(workspace, program, target)
        if found:
            choices = [(one.value, _choice_of(one, target)) for one in found]
            self.fields["groups"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["groups"]
        text = _(
            "One a line, as the super app names its users. At most %(most)s in all, whoever is in "
            "several groups counted once."
        )
        self.fields["user_ids"].help_text = text % {"most": most}

    def clean(self) -> dict[str, Any] | None:
        """Put everybody together."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        workspace, program, target = self._of
        groups = self.cleaned_data.get("groups", [])
        try:
            self.testers = chosen(
                workspace, program, groups, self.read.ids, most=self._most, target=target
            )
        except InvalidFields as error:
            self.refuse(error)
        return cleaned


def _choice_of(one: Offered, target: ReleaseTarget) -> Choice:
    count = ngettext("%(count)s tester", "%(count)s testers", one.testers) % {"count": one.testers}
    if one.value == OWN_TESTERS:
        name = _("Testers on %(target)s") % {"target": target}
        return Choice(name, _("%(testers)s, kept in the tab Testers") % {"testers": count})
    if one.of_program:
        return Choice(one.name, _("%(testers)s, of this mini program") % {"testers": count})
    return Choice(one.name, _("%(testers)s, of the workspace") % {"testers": count})
