"""What a section of the settings is. A feature declares one; the engine does the rest."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Generic
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portico.audit.services import Actor
from portico.basic_settings.payloads import P
from portico.basic_settings.secret_fields import SecretField
from portico.files.models import StoredFile
from portico.kernel.permissions import Permission
from portico.secrets.services import Binding
from portico.ui.values import Fact
from portico.workspaces.models import Workspace


class SettingsForm(forms.Form):
    """The form of a section: shapes only, its fields named as those of the payload.

    `advanced` names fields that hide under *Advanced*. `fills` names buttons of the form's own
    (`name="action"`) that fill in fields and save nothing. `no_longer_held`: secrets that were
    typed before the form came back, and are not kept any more.
    """

    advanced: tuple[str, ...] = ()
    fills: tuple[str, ...] = ()
    no_longer_held: frozenset[str] = frozenset()

    def __init__(self, *args: Any, workspace: Workspace, at: datetime, **kwargs: Any) -> None:
        self.workspace = workspace
        self.at = at
        super().__init__(*args, **kwargs)

    def remarks(self) -> tuple[str, ...]:
        """What to say once the form is saved, such as what was taken out of a file."""
        return ()

    def receive(self, request: HttpRequest) -> None:
        """Learn what the request knows beyond its fields; called before the form is checked."""

    def filled(self, action: str, given: Mapping[str, str]) -> dict[str, Any]:  # noqa: ARG002
        """What one of the buttons in `fills` puts into fields, by field.

        The form holds what was typed, and need not be valid; `given` is all that was sent.
        """
        return {}

    def secrets_to_type(self) -> tuple[str, ...]:
        """The fields of those secrets that have a use with the values as they stand in the form."""
        return ()

    def typed_for(self) -> dict[str, str]:
        """The values, as they stand in the form, that a secret in it was typed for."""
        return {}

    def values(self) -> dict[str, Any]:
        """What was given, as the payload's fields. Call it once the form is valid."""
        return dict(self.cleaned_data)


class Section(ABC, Generic[P]):
    """A declaration: subclass it, fill in the attributes, override the hooks that matter.

    Templates: `values_template` shows the present values on the card (context `card`),
    `fields_template` the fields of the form, `beside_template` what stands beside them, such as a
    live preview (context `form`, `editor`, and what `extras` returns), `below_template` what stands
    under both, as wide as the form. `styles` and `scripts` are static files that these need.

    `edit_page` is the name of the address of the section's own page, where it has one instead of a
    form; `form` is not shown then.

    `saved` is what is said after a save, where the values do not take effect at once.
    `secrets` names the fields, each a `UUID | None`, that hold the id of a secret.
    `uploads` names the fields that hold the id of a file, and what the file is uploaded for; a
    field in a list of values is named as `documents.*.file`. `own_fields` are a workspace's own:
    where settings are copied from one workspace to another, they stay as they are.

    Every hook gets the workspace first. Hooks run inside the transaction of the change.
    """

    name: ClassVar[str]
    title: ClassVar[Any]
    about: ClassVar[Any]
    surfaces: ClassVar[tuple[Any, ...]]
    schema: type[P]
    form: type[SettingsForm]
    edit_page: ClassVar[str] = ""
    values_template: ClassVar[str] = "basic_settings/values.html"
    fields_template: ClassVar[str] = "basic_settings/fields.html"
    beside_template: ClassVar[str] = ""
    below_template: ClassVar[str] = ""
    styles: ClassVar[tuple[str, ...]] = ()
    scripts: ClassVar[tuple[str, ...]] = ()
    read: ClassVar[Permission] = Permission.SETTINGS_READ
    change: ClassVar[Permission] = Permission.SETTINGS_CHANGE
    drafts: ClassVar[bool] = True
    saved: ClassVar[Any] = _("%(section)s is saved and live.")
    sensitive: ClassVar[bool] = False
    secrets: ClassVar[Mapping[str, SecretField]] = {}
    uploads: ClassVar[Mapping[str, str]] = {}
    own_fields: ClassVar[frozenset[str]] = frozenset()

    def default(self, workspace: Workspace) -> P:  # noqa: ARG002 - a hook
        """The platform's default for this workspace."""
        return self.schema()

    def initial(self, workspace: Workspace, payload: P) -> dict[str, Any]:  # noqa: ARG002
        """What the form starts from."""
        return payload.model_dump()

    def settle(self, workspace: Workspace, payload: P, *, at: datetime) -> P:  # noqa: ARG002
        """What goes live in the place of what was given, where the platform fills something in.

        Runs before every publish, with the section locked. Raise an `Invalid` to refuse.
        """
        return payload

    def prepare(self, workspace: Workspace, payload: P, *, at: datetime) -> None:
        """Make what these values need before anyone may see them; runs for drafts too."""

    def check(self, workspace: Workspace, payload: P, *, at: datetime) -> None:
        """Refuse values that must not go live: raise an `Invalid`. Runs before every publish."""

    def check_return(self, workspace: Workspace, payload: P, *, at: datetime) -> None:
        """Refuse to bring back these values, an old revision's or the default: raise an `Invalid`.
        Runs before every restore and reset, in addition to the checks of every publish."""

    def published(self, workspace: Workspace, payload: P, *, by: Actor, at: datetime) -> None:
        """Do what follows from the values having gone live, which `by` made them."""

    def binding(self, payload: P, field: str) -> Binding | None:  # noqa: ARG002
        """What the secret in this field is for; with other values it must be typed again.

        None: it has no use with these values, and is dropped.
        """
        return None

    def secrets_in_use(self, workspace: Workspace) -> frozenset[UUID]:  # noqa: ARG002
        """Secrets of this section that are needed although neither live values nor draft name
        them."""
        return frozenset()

    def files(self, workspace: Workspace, payload: P) -> frozenset[str]:  # noqa: ARG002
        """SHA-256 hashes of all stored files that these values need."""
        return frozenset()

    def import_values(
        self,
        workspace: Workspace,  # noqa: ARG002
        values: dict[str, Any],
        *,
        at: datetime,  # noqa: ARG002
    ) -> dict[str, Any]:
        """The values of another workspace, not yet checked, as they are to be taken here."""
        return values

    def effective(
        self,
        workspace: Workspace,  # noqa: ARG002
        payload: P,  # noqa: ARG002
        *,
        at: datetime,  # noqa: ARG002
    ) -> dict[str, Any] | None:
        """What is in effect now, where that can differ from the live values; else None."""
        return None

    @abstractmethod
    def facts(
        self, workspace: Workspace, payload: P, *, at: datetime, files: Mapping[str, StoredFile]
    ) -> dict[str, Fact]:
        """How the values are shown, by field name, in the order of the card.

        `files` has those that `files()` names, by hash, as far as they are still kept.
        """

    def hints(
        self,
        workspace: Workspace,  # noqa: ARG002
        payload: P,  # noqa: ARG002
        *,
        at: datetime,  # noqa: ARG002
    ) -> tuple[str, ...]:
        """Sentences worth saying about values that are allowed."""
        return ()

    def extras(self, workspace: Workspace, payload: P, *, at: datetime) -> dict[str, Any]:  # noqa: ARG002
        """More for the templates of the card and the form."""
        return {}
