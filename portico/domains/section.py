"""The settings section *Domain Preference*."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portico.audit.services import Actor
from portico.basic_settings.sections import Section
from portico.domains.checking import resembles, shown
from portico.domains.forms import DomainPreferenceForm
from portico.domains.payload import DomainPreference
from portico.domains.services import follow, refuse_held, slug_host_of
from portico.domains.showing import effective_of, view_of
from portico.egress.outbound import panels as outbound
from portico.egress.services import check_choice, choose, normal
from portico.files.models import StoredFile
from portico.kernel.errors import Invalid, InvalidFields
from portico.ui.values import Address, Fact
from portico.workspaces.hosts import own_address_of
from portico.workspaces.models import Workspace


class DomainPreferenceSection(Section[DomainPreference]):
    """Where a workspace is reached, and where its own calls come from."""

    name = "domain-preference"
    title = _("Domain Preference")
    about = _(
        "A domain of your own for this workspace, and the addresses that its calls leave from."
    )
    surfaces = (
        _("Portal"),
        _("Sign-in"),
        _("Console"),
        _("API"),
        _("Links in service emails"),
        _("Webhooks"),
    )
    schema = DomainPreference
    form = DomainPreferenceForm
    values_template = "domains/section/values.html"
    fields_template = "domains/section/fields.html"
    beside_template = "domains/section/beside.html"
    styles = ("domains/checks.css",)
    drafts = False
    sensitive = True
    saved = _("%(section)s is saved.")
    own_fields: ClassVar[frozenset[str]] = frozenset({"alternative_domain", "tls_elsewhere"})

    def check(self, workspace: Workspace, payload: DomainPreference, *, at: datetime) -> None:
        """Refuse a name that another workspace holds, and addresses that cannot be chosen."""
        errors: dict[str, Invalid] = {}
        try:
            refuse_held(workspace, payload.alternative_domain)
        except Invalid as error:
            errors["alternative_domain"] = error
        try:
            check_choice(workspace, payload.outbound_ips, at=at)
        except Invalid as error:
            errors["outbound_ips"] = error
        if errors:
            raise InvalidFields(errors)

    def published(
        self, workspace: Workspace, payload: DomainPreference, *, by: Actor, at: datetime
    ) -> None:
        """Claim the name, let go of the one before it; have calls leave from the addresses."""
        follow(
            workspace,
            payload.alternative_domain,
            tls_elsewhere=payload.tls_elsewhere,
            by=by,
            at=at,
        )
        choose(
            workspace,
            normal(payload.outbound_ips),
            by=by,
            at=at,
            notice_days=payload.outbound_notice_days,
        )

    def effective(
        self,
        workspace: Workspace,
        payload: DomainPreference,  # noqa: ARG002
        *,
        at: datetime,
    ) -> dict[str, Any] | None:
        """Where the workspace is reached now, and how far its domain has come."""
        return effective_of(workspace) | {**outbound.effective_of(workspace, at=at)}

    def facts(
        self,
        workspace: Workspace,
        payload: DomainPreference,
        *,
        at: datetime,
        files: Mapping[str, StoredFile],  # noqa: ARG002
    ) -> dict[str, Fact]:
        """The current domain name, and all values; of those that most leave alone, what is set."""
        name = payload.alternative_domain
        written = shown(name)
        facts = {
            "current_domain": Fact(
                gettext("Current domain name"),
                Address(own_address_of(workspace, "/"), text=slug_host_of(workspace)),
            ),
            "alternative_domain": Fact(
                gettext("Alternative domain name"), name if written == name else (written, name)
            ),
        }
        if payload.tls_elsewhere:
            facts["tls_elsewhere"] = Fact(
                gettext("Certificate"), gettext("TLS is terminated elsewhere")
            )
        facts |= outbound.facts_of(workspace, payload.outbound_ips, at=at)
        if payload.outbound_notice_days:
            days = gettext("%(days)s days ahead") % {"days": payload.outbound_notice_days}
            facts["outbound_notice_days"] = Fact(gettext("Changes are announced"), days)
        return facts

    def hints(
        self,
        workspace: Workspace,  # noqa: ARG002
        payload: DomainPreference,
        *,
        at: datetime,  # noqa: ARG002
    ) -> tuple[str, ...]:
        """That a name can be mistaken for another."""
        name = payload.alternative_domain
        twin = resembles(name) if name else ""
        if not twin:
            return ()
        hint = gettext("%(domain)s looks like %(twin)s, which is another name. Is it meant?")
        return (hint % {"domain": shown(name), "twin": twin},)

    def extras(
        self,
        workspace: Workspace,
        payload: DomainPreference,  # noqa: ARG002
        *,
        at: datetime,
    ) -> dict[str, Any]:
        """`domain_view`: the domain as it stands; `outbound`: the panel of the addresses."""
        panel = outbound.panel_of(workspace, at=at)
        return {
            "domain_view": view_of(workspace, at=at),
            "outbound": panel,
            # Else the facts have said it: calls leave from any address.
            "says_outbound": bool(panel.rows or panel.nothing_offered or panel.announcement),
            "current_domain": slug_host_of(workspace),
        }


section = DomainPreferenceSection()
