"""What every page wears, put together from the features: brand, navigation, person."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from django.utils.encoding import escape_uri_path
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portico.about_us.section import section as about_us
from portico.about_us.services import url_for
from portico.approvals.queries import count_waiting
from portico.basic_settings.http import is_preview, settings_of
from portico.branding.wearing import brand_of
from portico.config.env import load
from portico.copyright_notice.section import section as copyright_notice
from portico.copyright_notice.services import text_for
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.legal.acceptance.showing import cookie_banner_of, legal_links_of, notices_of
from portico.releases.deciding.rows import counted
from portico.service_email.contact import contact_of
from portico.single_sign_on.provider import configured_providers
from portico.two_factor.showing import notices_of as two_factor_notices_of
from portico.ui.frame import Frame, NavItem, PersonView, SettingsFrame, WorkspaceLink
from portico.workspaces.hosts import address_of
from portico.workspaces.http import WorkspaceRequest
from portico.workspaces.models import Membership

TENANT, ACCOUNT = "/settings/tenant/", "/settings/account/"
WORKSPACE = "/settings/tenant/workspace/"
AS_CODE = "/settings/tenant/as-code/"
TWO_FACTOR = "/settings/tenant/two-factor/"
DASHBOARD = "/console/"
APPROVALS = "/console/approvals/"
AREAS: tuple[tuple[Any, str, str, Permission], ...] = (
    (gettext_lazy("Dashboard"), DASHBOARD, "home", Permission.CONSOLE),
    (gettext_lazy("Mini Programs"), "/console/programs/", "grid", Permission.PROGRAMS_READ),
    (gettext_lazy("Releases"), "/console/releases/", "release", Permission.RELEASES_READ),
    (gettext_lazy("Approvals"), APPROVALS, "check", Permission.RELEASES_READ),
    (gettext_lazy("Apps"), "/console/apps/", "app", Permission.APPS_READ),
    (gettext_lazy("Members"), "/console/members/", "people", Permission.MEMBERS_READ),
    (gettext_lazy("Mail"), "/console/mail/", "mail", Permission.MAIL_READ),
    (gettext_lazy("Webhooks"), "/console/webhooks/", "webhook", Permission.WEBHOOKS_READ),
    (gettext_lazy("Audit"), "/console/audit/", "audit", Permission.AUDIT_READ),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `frame` and `settings_frame`, made when a template asks for them."""
    if not hasattr(request, "workspace"):
        return {}
    workspace_request = cast("WorkspaceRequest", request)
    return {
        "frame": SimpleLazyObject(lambda: frame_of(workspace_request)),
        "settings_frame": SimpleLazyObject(lambda: settings_frame_of(workspace_request)),
    }


def frame_of(request: WorkspaceRequest) -> Frame:
    """The frame of this request's page; made once a request."""
    known = cast("Frame | None", getattr(request, "portico_frame", None))
    if known is not None:
        return known
    settings = settings_of(request)
    member = request.member or None
    made = Frame(
        brand=brand_of(settings),
        about_url=url_for(settings.payload(about_us), get_language() or "en"),
        contact_url=contact_of(settings),
        legal_links=legal_links_of(request),
        notices=two_factor_notices_of(request) + notices_of(request),
        cookie_banner=cookie_banner_of(request),
        copyright=text_for(settings.payload(copyright_notice), request.workspace, now()),
        navigation=_navigation(request, member),
        settings_url="/settings/" if member else "",
        settings_current=request.path.startswith("/settings/"),
        person=_person(request),
        workspaces=_workspaces(request),
        preview=is_preview(request),
        preview_end_url="/settings/tenant/preview/end" if is_preview(request) else "",
        language=get_language() or "en",
        demo=load().demo,
        console_url="/console/" if member else "",
        canonical_url=address_of(request.workspace, escape_uri_path(request.path)),
        sign_in_url="/sign-in/",
        sign_out_url="/sign-out/",
    )
    request.portico_frame = made  # type: ignore[attr-defined]
    return made


def settings_frame_of(request: WorkspaceRequest) -> SettingsFrame:
    """The Settings page's tabs and the areas of the present one: those that the member may open."""
    member = request.member or None
    if member is None:
        return SettingsFrame(tabs=())
    at_tenant = request.path.startswith(TENANT)
    tabs = [NavItem(_("Account"), ACCOUNT, current=not at_tenant)]
    if member.may(Permission.SETTINGS_READ):
        tabs.insert(0, NavItem(_("Tenant"), TENANT, current=at_tenant))
    areas = _tenant_areas(request, member) if at_tenant else _account_areas(request)
    return SettingsFrame(tabs=tuple(tabs), areas=areas)


def _tenant_areas(request: WorkspaceRequest, member: Membership) -> tuple[NavItem, ...]:
    at_workspace = request.path == WORKSPACE
    at_code = request.path.startswith(AS_CODE)
    at_two_factor = request.path.startswith(TWO_FACTOR)
    elsewhere = at_workspace or at_code or at_two_factor
    areas = [NavItem(_("Basic Settings"), TENANT, current=not elsewhere)]
    if member.may(Permission.SETTINGS_CHANGE):
        areas.append(NavItem(_("Workspace"), WORKSPACE, current=at_workspace))
    areas.append(NavItem(_("Sign-in"), TWO_FACTOR, current=at_two_factor))
    areas.append(NavItem(_("Settings as code"), AS_CODE, current=at_code))
    return tuple(areas)


def _account_areas(request: WorkspaceRequest) -> tuple[NavItem, ...]:
    areas = (
        (_("Profile"), ACCOUNT),
        (_("Password"), f"{ACCOUNT}password/"),
        (_("Two-factor sign-in"), f"{ACCOUNT}two-factor/"),
        (_("Sessions"), f"{ACCOUNT}sessions/"),
        (_("E-mails"), f"{ACCOUNT}e-mails/"),
        (_("API tokens"), f"{ACCOUNT}tokens/"),
        *([(_("Linked sign-ins"), f"{ACCOUNT}linked-sign-ins/")] if configured_providers() else []),
    )
    at_profile = request.path == ACCOUNT  # where all others lie below
    return tuple(
        NavItem(title, url, current=at_profile if url == ACCOUNT else request.path.startswith(url))
        for title, url in areas
    )


def _navigation(request: WorkspaceRequest, member: Membership | None) -> tuple[NavItem, ...]:
    if member is None:
        return ()
    return tuple(
        NavItem(str(title), url, icon, _is_in(request.path, url), _waiting(url, member))
        for title, url, icon, permission in AREAS
        if member.may(permission)
    )


def _waiting(url: str, member: Membership) -> int | str | None:
    """How much waits for a member in an area, where that is worth knowing before going there."""
    count = count_waiting(member) if url == APPROVALS else 0
    return counted(count) if count else None


def _is_in(path: str, area: str) -> bool:
    return path == area if area == DASHBOARD else path.startswith(area)


def _person(request: WorkspaceRequest) -> PersonView | None:
    if not request.user.is_authenticated:
        return None
    person = request.user
    return PersonView(name=person.display_name, email=person.email, initials=person.initials)


def _workspaces(request: WorkspaceRequest) -> tuple[WorkspaceLink, ...]:
    if not request.user.is_authenticated:
        return ()
    memberships = (
        Membership.objects.active()
        .filter(person_id=request.user.pk)
        .select_related("workspace")
        .order_by("workspace__name")
    )
    return tuple(
        WorkspaceLink(
            name=membership.workspace.name,
            slug=membership.workspace.slug,
            url_or_action=f"/switch/{membership.workspace.slug}/",
            current=membership.workspace_id == request.workspace.id,
            post=True,
        )
        for membership in memberships
    )
