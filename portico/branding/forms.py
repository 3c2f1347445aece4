from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.branding.picture_form import (
    FAVICON_TYPES,
    LOGO_TYPES,
    PictureForm,
    picture_field,
    picture_id_field,
)
from portico.branding.rules import Purpose
from portico.branding.services import PICTURES, is_square
from portico.branding.showing import FITS
from portico.files.models import StoredFile
from portico.ui.forms import ColorInput


class BrandingForm(PictureForm):
    """Pictures, a color, and how a favicon becomes square."""

    advanced: tuple[str, ...] = ("dark_logo", "favicon_fit")
    picture_fields: ClassVar[Mapping[str, Purpose]] = PICTURES

    logo = picture_field(
        _("Logo"),
        _(
            "PNG, JPEG, WebP or SVG; up to 1 MiB; at least 64 pixels high; from square to 8:1. "
            "Empty: the first letter of the name."
        ),
        LOGO_TYPES,
    )
    favicon = picture_field(
        _("Favicon"),
        _("ICO, PNG or SVG; up to 256 KiB; square. Empty: made from the logo."),
        FAVICON_TYPES,
    )
    brand_color = forms.CharField(
        label=_("Brand color"),
        required=False,
        max_length=40,
        widget=ColorInput(attrs={"data-width": "short"}),
        help_text=_("For buttons and links. Empty: the platform's own."),
    )
    dark_logo = picture_field(
        _("Dark logo"), _("Shown on dark pages in place of the logo. As the logo."), LOGO_TYPES
    )
    favicon_fit = forms.ChoiceField(
        label=_("If the favicon is not square"),
        required=False,
        choices=[(value, choice) for value, choice in FITS.items()],
        widget=forms.RadioSelect,
    )
    logo_id = picture_id_field()
    dark_logo_id = picture_id_field()
    favicon_id = picture_id_field()

    def values(self) -> dict[str, Any]:
        """The payload's fields, without those that the form refused."""
        given = self.cleaned_data
        return {
            **{name: given[f"{name}_id"] or None for name in PICTURES},
            "favicon_fit": given.get("favicon_fit") or None,
            "brand_color": given.get("brand_color", ""),
        }

    def show_pictures(self, ids: Mapping[str, str]) -> dict[str, StoredFile]:
        """Show them; offer a fit where the favicon needs one."""
        stored = super().show_pictures(ids)
        favicon = stored.get(ids["favicon"])
        if favicon is not None and not is_square(favicon):
            self.advanced = ("dark_logo",)
            self.order_fields(["logo", "favicon", "favicon_fit"])
        return stored
