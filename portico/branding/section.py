"""The settings section *Logo & Favicon*."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portico.basic_settings.sections import Section
from portico.branding.forms import BrandingForm
from portico.branding.kits import kit_for, need_kit
from portico.branding.payload import Branding
from portico.branding.services import PICTURES, check_pictures
from portico.branding.showing import FITS, samples_of, shown_picture, shown_verdicts
from portico.files.models import StoredFile
from portico.ui.values import Fact, Swatch
from portico.workspaces.models import Workspace


class BrandingSection(Section[Branding]):
    """Pictures and a color; everything that a surface wears is made from them."""

    name = "branding"
    title = _("Logo & Favicon")
    about = _(
        "How people recognize this workspace: its logo, the icon in the browser tab, its color."
    )
    surfaces = (
        _("Portal"),
        _("Sign-in"),
        _("Console"),
        _("Browser tab"),
        _("Error pages"),
    )
    schema = Branding
    form = BrandingForm
    values_template = "branding/values.html"
    fields_template = "branding/fields.html"
    beside_template = "branding/beside.html"
    uploads: ClassVar[Mapping[str, str]] = {
        field: purpose.value for field, purpose in PICTURES.items()
    }

    def initial(self, workspace: Workspace, payload: Branding) -> dict[str, Any]:  # noqa: ARG002
        """The ids under the names of the hidden fields; the thumbnails come from them."""
        values = payload.model_dump(mode="json")
        return {
            **{f"{field}_id": values[field] or "" for field in PICTURES},
            "favicon_fit": values["favicon_fit"] or "",
            "brand_color": values["brand_color"],
        }

    def check(self, workspace: Workspace, payload: Branding, *, at: datetime) -> None:  # noqa: ARG002
        """Refuse pictures that are not this workspace's, or not fit for their place."""
        check_pictures(workspace, payload)

    def prepare(self, workspace: Workspace, payload: Branding, *, at: datetime) -> None:
        """Make the kit, so that the first visitor does not wait for it."""
        check_pictures(workspace, payload)
        need_kit(workspace, payload, at=at)

    def files(self, workspace: Workspace, payload: Branding) -> frozenset[str]:  # noqa: ARG002
        """The uploads. The images made from them are held by their kit."""
        return frozenset(
            sha256 for field in PICTURES if (sha256 := getattr(payload, field)) is not None
        )

    def facts(
        self,
        workspace: Workspace,  # noqa: ARG002 - a hook
        payload: Branding,
        *,
        at: datetime,  # noqa: ARG002
        files: Mapping[str, StoredFile],
    ) -> dict[str, Fact]:
        """Thumbnails and a swatch."""
        color, fit = payload.brand_color, {}
        if payload.favicon_fit is not None:
            label = str(FITS[payload.favicon_fit].label)
            fit["favicon_fit"] = Fact(gettext("Favicon that is not square"), label)
        return {
            "logo": Fact(gettext("Logo"), shown_picture(files, payload.logo)),
            "dark_logo": Fact(gettext("Dark logo"), shown_picture(files, payload.dark_logo)),
            "favicon": Fact(gettext("Favicon"), shown_picture(files, payload.favicon)),
            **fit,
            "brand_color": Fact(gettext("Brand color"), Swatch(color) if color else None),
        }

    def extras(self, workspace: Workspace, payload: Branding, *, at: datetime) -> dict[str, Any]:
        """The kit's verdicts, and the images that the preview draws."""
        kit = kit_for(workspace, payload, at=at)
        return {
            "samples": samples_of(kit),
            "verdicts": shown_verdicts(kit),
            "brand_name": workspace.name,
        }


section = BrandingSection()
