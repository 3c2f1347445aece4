"""Audit entries as people read them: who, what, by which way, and what changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.audit.models import AuditEntry
from portico.audit.services import Via
from portico.basic_settings.registry import all_sections
from portico.basic_settings.secret_fields import CHANGED, SET
from portico.console.subjects import labels_of, subject_of
from portico.releases.models import ReleaseStatus
from portico.ui.values import Change
from portico.workspaces.permissions import Role

# A test holds this table against every `record(...)` in the program.
SENTENCES: dict[str, Promise] = {
    "account.linked": gettext_lazy("Linked an account of another provider"),
    "account.authenticator_app_added": gettext_lazy("Added an authenticator app"),
    "account.authenticator_app_removed": gettext_lazy("Removed their authenticator app"),
    "account.passkey_added": gettext_lazy("Added a passkey"),
    "account.passkey_removed": gettext_lazy("Removed a passkey"),
    "account.passkey_renamed": gettext_lazy("Renamed a passkey"),
    "account.password_changed": gettext_lazy("Changed their password"),
    "account.password_reset": gettext_lazy("Chose a new password by a link"),
    "account.profile_changed": gettext_lazy("Changed their profile"),
    "account.recovery_code_used": gettext_lazy("Used a recovery code"),
    "account.recovery_codes_made": gettext_lazy("Made recovery codes"),
    "account.second_factor_failed": gettext_lazy("Entered a wrong code as their second factor"),
    "account.recovered": gettext_lazy("Recovered an admin"),
    "account.second_factors_removed": gettext_lazy(
        "Removed the second factors of somebody who was locked out"
    ),
    "account.sign_in_failed": gettext_lazy("Tried to sign in, and failed"),
    "account.signed_in": gettext_lazy("Signed in"),
    "account.signed_out": gettext_lazy("Signed out"),
    "account.switched_workspace": gettext_lazy("Came over from another workspace"),
    "account.unlinked": gettext_lazy("Ended the link to an account of another provider"),
    "account.verified": gettext_lazy("Verified their email address"),
    "app.archived": gettext_lazy("Archived an app"),
    "app.changed": gettext_lazy("Changed an app"),
    "app.made": gettext_lazy("Made an app"),
    "app.made_web": gettext_lazy("Made an app the web app"),
    "app.restored": gettext_lazy("Restored an archived app"),
    "app.web_ended": gettext_lazy("Left the workspace without a web app"),
    "audit.exported": gettext_lazy("Exported the audit log"),
    "domain.checked": gettext_lazy("Checked the alternative domain"),
    "domain.freed": gettext_lazy("Let go of a domain that nothing in the DNS speaks for"),
    "domain.instructions_sent": gettext_lazy("Mailed the records for the DNS of a domain"),
    "domain.state_changed": gettext_lazy("The state of the alternative domain changed"),
    "invitation.accepted": gettext_lazy("Accepted an invitation"),
    "invitation.made": gettext_lazy("Invited somebody"),
    "invitation.resent": gettext_lazy("Sent an invitation again"),
    "invitation.withdrawn": gettext_lazy("Withdrew an invitation"),
    "legal.accepted": gettext_lazy("Accepted a legal document"),
    "legal.coverage_exported": gettext_lazy("Exported who accepted a legal document"),
    "legal.declined": gettext_lazy("Declined a legal document"),
    "legal.evidence_exported": gettext_lazy("Exported the evidence for a legal document"),
    "legal.exempted": gettext_lazy("Exempted a member from accepting legal documents"),
    "legal.exemption_ended": gettext_lazy("Ended the exemption of a member"),
    "legal.published": gettext_lazy("Published a legal document"),
    "legal.withdrawn": gettext_lazy("Withdrew a legal document before it came into force"),
    "mail.resent": gettext_lazy("Sent a mail again"),
    "mail.retention_changed": gettext_lazy("Changed how long the mail log is kept"),
    "mail.retried_all": gettext_lazy("Tried all failed mails again"),
    "member.added": gettext_lazy("Added a member"),
    "member.blocked": gettext_lazy("Blocked a member"),
    "member.mail_chosen": gettext_lazy("Chose which mails they get"),
    "member.exported": gettext_lazy("Exported the list of members"),
    "member.removed": gettext_lazy("Removed a member"),
    "member.role_changed": gettext_lazy("Changed a member's role"),
    "member.unblocked": gettext_lazy("Unblocked a member"),
    "outbound.chosen": gettext_lazy("Chose the outbound addresses"),
    "outbound.verified": gettext_lazy("Verified the outbound addresses"),
    "program.archived": gettext_lazy("Archived a mini program"),
    "program.changed": gettext_lazy("Changed a mini program"),
    "program.made": gettext_lazy("Made a mini program"),
    "program.member_added": gettext_lazy("Had somebody work on a mini program"),
    "program.member_changed": gettext_lazy("Changed somebody's role in a mini program"),
    "program.member_removed": gettext_lazy("Had somebody work on a mini program no longer"),
    "program.restored": gettext_lazy("Restored a mini program"),
    "program.set_up": gettext_lazy("Set a mini program up"),
    "program.tester_removed": gettext_lazy("Removed a tester"),
    "program.testers_added": gettext_lazy("Added testers"),
    "program.testers_cleared": gettext_lazy("Removed all testers"),
    "release.apply": gettext_lazy("Applied for a release"),
    "release.approve": gettext_lazy("Approved a release"),
    "release.bypass_pilot": gettext_lazy("Let a release past its pilot"),
    "release.cancel": gettext_lazy("Canceled a release"),
    "release.complete_pilot": gettext_lazy("Completed the pilot of a release"),
    "release.configure": gettext_lazy("Configured a release"),
    "release.create": gettext_lazy("Made a release"),
    "release.force_remove": gettext_lazy("Removed a live version by force"),
    "release.go_live": gettext_lazy("Took a release live"),
    "release.offline_approved": gettext_lazy("Approved that a live version be taken offline"),
    "release.offline_rejected": gettext_lazy("Rejected that a live version be taken offline"),
    "release.offline_requested": gettext_lazy("Asked that a live version be taken offline"),
    "release.offline_withdrawn": gettext_lazy("Withdrew the request to take a version offline"),
    "release.pause": gettext_lazy("Paused a release"),
    "release.reject": gettext_lazy("Rejected a release"),
    "release.replace": gettext_lazy("Archived a version that a newer one replaced"),
    "release.resume": gettext_lazy("Resumed a release"),
    "release.roll_back": gettext_lazy("Rolled back to an earlier version"),
    "release.scale": gettext_lazy("Scaled a release"),
    "release.set_rules": gettext_lazy("Set the targeting rules of a release"),
    "release.start_pilot": gettext_lazy("Started the pilot of a release"),
    "release.start_ramp": gettext_lazy("Put a release on a ramp"),
    "release.stop_ramp": gettext_lazy("Took a release off its ramp"),
    "release.take_offline": gettext_lazy("Took a live version offline"),
    "release.update_pilot": gettext_lazy("Changed the testers of a release"),
    "release.withdraw": gettext_lazy("Withdrew the request for a release"),
    "reviewer.changed": gettext_lazy("Changed an external reviewer"),
    "reviewer.disabled": gettext_lazy("Disabled an external reviewer"),
    "reviewer.enabled": gettext_lazy("Enabled an external reviewer"),
    "reviewer.made": gettext_lazy("Added an external reviewer"),
    "reviewer.removed": gettext_lazy("Removed an external reviewer"),
    "reviewer.secret_rotated": gettext_lazy("Made a new secret for an external reviewer"),
    "service_email.proved": gettext_lazy("Tested the mail server that was in use untested"),
    "service_email.server_failing": gettext_lazy("The mail server does not take mail"),
    "service_email.server_recovered": gettext_lazy("The mail server works again"),
    "service_email.taken_over": gettext_lazy("Took a tested mail server into use"),
    "service_email.taken_untested": gettext_lazy("Took a mail server into use without a test"),
    "service_email.tested": gettext_lazy("Tested a mail server"),
    "settings.apply": gettext_lazy("Applied settings from a file"),
    "settings.draft": gettext_lazy("Published the draft"),
    "settings.draft_discarded": gettext_lazy("Discarded the draft"),
    "settings.draft_saved": gettext_lazy("Saved a draft"),
    "settings.reset": gettext_lazy("Reset to the platform's default"),
    "settings.restore": gettext_lazy("Restored an earlier revision"),
    "settings.save": gettext_lazy("Saved settings"),
    "target_key.made": gettext_lazy("Made a key of an app"),
    "target_key.revoked": gettext_lazy("Revoked a key of an app"),
    "target_key.rotated": gettext_lazy("Rotated a key of an app"),
    "test_group.changed": gettext_lazy("Changed a test group"),
    "test_group.made": gettext_lazy("Made a test group"),
    "test_group.removed": gettext_lazy("Removed a test group"),
    "token.made": gettext_lazy("Made an API token"),
    "token.revoked": gettext_lazy("Revoked an API token"),
    "version.checked_again": gettext_lazy("Ran the checks of a version again"),
    "version.reviewed": gettext_lazy("An external reviewer answered"),
    "version.uploaded": gettext_lazy("Uploaded a version of a mini program"),
    "two_factor.code_failed": gettext_lazy("Mistyped a code from their mailbox"),
    "two_factor.code_used": gettext_lazy("Used a code from their mailbox as second factor"),
    "two_factor.policy_changed": gettext_lazy("Changed the two-factor policy"),
    "two_factor.reset": gettext_lazy("Reset the two-factor of a member"),
    "webhook.changed": gettext_lazy("Changed a webhook"),
    "webhook.disabled": gettext_lazy("Disabled a webhook"),
    "webhook.enabled": gettext_lazy("Enabled a webhook"),
    "webhook.made": gettext_lazy("Added a webhook"),
    "webhook.redelivered": gettext_lazy("Sent an event to a webhook once more"),
    "webhook.removed": gettext_lazy("Removed a webhook"),
    "webhook.secret_rotated": gettext_lazy("Made a new secret for a webhook"),
    "webhook.tested": gettext_lazy("Tested a webhook"),
    "workspace.changed": gettext_lazy("Changed the workspace"),
    "workspace.made": gettext_lazy("Made the workspace"),
}

VIAS: dict[str, Promise] = {
    Via.PAGE: gettext_lazy("Browser"),
    Via.API: gettext_lazy("API"),
    Via.COMMAND: gettext_lazy("Command line"),
    Via.PLATFORM: gettext_lazy("Platform"),
}

FIELDS: dict[str, Promise] = {
    "app_code": gettext_lazy("Code of the app"),
    "app_id": gettext_lazy("App ID"),
    "category": gettext_lazy("Category"),
    "copy_of": gettext_lazy("Copy of"),
    "default_language": gettext_lazy("Default language"),
    "delivery": gettext_lazy("Delivery"),
    "description": gettext_lazy("Description"),
    "domain_state": gettext_lazy("State of the domain"),
    "events": gettext_lazy("Events"),
    "grace_days": gettext_lazy("Days of grace"),
    "held_discard": gettext_lazy("Held events that are not sent"),
    "held_send": gettext_lazy("Held events that are sent now"),
    "icon": gettext_lazy("Icon"),
    "keep_days": gettext_lazy("Days to keep"),
    "kind": gettext_lazy("Kind"),
    "language": gettext_lazy("Language"),
    "mails": gettext_lazy("Mails"),
    "mini_program": gettext_lazy("Mini program"),
    "name": gettext_lazy("Name"),
    "note": gettext_lazy("Note"),
    "order": gettext_lazy("Order"),
    "overlap": gettext_lazy("Hours for which the old secret stays in use"),
    "permissions": gettext_lazy("Permissions"),
    "program_role": gettext_lazy("Role in the mini program"),
    "recovery": gettext_lazy("What was done"),
    "release_status": gettext_lazy("Status of the release"),
    "role": gettext_lazy("Role"),
    "server": gettext_lazy("Mail server"),
    "server_domains": gettext_lazy("Server domains"),
    "sha256": gettext_lazy("SHA-256"),
    "share": gettext_lazy("Share of the users"),
    "target": gettext_lazy("App and environment"),
    "testers": gettext_lazy("Testers"),
    "time_zone": gettext_lazy("Time zone"),
    "two_factor_required": gettext_lazy("Two-factor is required of"),
    "two_factor_reset": gettext_lazy("What it comes to"),
    "url": gettext_lazy("Address"),
    "web_app": gettext_lazy("Web app"),
}


# Words that the log keeps, as people read them.
WORDS: dict[tuple[str, str], Promise] = {
    ("program_role", "admin"): gettext_lazy("Admin"),
    ("program_role", "developer"): gettext_lazy("Developer"),
    ("two_factor_required", "admins"): gettext_lazy("Admins"),
    ("two_factor_required", "all"): gettext_lazy("All members"),
    ("two_factor_required", "off"): gettext_lazy("Nobody"),
    ("two_factor_reset", "mailed_code"): gettext_lazy("A mailed code stands in for it here"),
    ("two_factor_reset", "removed"): gettext_lazy("The second factors are removed"),
}

# A secret is recorded as one of these words, never as itself.
SECRET_WORDS: dict[str, Promise] = {
    SET: gettext_lazy("Set"),
    CHANGED: gettext_lazy("Changed"),
}


@dataclass(frozen=True)
class Row:
    """An audit entry in words."""

    entry: AuditEntry
    who: str
    address: str
    what: str
    subject: str
    via: str
    changes: list[Change]


def rows_of(entries: Iterable[AuditEntry]) -> list[Row]:
    """Entries in words, in the current language. Their `actor` must have been read with them."""
    entries = list(entries)
    labels, names = _labels(), labels_of(entries)
    # The log keeps labels in the language of who acted; a section has one in each.
    subjects = {("section", section.name): str(section.title) for section in all_sections()}
    return [
        Row(
            entry=entry,
            who=_who(entry),
            address=entry.actor.email if entry.actor and entry.actor.name else "",
            what=str(SENTENCES.get(entry.action, entry.action)),
            subject=subjects.get((entry.subject_kind, entry.subject_id))
            or subject_of(entry, names),
            via=str(VIAS.get(entry.via, entry.via)),
            changes=[
                Change(
                    field=labels.get((entry.subject_id, change["field"]))
                    or str(FIELDS.get(change["field"], change["field"])),
                    before=_value(entry.subject_id, change["field"], change["before"]),
                    after=_value(entry.subject_id, change["field"], change["after"]),
                )
                for change in entry.changes
            ],
        )
        for entry in entries
    ]


def _who(entry: AuditEntry) -> str:
    if entry.actor_id is not None:
        actor = entry.actor
        known = (actor.name or actor.email) if actor else ""
        return known or _("An erased person")
    if entry.via == Via.COMMAND:
        return _("The platform's operator")
    return _("The platform") if entry.via == Via.PLATFORM else _("Somebody not signed in")


def _value(subject_id: str, field: str, value: str) -> str:
    if any(section.name == subject_id and field in section.secrets for section in all_sections()):
        return str(SECRET_WORDS.get(value, value))
    if (field, value) in WORDS:
        return str(WORDS[field, value])
    if field == "release_status" and value in ReleaseStatus.values:
        return str(ReleaseStatus(value).label)
    return str(Role(value).label) if field == "role" and value in Role.values else value


def _labels() -> dict[tuple[str, str], str]:
    """What a section's own form calls its fields, by section and field."""
    return {
        (section.name, name): str(field.label)
        for section in all_sections()
        for name, field in section.form.base_fields.items()
        if field.label
    }
