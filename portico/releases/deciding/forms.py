from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from portico.approvals.errors import MOST_OF_REASON, MOST_SCREENSHOTS, TooManyScreenshots
from portico.approvals.models import ApprovalRequest, RequestKind, RequestStatus, ReviewVerdict
from portico.approvals.queries import Filters
from portico.branding.rules import LIMITS, Purpose, TooLarge, size_text
from portico.branding.services import take_in_picture
from portico.files.models import StoredFile
from portico.files.services import files_of
from portico.files.uploads import oversized
from portico.kernel.errors import Invalid
from portico.targets.models import Environment
from portico.ui.texts import say

OLDEST, NEWEST = "oldest", "newest"
MOST_BYTES: Final = LIMITS[Purpose.SCREENSHOT].most_bytes


class RequestFilterForm(forms.Form):
    """Which requests to list. `oldest_first` is the order where none is asked for."""

    q = forms.CharField(required=False, max_length=200)
    program = forms.CharField(required=False, max_length=128, widget=forms.HiddenInput)
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=lambda: [("", gettext("Any status")), *RequestStatus.choices],
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=lambda: [("", gettext("Any kind")), *RequestKind.choices],
    )
    environment = forms.ChoiceField(
        label=_("Environment"),
        required=False,
        choices=lambda: [("", gettext("Any environment")), *Environment.choices],
    )

    def __init__(self, data: QueryDict, *, oldest_first: bool) -> None:
        super().__init__(data)
        self.usual = OLDEST if oldest_first else NEWEST
        orders = [(OLDEST, gettext("Oldest first")), (NEWEST, gettext("Newest first"))]
        self.fields["sort"] = forms.ChoiceField(
            label=_("Order"),
            required=False,
            choices=orders if oldest_first else orders[::-1],
        )

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for, without what cannot be: that asks for nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def narrows(self) -> bool:
        """Whether something is left out by it."""
        return bool(self.asked.keys() - {"sort"})

    @property
    def oldest_first(self) -> bool:
        """In which order."""
        return self.asked.get("sort", self.usual) == OLDEST

    def filters(self, *, status: str = "") -> Filters:
        """What was asked for; `status` where the list has one of its own."""
        asked = self.asked
        return Filters(
            status="" if status else asked.get("status", ""),
            kind=asked.get("kind", ""),
            environment=asked.get("environment", ""),
            app_id=asked.get("program", ""),
            words=asked.get("q", ""),
        )


class SeveralFilesInput(forms.FileInput):
    """A field that takes several files at once."""

    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """Several files, each of which is looked at where it is taken in."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:  # noqa: ARG002 - Django's signature
        """They, as they came."""
        return data or []


class DecisionForm(forms.Form):
    """What is decided on a request, and why.

    Screenshots are taken in as soon as they arrive, so that an error elsewhere loses none: they
    travel in hidden fields, `kept`, until the form is sent for good.
    """

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=MOST_OF_REASON,
        help_text=_("Whoever asked reads it. It is needed to reject, and welcome to approve."),
        widget=forms.Textarea(attrs={"rows": 5, "data-counter": True}),
    )
    screenshots = SeveralFiles(
        label=_("Screenshots"),
        required=False,
        help_text=_(
            "Up to 5, each PNG, JPEG or WebP of up to 2 MiB. Only those who may see this request "
            "see them."
        ),
        widget=SeveralFilesInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, UploadedFile[bytes]] | None = None,
        *,
        asked: ApprovalRequest,
    ) -> None:
        super().__init__(data, files)
        self.asked = asked
        self.marked: list[str] = data.getlist("findings") if data else []
        dropped = set(data.getlist("drop")) if data else set()
        kept = data.getlist("kept") if data else []
        self.kept = [sha256 for sha256 in dict.fromkeys(kept) if sha256 not in dropped]

    def receive(self, request: HttpRequest, *, at: datetime) -> None:
        """Take in what was uploaded; call it before anything else is looked at."""
        self.full_clean()
        uploads = request.FILES.getlist("screenshots")
        if "screenshots" in oversized(request):
            size = gettext("more than %s") % size_text(MOST_BYTES)
            error = TooLarge(size=size, limit=size_text(MOST_BYTES))
            self.add_error("screenshots", say(error))
        room = MOST_SCREENSHOTS - len(self.kept)
        if len(uploads) > room:
            self.add_error("screenshots", say(TooManyScreenshots(most=MOST_SCREENSHOTS)))
        for upload in uploads[: max(0, room)]:
            self._take_in(upload, at=at)
        self.kept = list(dict.fromkeys(self.kept))

    @property
    def verdict(self) -> ReviewVerdict | None:
        """Which button was pressed; None for neither."""
        chosen = self.data.get("verdict", "")
        return ReviewVerdict(chosen) if chosen in ReviewVerdict.values else None

    @property
    def shots(self) -> Sequence[StoredFile]:
        """The screenshots that were taken in so far."""
        found = files_of(self.asked.workspace, self.kept)
        return [found[sha256] for sha256 in self.kept if sha256 in found]

    def _take_in(self, upload: UploadedFile[bytes], *, at: datetime) -> None:
        name = upload.name or ""
        try:
            stored, _removed = take_in_picture(
                self.asked.workspace,
                upload.read(),
                purpose=Purpose.SCREENSHOT,
                name=name,
                at=at,
            )
        except Invalid as error:
            told = {"name": name, "error": say(error)}
            self.add_error("screenshots", gettext("%(name)s: %(error)s") % told)
        else:
            self.kept.append(stored.sha256)


class WithdrawForm(forms.Form):
    """Why a request is withdrawn, where that is said."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=MOST_OF_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def first_error(form: forms.Form) -> str:
    """What is wrong with a form that has no page of its own."""
    return str(next(iter(cast("dict[str, Any]", form.errors).values()))[0])
