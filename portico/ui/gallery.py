"""Sample content for the gallery. Nothing outside `/ui/` uses it."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from portico.kernel.clock import now
from portico.ui.forms import Choice, ColorInput, CurrentFile
from portico.ui.frame import (
    Brand,
    Frame,
    IconLink,
    Image,
    Link,
    NavItem,
    PersonView,
    SettingsFrame,
    WorkspaceLink,
    initials_of,
)
from portico.ui.values import (
    Address,
    Change,
    Fact,
    Mask,
    Picture,
    Stage,
    StageState,
    State,
    Swatch,
)


class SampleForm(forms.Form):
    """Every widget once."""

    advanced = ("user_name", "port")

    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("Shown in the header."))
    email = forms.EmailField(label=_("Email address"))
    url = forms.URLField(
        label=_("URL of About Us"),
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://www.example.com/about"}),
    )
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput())
    notice = forms.CharField(
        label=_("Copyright notice"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"data-counter": True, "rows": 3}),
        help_text=_("{year} keeps itself current."),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=[("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
    )
    review = forms.BooleanField(
        label=_("Review"), required=False, help_text=_("Somebody else approves each release.")
    )
    agree = forms.BooleanField(
        label=_("I have read the notice"),
        required=False,
        widget=forms.CheckboxInput(attrs={"data-look": "check"}),
    )
    security = forms.ChoiceField(
        label=_("Security"),
        widget=forms.RadioSelect(),
        choices=[
            ("starttls", Choice(_("STARTTLS"), _("Begins in the clear, then turns to TLS."))),
            ("ssl", Choice(_("Implicit TLS"), _("Encrypted from the first byte."))),
            ("none", Choice(_("None"), _("Everybody on the way can read along."))),
        ],
    )
    environment = forms.ChoiceField(
        label=_("Environment"),
        widget=forms.RadioSelect(attrs={"data-look": "segmented"}),
        choices=[("production", _("Production")), ("sandbox", _("Sandbox"))],
    )
    mails = forms.MultipleChoiceField(
        label=_("Mails"),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        choices=[("approvals", _("Approvals")), ("releases", _("Releases"))],
    )
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG, JPEG, WebP or SVG, at most 1 MiB."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/svg+xml"}),
    )
    brand_color = forms.CharField(label=_("Brand color"), required=False, widget=ColorInput())
    user_name = forms.CharField(label=_("User name"), required=False)
    port = forms.IntegerField(
        label=_("Port"),
        min_value=1,
        max_value=65535,
        widget=forms.NumberInput(attrs={"data-width": "short"}),
    )
    disabled = forms.CharField(label=_("Current domain name"), required=False, disabled=True)


class SampleFilters(forms.Form):
    """What narrows a list."""

    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All")), ("settings", _("Settings"))]
    )


def sample_form(*, wrong: bool = False) -> SampleForm:
    """The form as it starts, or as it comes back after a refusal."""
    initial = {
        "name": "Acme Pay",
        "email": "admin@acme.example.com",
        "language": "en",
        "review": True,
        "security": "starttls",
        "environment": "production",
        "mails": ["approvals"],
        "notice": "© {year} Acme Pay Ltd. All rights reserved.",
        "logo": CurrentFile("acme-logo.svg", static("ui/gallery/logo.svg"), picture=True),
        "brand_color": "#3a56c8",
        "port": 587,
        "disabled": "acme.localhost:8000",
    }
    if not wrong:
        return SampleForm(initial=initial)
    typed = {"email": "nobody", "url": "gopher://acme", "security": "x", "port": "70000"}
    typed = {f"wrong-{name}": value for name, value in typed.items()}
    form = SampleForm(typed, initial=initial, prefix="wrong")
    form.add_error(None, _("The mail server refused this sender."))
    form.add_error("brand_color", _("#ffff00 on white has a contrast of 1.1:1; it needs 4.5:1."))
    form.add_error("logo", _("This is an animated GIF; a PNG, JPEG, WebP or SVG is accepted."))
    return form


def sample_frame(page: str = "", *, signed_in: bool = True, preview: bool = False) -> Frame:
    """A workspace's frame."""
    return Frame(
        brand=Brand(
            name="Acme Pay",
            logo=Image(static("ui/gallery/logo.svg"), 148, 40),
            dark_logo=Image(static("ui/gallery/logo-dark.svg"), 148, 40),
            icon_links=(
                IconLink("icon", static("ui/gallery/favicon.svg"), "any", "image/svg+xml"),
            ),
            color="#3a56c8",
            on_color="#ffffff",
        ),
        about_url="https://www.example.com/about",
        copyright="© 2026 Acme Pay Ltd. All rights reserved.",
        legal_links=(Link("Terms of Service", "#"), Link("Privacy Policy", "#")),
        contact_url="mailto:support@acme.example.com",
        navigation=(
            NavItem("Dashboard", "/ui/console/", "home", page == "console"),
            NavItem("Mini Programs", "#", "grid"),
            NavItem("Approvals", "#", "inbox", count=3),
            NavItem("Apps", "#", "app"),
            NavItem("Members", "#", "people"),
            NavItem("Mail", "#", "mail"),
            NavItem("Audit", "#", "list"),
        )
        if signed_in
        else (),
        settings_url="/ui/settings/",
        settings_current=page == "settings",
        person=_person() if signed_in else None,
        workspaces=(
            WorkspaceLink("Acme Pay", "acme", "#", current=True),
            WorkspaceLink("Zenith Bank", "zenith", "#"),
        )
        if signed_in
        else (),
        preview=preview,
        preview_end_url="#",
        language="en",
        home_url="/ui/portal/",
        console_url="/ui/console/",
        sign_in_url="/ui/entrance/",
        sign_out_url="#",
    )


def _person() -> PersonView:
    name = "Ada Lovelace"
    return PersonView(name, "admin@acme.example.com", initials_of(name))


def sample_settings() -> SettingsFrame:
    """The Settings page's own navigation."""
    return SettingsFrame(
        tabs=(NavItem("Tenant", "/ui/settings/", current=True), NavItem("Account", "#")),
        areas=(
            NavItem("Basic Settings", "/ui/settings/", current=True),
            NavItem("Workspace", "#"),
        ),
    )


def sample_logo() -> Picture:
    """A stored logo."""
    return Picture(static("ui/gallery/logo.svg"), 148, 40, "acme-logo.svg")


def sample_facts() -> list[Fact]:
    """Every kind of value."""
    return [
        Fact("Logo", sample_logo()),
        Fact("Brand color", Swatch("#3a56c8")),
        Fact("URL", Address("https://www.example.com/about")),
        Fact("Password", Mask(is_set=True)),
        Fact("State", State("Not in use", "warning")),
        Fact("Review", value=True),
        Fact("Ports", ("465", "587", "2525")),
        Fact("Checked", now() - timedelta(hours=3)),
        Fact("Dark logo", None),
    ]


def sample_changes() -> list[Change]:
    """What differs between two revisions."""
    return [
        Change("Logo", None, sample_logo()),
        Change("Brand color", Swatch("#a0342c"), Swatch("#3a56c8")),
        Change("URL", "https://www.example.com", "https://www.example.com/about"),
    ]


def sample_stages() -> list[Stage]:
    """A test mail on its way."""
    return [
        Stage("Address lookup", StageState.DONE, "smtp.example.com is 192.0.2.25", "12 ms"),
        Stage("Connect", StageState.DONE, took="31 ms"),
        Stage("TLS", StageState.NOW, "Shaking hands"),
        Stage("Sign-in", StageState.WAITING),
        Stage("Message accepted", StageState.WAITING),
    ]


def sample_pipeline() -> list[Stage]:
    """A release on its way."""
    return [
        Stage("Under review", StageState.DONE, took="2 days"),
        Stage("Pilot testing", StageState.SKIPPED),
        Stage("Grayscale release", StageState.NOW, "20 % of users"),
        Stage("Full release", StageState.WAITING),
    ]


def sample_plan() -> list[Stage]:
    """What a release goes through, before there is one."""
    return [
        Stage("Review", StageState.LOCKED, "2 approvals"),
        Stage("Pilot testing", StageState.SKIPPED, "Switched off"),
        Stage("Grayscale release", StageState.LOCKED, "At most 10 % first"),
        Stage("Full release", StageState.PLANNED),
    ]


def sample_failure() -> list[Stage]:
    """A test mail that did not arrive."""
    return [
        Stage("Connect", StageState.DONE, took="31 ms"),
        Stage(
            "Sign-in",
            StageState.FAILED,
            "535: user name or password not accepted",
            "0.4 s",
            facts=(Fact("Likely cause", "The provider wants an app password."),),
            action=Link("Type the password again", "#"),
        ),
        Stage("Message accepted", StageState.SKIPPED),
    ]
