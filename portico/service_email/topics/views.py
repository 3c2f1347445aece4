"""The page of the Account tab on which a member chooses which mails they get."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.service_email.topics.services import choose, wanted_by
from portico.service_email.topics.topics import topics_for
from portico.ui.forms import Choice
from portico.workspaces.http import MemberRequest
from portico.workspaces.models import Membership


class TopicsForm(forms.Form):
    """A box for each topic; a ticked one is wanted."""

    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Send me mail about"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: object, member: Membership, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["topics"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - it is, above
        field.choices = [
            (topic.name, Choice(str(topic.title), topic.about)) for topic in topics_for(member)
        ]


@requires(Permission.ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def account_mails(request: MemberRequest) -> HttpResponseBase:
    """Which mails the member gets of this workspace."""
    member = request.member
    if request.method != "POST":
        form = TopicsForm(member=member, initial={"topics": sorted(wanted_by(member))})
        return render(request, "service_email/topics.html", {"form": form})
    form = TopicsForm(request.POST, member=member)
    if not form.is_valid():
        return render(request, "service_email/topics.html", {"form": form}, status=422)
    choose(member, form.cleaned_data["topics"], by=actor_of(request), at=now())
    messages.success(request, _("Your choice of mails is saved."))
    return redirect("account_mails")
