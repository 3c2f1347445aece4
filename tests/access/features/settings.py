"""Settings: the sections, their drafts and revisions, settings as code, and files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from portico.basic_settings import services as settings_services
from portico.basic_settings.as_code.keeping import keep_upload
from portico.basic_settings.registry import section_named
from portico.domains.runs import start as start_check
from portico.kernel.clock import now
from portico.service_email.doctor.runs import start
from portico.service_email.doctor.wishes import saved_values
from tests.access.features.portal import an_image
from tests.access.rows import (
    ADMINS,
    ADMINS_CALL,
    ADMINS_DELETE,
    ADMINS_SENT,
    MEMBERS_SENT,
    NOT_THIS_FOR_ADMINS,
    NOT_THIS_FOR_MEMBERS,
    Operation,
    Page,
)
from tests.access.scene import VALUES, Scene
from tests.make import (
    AT,
    actor,
)


def about_us(_scene: Scene) -> dict[str, Any]:
    return {"name": "about-us"}


def about_us_then(_scene: Scene) -> dict[str, Any]:
    return {"name": "about-us", "number": 1}


def the_draft(scene: Scene) -> dict[str, object]:
    """What the buttons of a draft send."""
    draft = settings_services.draft_of(scene.cast.acme, section_named("about-us"))
    assert draft is not None
    return {"version": draft.version, "based_on": 1, "draft": draft.id}


def a_plan(scene: Scene) -> dict[str, str]:
    """A file of settings that waits, and a plan of it that is no longer the newest."""
    return {"kept": keep_upload(scene.cast.acme, b"portico: 1", at=AT), "plan": "old"}


def a_run_id(scene: Scene) -> UUID:
    """A test of acme's mail server that waits for a worker."""
    acme, admin = scene.cast.acme, scene.cast.admin
    wish = saved_values(acme)
    return start(acme, wish, to="ada@example.com", language="en", by=actor(admin), at=now()).id


def a_check(scene: Scene) -> dict[str, UUID]:
    """A check of acme's domain that waits for a worker."""
    acme, by = scene.cast.acme, actor(scene.cast.admin)
    section = section_named("domain-preference")
    values = {"alternative_domain": "pay.example.com"}
    settings_services.save(acme, section, values, based_on=1, by=by, at=AT)
    return {"run_id": start_check(acme, by=by, at=now()).id}


PAGES: dict[str, Page] = {
    "settings": Page(MEMBERS_SENT, NOT_THIS_FOR_MEMBERS),
    "tenant_settings": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "as_code": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "export_as_code": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "plan_as_code": Page(
        ADMINS_SENT,
        ADMINS,
        sent=lambda _: {"file": SimpleUploadedFile("settings.yaml", b"portico: 1")},
    ),
    "apply_as_code": Page(NOT_THIS_FOR_ADMINS, "409 403 403 403 403 404 302", sent=a_plan),
    "end_preview": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT),
    "section": Page(ADMINS_SENT, NOT_THIS_FOR_ADMINS, args=about_us),
    "edit_section": Page(
        ADMINS,
        ADMINS_SENT,
        args=about_us,
        sent=lambda scene: {"url": "https://example.com/", "action": "save", **the_draft(scene)},
    ),
    "preview_draft": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=about_us, sent=the_draft),
    "publish_draft": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=about_us, sent=the_draft),
    "discard_draft": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=about_us, sent=the_draft),
    "section_history": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=about_us),
    "section_revision": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=about_us_then),
    "restore_revision": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=about_us_then, sent=lambda _: {"based_on": 1}
    ),
    "try_release_process": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    # Empty, the form cannot be used.
    "try_release_process_form": Page(NOT_THIS_FOR_ADMINS, "422 403 403 403 403 404 302"),
    "about_us_link": Page(ADMINS_SENT, NOT_THIS_FOR_ADMINS),
    "check_about_us_link": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT),
    "test_email": Page(ADMINS, ADMINS_SENT, sent=lambda _: {"to": "ada@example.com"}),
    "test_run": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=lambda scene: {"run_id": a_run_id(scene)}),
    "cancel_test": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: {"run_id": a_run_id(scene)}
    ),
    "use_mail_server_anyway": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, sent=lambda _: {"based_on": 1}
    ),
    # There is no domain to check, or to write about.
    "check_domain": Page(ADMINS, "409 403 403 403 403 404 302"),
    "domain_check": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=a_check),
    "cancel_domain_check": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=a_check),
    "domain_instructions": Page(
        ADMINS, "409 403 403 403 403 404 302", sent=lambda _: {"to": "it@example.com"}
    ),
    "verify_outbound_ip": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT),
    "reset_section": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=about_us, sent=lambda _: {"based_on": 1}
    ),
    "workspace": Page(
        ADMINS,
        ADMINS_SENT,
        sent=lambda _: {
            "name": "Acme",
            "default_language": "en",
            "time_zone": "UTC",
            "based_on": 1,
        },
    ),
}


def _settings(name: str, body: dict[str, object], *, drafts: bool = True) -> dict[str, Operation]:
    """The operations that every section has, and those of its draft."""
    at = f"/settings/{name}"
    found = {
        f"GET {at}": Operation(ADMINS_CALL),
        f"PUT {at}": Operation(ADMINS_CALL, body=body, etag='"1"'),
        f"POST {at}/restore": Operation(ADMINS_CALL, body={"revision": 1}, etag='"1"'),
        f"POST {at}/reset": Operation(ADMINS_CALL, etag='"1"'),
        f"GET {at}/history": Operation(ADMINS_CALL),
        f"GET {at}/draft": Operation(ADMINS_CALL),
        f"PUT {at}/draft": Operation(ADMINS_CALL, body=body, etag='"1"'),
        f"DELETE {at}/draft": Operation(ADMINS_DELETE, etag='"1"'),
        f"POST {at}/draft/publish": Operation(ADMINS_CALL, query="?based_on=1", etag='"1"'),
    }
    return {call: row for call, row in found.items() if drafts or "/draft" not in call}


OPERATIONS: dict[str, Operation] = {
    **_settings("about-us", VALUES["about-us"]),
    "GET /settings/about-us/link": Operation(ADMINS_CALL),
    "POST /settings/about-us/link/check": Operation("202 403 403 403 403 401 401"),
    **_settings("branding", VALUES["branding"]),
    **_settings("copyright-notice", VALUES["copyright-notice"]),
    **_settings("domain-preference", VALUES["domain-preference"], drafts=False),
    **_settings("release-process", VALUES["release-process"]),
    "POST /settings/release-process/simulate": Operation(ADMINS_CALL, body={}),
    **_settings("service-email", VALUES["service-email"]),
    **_settings("terms-of-service", VALUES["terms-of-service"], drafts=False),
    "POST /settings/service-email/use-anyway": Operation(ADMINS_CALL, etag='"1"'),
    # There is no domain to check, or to write about.
    "POST /settings/domain-preference/check": Operation("409 403 403 403 403 401 401"),
    "POST /settings/domain-preference/instructions": Operation(
        "409 403 403 403 403 401 401", body={"to": "it@example.com"}
    ),
    # Nothing is chosen that could be verified.
    "POST /settings/domain-preference/verify-outbound-ip": Operation("409 403 403 403 403 401 401"),
    # Nobody listens there, and such a domain is looked up nowhere.
    "POST /settings/service-email/test": Operation(
        ADMINS_CALL,
        body={
            "values": {
                "account": "service@acme.localhost",
                "host": "localhost",
                "port": 25,
                "security": "none",
                "password": "",
            }
        },
    ),
    "GET /settings/export": Operation(ADMINS_CALL),
    "GET /settings/schema.json": Operation("200 200 200 200 200 200 200"),
    "POST /settings/plan": Operation("422 403 403 403 403 401 401"),
    "POST /settings/apply": Operation("422 403 403 403 403 401 401"),
    "POST /files": Operation("422 403 403 403 403 401 401"),
    "POST /files/icons": Operation("422 403 422 403 403 401 401"),
    "GET /files/{file_id}": Operation(
        ADMINS_CALL, path=lambda scene: {"file_id": an_image(scene)["sha256"]}
    ),
}
