"""Who may open what: every page and every API operation, for everybody, against one table.

The columns of the table are the five roles in `acme`, the outsider (an admin of `zenith`, signed in
on acme's host, or with zenith's token), and nobody. A page or an operation that is added needs a
row here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from allauth.usersessions.models import UserSession
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.crypto import get_random_string

from conftest import Cast
from portico.audit.services import PLATFORM
from portico.automated_checks.models import CheckRun, RunState
from portico.automated_checks.reviewers.services import disable_reviewer
from portico.basic_settings import services as settings_services
from portico.basic_settings.as_code.keeping import keep_upload
from portico.basic_settings.registry import section_named
from portico.config.api import api
from portico.domains.runs import start as start_check
from portico.files.models import StoredFile
from portico.files.services import store
from portico.kernel.access import access_of
from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.legal.acceptance.exempting import exempt
from portico.legal.acceptance.keys import key_of
from portico.legal.models import CheckedPdf, LegalKind, LegalVersion
from portico.members.links import token_of
from portico.members.models import Invitation
from portico.miniprograms.models import MiniProgram
from portico.miniprograms.services import put_live
from portico.service_email.doctor.runs import start
from portico.service_email.doctor.wishes import saved_values
from portico.service_email.models import MailState
from portico.targets.models import App, Environment
from portico.targets.services import archive_app, make_key
from portico.two_factor.tests.factors import give_app
from portico.webhooks.services import disable_endpoint
from portico.workspaces.api_door import BearerToken
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role
from tests.make import (
    AT,
    actor,
    make_app,
    make_delivery,
    make_invitation,
    make_legal_version,
    make_mail,
    make_member,
    make_program,
    make_reviewer,
    make_token,
    make_version,
    make_webhook,
)
from tests.pdfs import make_pdf

WHO = ("admin", "reviewer", "developer", "operator", "inspector", "outsider", "nobody")

EVERYBODY = "200 200 200 200 200 200 200"
MEMBERS = "200 200 200 200 200 404 302"
ADMINS = "200 403 403 403 403 404 302"
SENT = "302 302 302 302 302 302 302"
MEMBERS_SENT = "302 302 302 302 302 404 302"
ADMINS_SENT = "302 403 403 403 403 404 302"
NOT_THIS = "405 405 405 405 405 405 405"
NOT_THIS_FOR_MEMBERS = "405 405 405 405 405 404 302"
NOT_THIS_FOR_ADMINS = "405 403 403 403 403 404 302"
# Of a mini program that the developer is Admin of, and the operator assigned to.
CHANGERS = "200 403 200 403 403 404 302"
CHANGERS_SENT = "302 403 302 403 403 404 302"
NOT_THIS_FOR_CHANGERS = "405 403 405 403 403 404 302"
NOTHING = "404 404 404 404 404 404 404"
NOTHING_FOR_ADMINS = "404 403 403 403 403 404 302"


@dataclass(frozen=True)
class Scene:
    """What the samples below name: a section with a revision and a draft, and everybody's own."""

    cast: Cast
    who: str

    @property
    def member(self) -> Membership:
        """Whoever asks; nobody tries it with what belongs to the admin."""
        found: Membership = getattr(self.cast, "admin" if self.who == "nobody" else self.who)
        return found

    @property
    def token_id(self) -> UUID:
        """A token of theirs."""
        return make_token(self.member, at=AT)[0].id

    @property
    def run_id(self) -> UUID:
        """A test of acme's mail server that waits for a worker."""
        acme, admin = self.cast.acme, self.cast.admin
        wish = saved_values(acme)
        return start(acme, wish, to="ada@example.com", language="en", by=actor(admin), at=now()).id

    @property
    def check(self) -> dict[str, UUID]:
        """A check of acme's domain that waits for a worker."""
        acme, by = self.cast.acme, actor(self.cast.admin)
        section = section_named("domain-preference")
        values = {"alternative_domain": "pay.example.com"}
        settings_services.save(acme, section, values, based_on=1, by=by, at=AT)
        return {"run_id": start_check(acme, by=by, at=now()).id}

    @property
    def coming_terms(self) -> LegalVersion:
        """A version of acme's terms that closes no gate yet."""
        at = now() + timedelta(days=30)
        return make_legal_version(self.cast.acme, number=900, effective_at=at)

    @property
    def notice(self) -> dict[str, Any]:
        """A cookie notice of acme that is in force: it closes no gate."""
        version = make_legal_version(self.cast.acme, LegalKind.COOKIES, number=900)
        return {"kind": version.kind, "number": version.number}

    @property
    def second_notice(self) -> dict[str, Any]:
        """One that follows another and is not in force yet."""
        at = now() + timedelta(days=30)
        here = self.notice
        make_legal_version(self.cast.acme, LegalKind.COOKIES, number=901, effective_at=at)
        return {**here, "number": 901}

    @property
    def coming_notice(self) -> dict[str, Any]:
        """A cookie notice of acme that can still be withdrawn."""
        at = now() + timedelta(days=30)
        make_legal_version(self.cast.acme, LegalKind.COOKIES, number=900, effective_at=at)
        return {"kind": LegalKind.COOKIES, "number": 900}

    @property
    def uploaded_page(self) -> dict[str, Any]:
        """A page of a PDF that was uploaded to acme and is not published."""
        content = make_pdf("Uploaded")
        stored = store(self.cast.acme, content, content_type="application/pdf", at=now())
        CheckedPdf.objects.get_or_create(file=stored, defaults={"sizes": [[893, 1263]]})
        return {"sha256": stored.sha256, "page": 1}

    @property
    def exempt_colleague(self) -> dict[str, UUID]:
        """Another member of acme, who need not accept."""
        colleague, by = self.colleague, actor(self.cast.admin)
        exempt(self.cast.acme, **colleague, reason="Robot", until=None, by=by, at=AT)
        return colleague

    @property
    def program(self) -> MiniProgram:
        """A mini program of acme: the developer is Admin of it, the operator assigned to it."""
        cast = self.cast
        return make_program(cast.acme, admin=cast.developer, developer=cast.operator)

    @property
    def version_place(self) -> dict[str, Any]:
        """A version of a mini program of acme."""
        version = make_version(self.program)
        return {"app_id": version.program.app_id, "code": version.code}

    @property
    def on_the_web(self) -> dict[str, Any]:
        """A mini program of acme that is live on the web."""
        version = make_version(self.program)
        put_live(
            version.program, self.web_app.targets.get(environment="production"), version, at=AT
        )
        return {"app_id": version.program.app_id}

    @property
    def program_place(self) -> dict[str, Any]:
        """A mini program of acme, and the Sandbox of an app."""
        return {
            "app_id": self.program.app_id,
            "code": self.app.code,
            "environment": "sandbox",
        }

    @property
    def tester(self) -> dict[str, Any]:
        """Somebody who tries a mini program of acme in the Sandbox of an app."""
        program, app = self.program, self.app
        target = app.targets.get(environment=Environment.SANDBOX)
        tester = program.testers.create(target=target, user_id="u-1")
        return {
            "app_id": program.app_id,
            "code": app.code,
            "environment": "sandbox",
            "tester_id": tester.id,
        }

    @property
    def program_member(self) -> dict[str, Any]:
        """The operator, who is assigned to a mini program of acme as Developer."""
        program = self.program
        member = program.members.get(membership=self.cast.operator)
        return {"app_id": program.app_id, "member_id": member.id}

    @property
    def newcomer(self) -> dict[str, Any]:
        """A developer of acme, who is to work on a mini program."""
        member = make_member(self.cast.acme, Role.DEVELOPER)
        return {"email": member.person.email, "role": "developer"}

    @property
    def mail_id(self) -> UUID:
        """A mail of acme that failed."""
        return make_mail(self.cast.acme, state=MailState.FAILED).id

    @property
    def webhook(self) -> dict[str, UUID]:
        """A webhook of acme."""
        return {"endpoint_id": make_webhook(self.cast.acme)[0].id}

    @property
    def delivery(self) -> dict[str, UUID]:
        """What was delivered to a webhook of acme."""
        endpoint = make_webhook(self.cast.acme)[0]
        return {"endpoint_id": endpoint.id, "delivery_id": make_delivery(endpoint).id}

    @property
    def disabled_webhook(self) -> dict[str, UUID]:
        """A webhook of acme that is disabled."""
        endpoint = make_webhook(self.cast.acme)[0]
        disable_endpoint(self.cast.acme, endpoint.id, by=PLATFORM, at=AT)
        return {"endpoint_id": endpoint.id}

    @property
    def reviewer(self) -> dict[str, UUID]:
        """An external reviewer of acme."""
        return {"reviewer_id": make_reviewer(self.cast.acme)[0].id}

    @property
    def disabled_reviewer(self) -> dict[str, UUID]:
        """One that is disabled."""
        reviewer = make_reviewer(self.cast.acme)[0]
        disable_reviewer(self.cast.acme, reviewer.id, by=PLATFORM, at=AT)
        return {"reviewer_id": reviewer.id}

    @property
    def checked_place(self) -> dict[str, Any]:
        """A version of a mini program of acme whose checks have ended."""
        version = make_version(self.program)
        CheckRun.objects.create(
            workspace=self.cast.acme, version=version, state=RunState.DONE, finished_at=AT
        )
        return {"app_id": version.program.app_id, "code": version.code}

    @property
    def app(self) -> App:
        """An app of acme."""
        return make_app(self.cast.acme)

    @property
    def archived_app(self) -> App:
        """An app of acme that is archived."""
        return archive_app(self.cast.acme, self.app.id, by=PLATFORM, at=AT)

    @property
    def web_app(self) -> App:
        """Acme's web app."""
        return make_app(self.cast.acme, is_web=True)

    @property
    def target(self) -> dict[str, Any]:
        """The Sandbox of an app of acme."""
        return {"app_id": self.app.id, "environment": "sandbox"}

    @property
    def target_key(self) -> dict[str, Any]:
        """A key of the Sandbox of an app of acme."""
        app = self.app
        target = app.targets.get(environment=Environment.SANDBOX)
        key, _secret = make_key(target, "Build server", by=PLATFORM, at=AT)
        return {"app_id": app.id, "environment": "sandbox", "key_id": key.id}

    @property
    def colleague(self) -> dict[str, UUID]:
        """Another member of acme."""
        return {"member_id": make_member(self.cast.acme, Role.DEVELOPER).id}

    @property
    def colleague_with_app(self) -> dict[str, UUID]:
        """Another member of acme, who has an authenticator app."""
        member = make_member(self.cast.acme, Role.DEVELOPER)
        give_app(member.person)
        return {"member_id": member.id}

    @property
    def blocked_colleague(self) -> dict[str, UUID]:
        """Another member of acme, who is blocked."""
        member = make_member(self.cast.acme, Role.DEVELOPER)
        Membership.objects.filter(id=member.id).update(blocked_at=AT)
        return {"member_id": member.id}

    @property
    def invitation(self) -> Invitation:
        """An open invitation to acme, of a while ago."""
        return make_invitation(self.cast.acme, at=now() - timedelta(hours=1))

    @property
    def session_id(self) -> int:
        """A session of theirs, elsewhere."""
        session: UserSession = UserSession.objects.create(
            user=self.member.person, session_key=get_random_string(32), ip="127.0.0.1"
        )
        return int(session.pk)

    @property
    def draft(self) -> dict[str, object]:
        """What the buttons of a draft send."""
        draft = settings_services.draft_of(self.cast.acme, section_named("about-us"))
        assert draft is not None
        return {"version": draft.version, "based_on": 1, "draft": draft.id}

    @property
    def planned(self) -> dict[str, str]:
        """A file of settings that waits, and a plan of it that is no longer the newest."""
        return {"kept": keep_upload(self.cast.acme, b"portico: 1", at=AT), "plan": "old"}

    @property
    def file(self) -> dict[str, str]:
        """A published image of acme."""
        stored = StoredFile.objects.filter(
            workspace=self.cast.acme, is_public=True, content_type="image/png"
        ).first()
        assert stored is not None
        return {"sha256": stored.sha256, "ending": "png"}


Sample = Callable[[Scene], dict[str, Any]]


@dataclass(frozen=True)
class Page:
    """What GET and POST answer, for each column; and what to send so that an answer says much."""

    get: str
    post: str
    args: Sample = lambda _scene: {}
    sent: Sample = lambda _scene: {}


def nothing_of(_made: object) -> dict[str, Any]:
    """Nothing in the address, of something that is there to ask about."""
    return {}


def with_terms(scene: Scene) -> dict[str, Any]:
    """Nothing in the address; there is a version to ask about."""
    return nothing_of(scene.coming_terms)


def with_notice(scene: Scene) -> dict[str, Any]:
    """Nothing in the address; there is a document to list."""
    return nothing_of(scene.notice)


def a_kind(_scene: Scene) -> dict[str, Any]:
    return {"kind": LegalKind.PRIVACY}


def with_key(scene: Scene) -> dict[str, Any]:
    """Nothing in the address; acme has signed evidence."""
    return nothing_of(key_of(scene.cast.acme, at=AT))


def about_us(_scene: Scene) -> dict[str, Any]:
    return {"name": "about-us"}


def a_number(_scene: Scene) -> dict[str, Any]:
    return {"number": UUID(int=7)}


def about_us_then(_scene: Scene) -> dict[str, Any]:
    return {"name": "about-us", "number": 1}


APP: dict[str, object] = {"name": "Acme Pay for Android", "code": "pay-android"}
PROGRAM: dict[str, Any] = {"name": "Train Tickets", "category": "travel"}
NEW_PROGRAM: dict[str, Any] = {**PROGRAM, "app_id": "com.example.rail", "kind": "package"}
WEBHOOK: dict[str, Any] = {
    "url": "https://hooks.acme.example.com/portico",
    "events": ["settings.changed"],
    "description": "Ledger",
}
REVIEWER: dict[str, Any] = {"name": "Lab", "url": "https://review.example.com/portico"}

PAGES: dict[str, Page] = {
    # The portal and what browsers ask for by name
    "home": Page(EVERYBODY, NOT_THIS),
    "program_landing": Page(EVERYBODY, NOT_THIS, args=lambda scene: scene.on_the_web),
    "choose_language": Page(NOT_THIS, SENT, sent=lambda _: {"language": "en"}),
    "favicon": Page(EVERYBODY, NOT_THIS),
    "apple_touch_icon": Page(EVERYBODY, NOT_THIS),
    "web_manifest": Page(EVERYBODY, NOT_THIS),
    "domain_marker": Page(EVERYBODY, NOT_THIS),
    "egress_ips_json": Page(EVERYBODY, NOT_THIS),
    "egress_ips_text": Page(EVERYBODY, NOT_THIS),
    "echo": Page(EVERYBODY, NOT_THIS),
    "public_file": Page(EVERYBODY, NOT_THIS, args=lambda scene: scene.file),
    # Legal documents
    "legal_overview": Page(EVERYBODY, NOT_THIS, args=with_notice),
    "legal_document": Page(EVERYBODY, NOT_THIS, args=lambda scene: {"kind": scene.notice["kind"]}),
    "legal_version": Page(EVERYBODY, NOT_THIS, args=lambda scene: scene.notice),
    "legal_pdf": Page(EVERYBODY, NOT_THIS, args=lambda scene: scene.notice),
    "legal_page": Page(
        EVERYBODY, NOT_THIS, args=lambda scene: {**scene.notice, "language": "en", "page": 1}
    ),
    "legal_documents": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "legal_upload_page": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=lambda scene: scene.uploaded_page),
    "legal_versions": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=a_kind),
    "publish_legal": Page(ADMINS, "422 403 403 403 403 404 302", args=a_kind),
    "legal_changes": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=lambda scene: scene.second_notice),
    "withdraw_legal": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: scene.coming_notice
    ),
    # Accepting legal documents, and cookies
    "accept_documents": Page(MEMBERS, "422 422 422 422 422 404 302"),
    "open_document": Page(
        MEMBERS_SENT,
        NOT_THIS_FOR_MEMBERS,
        args=lambda scene: {"version_id": scene.coming_terms.id, "language": "en"},
    ),
    "decline_documents": Page(NOT_THIS_FOR_MEMBERS, "409 409 409 409 409 404 302"),
    "declined_documents": Page(EVERYBODY, NOT_THIS),
    "legal_key": Page(EVERYBODY, NOT_THIS, args=with_key),
    "cookies": Page(EVERYBODY, SENT, sent=lambda _: {"choice": "necessary"}),
    "legal_coverage": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=with_terms),
    "legal_coverage_csv": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=with_terms),
    "legal_evidence": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=with_terms),
    "exempt_member": Page(
        ADMINS, ADMINS_SENT, args=lambda scene: scene.colleague, sent=lambda _: {"reason": "Robot"}
    ),
    "end_exemption": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: scene.exempt_colleague
    ),
    # Sign-in
    "mailed_code": Page(SENT, SENT),  # nobody is between password and second factor here
    "send_mailed_code": Page(SENT, SENT),
    "account_login": Page(
        "302 302 302 302 302 302 200",
        "302 302 302 302 302 302 200",
        sent=lambda _: {"login": "admin@acme.example.com", "password": "wrong"},
    ),
    "passkey_options": Page(NOT_THIS, EVERYBODY),
    "passkey_sign_in": Page(NOT_THIS, SENT),
    "second_factor": Page(SENT, SENT),
    "second_factor_options": Page(NOT_THIS, SENT),
    "single_sign_on": Page(NOT_THIS, NOTHING, args=lambda _: {"provider_id": "staff"}),
    "single_sign_on_callback": Page(NOTHING, NOT_THIS, args=lambda _: {"provider_id": "staff"}),
    "account_logout": Page("200 200 200 200 200 200 302", SENT),
    "account_inactive": Page(EVERYBODY, NOT_THIS),
    "account_reset_password": Page(
        EVERYBODY, SENT, sent=lambda scene: {"email": f"{scene.who}@example.com"}
    ),
    "account_reset_password_done": Page(EVERYBODY, NOT_THIS),
    "account_reset_password_from_key": Page(
        EVERYBODY, EVERYBODY, args=lambda _: {"uidb36": "1", "key": "made-up"}
    ),
    "account_reset_password_from_key_done": Page(EVERYBODY, NOT_THIS),
    "ask_for_verification": Page(NOT_THIS, SENT),
    "verify_address": Page(
        EVERYBODY, EVERYBODY, args=lambda _: {"person_id": new_id(), "key": "made-up"}
    ),
    "after_sign_in": Page(SENT, NOT_THIS),
    # From one workspace to another
    "switch": Page(NOT_THIS, "200 200 200 200 200 404 302", args=lambda _: {"slug": "acme"}),
    "handoff": Page("409 409 409 409 409 409 409", "409 409 409 409 409 409 409"),
    # The console
    "dashboard": Page(MEMBERS, NOT_THIS_FOR_MEMBERS),
    "audit_log": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "audit_csv": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    # The inbox of the demo's mail server, which runs in a demo only
    "demo_inbox": Page(NOTHING_FOR_ADMINS, NOT_THIS_FOR_ADMINS),
    "demo_message": Page(NOTHING_FOR_ADMINS, NOT_THIS_FOR_ADMINS, args=a_number),
    "demo_message_html": Page(NOTHING_FOR_ADMINS, NOT_THIS_FOR_ADMINS, args=a_number),
    "demo_message_source": Page(NOTHING_FOR_ADMINS, NOT_THIS_FOR_ADMINS, args=a_number),
    # The mail log
    "mail_log": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "mail": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=lambda scene: {"mail_id": scene.mail_id}),
    "mail_html": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=lambda scene: {"mail_id": scene.mail_id}),
    "resend_mail": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: {"mail_id": scene.mail_id}
    ),
    "retry_failed_mails": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT),
    "mail_retention": Page(ADMINS, ADMINS_SENT, sent=lambda _: {"days": 30}),
    # Webhooks
    "webhooks": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "new_webhook": Page(ADMINS, ADMINS, sent=lambda _: WEBHOOK),
    "webhook": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=lambda scene: scene.webhook),
    "edit_webhook": Page(
        ADMINS,
        ADMINS_SENT,
        args=lambda scene: scene.webhook,
        sent=lambda _: {**WEBHOOK, "based_on": 1},
    ),
    "disable_webhook": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: scene.webhook),
    "enable_webhook": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: scene.disabled_webhook
    ),
    "remove_webhook": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: scene.webhook),
    "rotate_webhook_secret": Page(
        NOT_THIS_FOR_ADMINS,
        ADMINS,
        args=lambda scene: scene.webhook,
        sent=lambda _: {"overlap": 24, "based_on": 1},
    ),
    "test_webhook": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: scene.webhook),
    "webhook_deliveries": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=lambda scene: scene.webhook),
    "webhook_delivery": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=lambda scene: scene.delivery),
    "redeliver_webhook": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: scene.delivery),
    # Apps
    "apps": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "new_app": Page(ADMINS, ADMINS_SENT, sent=lambda _: APP),
    "app": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=lambda scene: {"app_id": scene.app.id}),
    "edit_app": Page(
        ADMINS,
        ADMINS_SENT,
        args=lambda scene: {"app_id": scene.app.id},
        sent=lambda _: {**APP, "based_on": 1},
    ),
    "archive_app": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: {"app_id": scene.app.id}
    ),
    "restore_app": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: {"app_id": scene.archived_app.id}
    ),
    "make_web_app": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: {"app_id": scene.app.id}
    ),
    "end_web_app": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: {"app_id": scene.web_app.id}
    ),
    "new_target_key": Page(
        ADMINS, ADMINS, args=lambda scene: scene.target, sent=lambda _: {"name": "Build server"}
    ),
    "rotate_target_key": Page(
        ADMINS, ADMINS, args=lambda scene: scene.target_key, sent=lambda _: {"overlap": 24}
    ),
    "revoke_target_key": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: scene.target_key
    ),
    # Mini programs
    "programs": Page(MEMBERS, NOT_THIS_FOR_MEMBERS),
    "new_program": Page(CHANGERS, CHANGERS_SENT, sent=lambda _: NEW_PROGRAM),
    "program": Page(
        MEMBERS, NOT_THIS_FOR_MEMBERS, args=lambda scene: {"app_id": scene.program.app_id}
    ),
    "edit_program": Page(
        CHANGERS,
        CHANGERS_SENT,
        args=lambda scene: {"app_id": scene.program.app_id},
        sent=lambda _: {**PROGRAM, "based_on": 1},
    ),
    "archive_program": Page(
        NOT_THIS_FOR_CHANGERS, CHANGERS_SENT, args=lambda scene: {"app_id": scene.program.app_id}
    ),
    "restore_program": Page(
        NOT_THIS_FOR_CHANGERS, CHANGERS_SENT, args=lambda scene: {"app_id": scene.program.app_id}
    ),
    "program_set_up": Page(
        MEMBERS, NOT_THIS_FOR_MEMBERS, args=lambda scene: {"app_id": scene.program.app_id}
    ),
    "edit_set_up": Page(
        CHANGERS,
        CHANGERS_SENT,
        args=lambda scene: scene.program_place,
        sent=lambda _: {"server_domains": "api.example.com", "based_on": 0},
    ),
    "program_testers": Page(
        MEMBERS, NOT_THIS_FOR_MEMBERS, args=lambda scene: {"app_id": scene.program.app_id}
    ),
    "target_testers": Page(
        MEMBERS,
        CHANGERS_SENT,
        args=lambda scene: scene.program_place,
        sent=lambda _: {"testers": "u-1"},
    ),
    "clear_testers": Page(
        NOT_THIS_FOR_CHANGERS, CHANGERS_SENT, args=lambda scene: scene.program_place
    ),
    "remove_tester": Page(NOT_THIS_FOR_CHANGERS, CHANGERS_SENT, args=lambda scene: scene.tester),
    "program_members": Page(
        MEMBERS,
        CHANGERS_SENT,
        args=lambda scene: {"app_id": scene.program.app_id},
        sent=lambda scene: scene.newcomer,
    ),
    "change_program_member": Page(
        NOT_THIS_FOR_CHANGERS,
        CHANGERS_SENT,
        args=lambda scene: scene.program_member,
        sent=lambda _: {"role": "developer"},
    ),
    "remove_program_member": Page(
        NOT_THIS_FOR_CHANGERS, CHANGERS_SENT, args=lambda scene: scene.program_member
    ),
    "program_versions": Page(
        MEMBERS, NOT_THIS_FOR_MEMBERS, args=lambda scene: {"app_id": scene.program.app_id}
    ),
    "program_version": Page(MEMBERS, NOT_THIS_FOR_MEMBERS, args=lambda scene: scene.version_place),
    # No file comes along.
    "upload_version": Page(
        CHANGERS,
        "422 403 422 403 403 404 302",
        args=lambda scene: {"app_id": scene.program.app_id},
    ),
    "version_package": Page(
        CHANGERS, NOT_THIS_FOR_CHANGERS, args=lambda scene: scene.version_place
    ),
    "version_checks": Page(MEMBERS, NOT_THIS_FOR_MEMBERS, args=lambda scene: scene.version_place),
    "run_checks": Page(
        NOT_THIS_FOR_CHANGERS, CHANGERS_SENT, args=lambda scene: scene.checked_place
    ),
    # Reviewers
    "reviewers": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "new_reviewer": Page(ADMINS, ADMINS, sent=lambda _: REVIEWER),
    "reviewer": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=lambda scene: scene.reviewer),
    "edit_reviewer": Page(
        ADMINS,
        ADMINS_SENT,
        args=lambda scene: scene.reviewer,
        sent=lambda _: {**REVIEWER, "based_on": 1},
    ),
    "disable_reviewer": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: scene.reviewer),
    "enable_reviewer": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: scene.disabled_reviewer
    ),
    "remove_reviewer": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: scene.reviewer),
    "rotate_reviewer_secret": Page(
        NOT_THIS_FOR_ADMINS,
        ADMINS,
        args=lambda scene: scene.reviewer,
        sent=lambda _: {"overlap": 24, "based_on": 1},
    ),
    # Members
    "members": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "members_csv": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "member": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=lambda scene: scene.colleague),
    "change_member_role": Page(
        NOT_THIS_FOR_ADMINS,
        ADMINS_SENT,
        args=lambda scene: scene.colleague,
        sent=lambda _: {"role": "operator"},
    ),
    "block_member": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: scene.colleague),
    "unblock_member": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: scene.blocked_colleague
    ),
    "reset_member_two_factor": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: scene.colleague_with_app
    ),
    "remove_member": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: scene.colleague),
    "invite": Page(
        ADMINS, ADMINS_SENT, sent=lambda _: {"emails": "new@example.com", "role": "operator"}
    ),
    "invitations": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "resend_invitation": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: {"invitation_id": scene.invitation.id}
    ),
    "withdraw_invitation": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: {"invitation_id": scene.invitation.id}
    ),
    # Who is signed in as somebody else cannot accept; nobody gets the form back, to fill it in.
    "invitation": Page(
        EVERYBODY,
        "409 409 409 409 409 409 422",
        args=lambda scene: {"token": token_of(scene.invitation)},
    ),
    # Settings: the Tenant tab
    "settings": Page(MEMBERS_SENT, NOT_THIS_FOR_MEMBERS),
    "tenant_settings": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "as_code": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "export_as_code": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "plan_as_code": Page(
        ADMINS_SENT,
        ADMINS,
        sent=lambda _: {"file": SimpleUploadedFile("settings.yaml", b"portico: 1")},
    ),
    "apply_as_code": Page(
        NOT_THIS_FOR_ADMINS, "409 403 403 403 403 404 302", sent=lambda scene: scene.planned
    ),
    "end_preview": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT),
    "section": Page(ADMINS_SENT, NOT_THIS_FOR_ADMINS, args=about_us),
    "edit_section": Page(
        ADMINS,
        ADMINS_SENT,
        args=about_us,
        sent=lambda scene: {"url": "https://example.com/", "action": "save", **scene.draft},
    ),
    "preview_draft": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=about_us, sent=lambda scene: scene.draft
    ),
    "publish_draft": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=about_us, sent=lambda scene: scene.draft
    ),
    "discard_draft": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=about_us, sent=lambda scene: scene.draft
    ),
    "section_history": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=about_us),
    "section_revision": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=about_us_then),
    "restore_revision": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=about_us_then, sent=lambda _: {"based_on": 1}
    ),
    "about_us_link": Page(ADMINS_SENT, NOT_THIS_FOR_ADMINS),
    "check_about_us_link": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT),
    "test_email": Page(ADMINS, ADMINS_SENT, sent=lambda _: {"to": "ada@example.com"}),
    "test_run": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=lambda scene: {"run_id": scene.run_id}),
    "cancel_test": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: {"run_id": scene.run_id}
    ),
    "use_mail_server_anyway": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, sent=lambda _: {"based_on": 1}
    ),
    # There is no domain to check, or to write about.
    "check_domain": Page(ADMINS, "409 403 403 403 403 404 302"),
    "domain_check": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=lambda scene: scene.check),
    "cancel_domain_check": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: scene.check),
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
    "two_factor_policy": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "change_two_factor_policy": Page(
        NOT_THIS_FOR_ADMINS,
        ADMINS_SENT,
        sent=lambda _: {"required": "off", "grace_days": 9, "based_on": 0},
    ),
    "after_two_factor": Page(MEMBERS_SENT, NOT_THIS_FOR_MEMBERS),
    "limited_session": Page(MEMBERS_SENT, NOT_THIS_FOR_MEMBERS),
    # Settings: the Account tab
    "account_profile": Page(
        MEMBERS, MEMBERS_SENT, sent=lambda _: {"name": "A", "language": "", "time_zone": ""}
    ),
    # The cast has no passwords: they are sent to where one is set by mail.
    "account_change_password": Page(MEMBERS_SENT, MEMBERS_SENT),
    "account_reauthenticate": Page(MEMBERS, "422 422 422 422 422 404 302"),
    "confirm_options": Page(NOT_THIS_FOR_MEMBERS, MEMBERS),
    "two_factor": Page(MEMBERS, NOT_THIS_FOR_MEMBERS),
    # The sessions of the cast have shown nothing here: they are asked to confirm first.
    "authenticator_app": Page(MEMBERS_SENT, MEMBERS_SENT),
    "remove_authenticator_app": Page(MEMBERS_SENT, MEMBERS_SENT),
    "recovery_codes": Page(MEMBERS_SENT, NOT_THIS_FOR_MEMBERS),
    "download_recovery_codes": Page(MEMBERS_SENT, NOT_THIS_FOR_MEMBERS),
    "make_recovery_codes": Page(MEMBERS_SENT, MEMBERS_SENT),
    "new_passkey": Page(MEMBERS_SENT, MEMBERS_SENT),
    "new_passkey_options": Page(NOT_THIS_FOR_MEMBERS, MEMBERS_SENT),
    "rename_passkey": Page(MEMBERS_SENT, MEMBERS_SENT, args=lambda _: {"passkey_id": 7}),
    "remove_passkey": Page(MEMBERS_SENT, MEMBERS_SENT, args=lambda _: {"passkey_id": 7}),
    "account_sessions": Page(MEMBERS, NOT_THIS_FOR_MEMBERS),
    "end_other_sessions": Page(NOT_THIS_FOR_MEMBERS, MEMBERS_SENT),
    "end_session": Page(
        NOT_THIS_FOR_MEMBERS, MEMBERS_SENT, args=lambda scene: {"session_id": scene.session_id}
    ),
    "account_tokens": Page(
        MEMBERS, MEMBERS, sent=lambda _: {"name": "CI", "permissions": ["account"], "days": 7}
    ),
    "revoke_api_token": Page(
        NOT_THIS_FOR_MEMBERS, MEMBERS_SENT, args=lambda scene: {"token_id": scene.token_id}
    ),
    # Who has not shown who they are just now is asked to.
    "linked_sign_ins": Page(MEMBERS, NOT_THIS_FOR_MEMBERS),
    "link_sign_in": Page(
        NOT_THIS_FOR_MEMBERS, MEMBERS_SENT, args=lambda _: {"provider_id": "staff"}
    ),
    "unlink_sign_in": Page(NOT_THIS_FOR_MEMBERS, MEMBERS_SENT, args=lambda _: {"link_id": 1}),
    # The API's own pages
    "api:openapi-json": Page(EVERYBODY, EVERYBODY),
    "api:openapi-view": Page(EVERYBODY, EVERYBODY),
    "api:api-root": Page(NOTHING, NOTHING),
    # The gallery of the design system, in development only
    "ui_components": Page(EVERYBODY, NOT_THIS),
    "ui_frame": Page(EVERYBODY, NOT_THIS, args=lambda _: {"name": "portal"}),
}

# In the API an outsider's token is one that is unknown here, as nobody's is.
MEMBERS_CALL = "200 200 200 200 200 401 401"
ADMINS_CALL = "200 403 403 403 403 401 401"
ADMINS_DELETE = "204 403 403 403 403 401 401"


@dataclass(frozen=True)
class Operation:
    """What an operation answers, for each column."""

    answers: str
    path: Sample = lambda _scene: {}
    body: dict[str, object] = field(default_factory=dict)
    query: str = ""
    etag: str = ""


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


VALUES: dict[str, dict[str, object]] = {
    "about-us": {"url": "https://example.com/about"},
    "branding": {"brand_color": "#123456"},
    "copyright-notice": {"text": "© {year} Acme Pay"},
    "domain-preference": {"tls_elsewhere": True},
    "service-email": {
        "account": "service@acme.example.com",
        "host": "smtp.example.com",
        "password": "a password",
    },
    "terms-of-service": {"documents": []},
}


def _webhooks() -> dict[str, Operation]:
    """The operations of webhooks, with one of acme's."""

    def one(scene: Scene) -> dict[str, UUID]:
        return {"webhook_id": scene.webhook["endpoint_id"]}

    def disabled(scene: Scene) -> dict[str, UUID]:
        return {"webhook_id": scene.disabled_webhook["endpoint_id"]}

    def delivery(scene: Scene) -> dict[str, UUID]:
        found = scene.delivery
        return {"webhook_id": found["endpoint_id"], "delivery_id": found["delivery_id"]}

    at = "/webhooks/{webhook_id}"
    return {
        "GET /webhooks": Operation(ADMINS_CALL),
        "POST /webhooks": Operation("201 403 403 403 403 401 401", body=WEBHOOK),
        "GET /webhooks/events": Operation(ADMINS_CALL),
        f"GET {at}": Operation(ADMINS_CALL, path=one),
        f"PUT {at}": Operation(ADMINS_CALL, path=one, body=WEBHOOK, etag='"1"'),
        f"DELETE {at}": Operation(ADMINS_DELETE, path=one),
        f"POST {at}/disable": Operation(ADMINS_CALL, path=one),
        f"POST {at}/enable": Operation(ADMINS_CALL, path=disabled, body={"held": "send"}),
        f"POST {at}/rotate-secret": Operation(ADMINS_CALL, path=one, body={"overlap_hours": 24}),
        f"POST {at}/test": Operation(ADMINS_CALL, path=one),
        f"GET {at}/deliveries": Operation(ADMINS_CALL, path=one),
        f"GET {at}/deliveries/{{delivery_id}}": Operation(ADMINS_CALL, path=delivery),
        f"POST {at}/deliveries/{{delivery_id}}/redeliver": Operation(ADMINS_CALL, path=delivery),
    }


def _apps() -> dict[str, Operation]:
    """The operations of apps and their keys, with one of acme's."""

    def one(scene: Scene) -> dict[str, Any]:
        return {"app": scene.app.code}

    def archived(scene: Scene) -> dict[str, Any]:
        return {"app": scene.archived_app.code}

    def web(scene: Scene) -> dict[str, Any]:
        return {"app": scene.web_app.code}

    def target(scene: Scene) -> dict[str, Any]:
        found = scene.target
        return {"app": found["app_id"], "environment": found["environment"]}

    def key(scene: Scene) -> dict[str, Any]:
        found = scene.target_key
        return {**found, "app": found["app_id"]}

    at, keys = "/apps/{app}", "/apps/{app}/targets/{environment}/keys"
    admins_make = "201 403 403 403 403 401 401"
    return {
        "GET /apps": Operation(ADMINS_CALL),
        "POST /apps": Operation(admins_make, body=APP),
        f"GET {at}": Operation(ADMINS_CALL, path=one),
        f"PUT {at}": Operation(ADMINS_CALL, path=one, body=APP, etag='"1"'),
        f"POST {at}/archive": Operation(ADMINS_CALL, path=one),
        f"POST {at}/restore": Operation(ADMINS_CALL, path=archived),
        f"PUT {at}/web": Operation(ADMINS_CALL, path=one, body={"instead_of": None}),
        f"DELETE {at}/web": Operation(ADMINS_CALL, path=web),
        f"GET {keys}": Operation(ADMINS_CALL, path=target),
        f"POST {keys}": Operation(admins_make, path=target, body={"name": "Build server"}),
        f"POST {keys}/{{key_id}}/rotate": Operation(
            admins_make, path=key, body={"overlap_hours": 24}
        ),
        f"POST {keys}/{{key_id}}/revoke": Operation(ADMINS_CALL, path=key),
    }


def _programs() -> dict[str, Operation]:
    """The operations of mini programs, with one of acme's: see CHANGERS."""

    def one(scene: Scene) -> dict[str, Any]:
        return {"app_id": scene.program.app_id}

    def archived(scene: Scene) -> dict[str, Any]:
        program = scene.program
        MiniProgram.objects.filter(id=program.id).update(archived_at=AT)
        return {"app_id": program.app_id}

    def place(scene: Scene) -> dict[str, Any]:
        found = scene.program_place
        return {**found, "app": found["code"]}

    def tester(scene: Scene) -> dict[str, Any]:
        found = scene.tester
        return {**found, "app": found["code"]}

    at, target = "/mini-programs/{app_id}", "/mini-programs/{app_id}/targets/{app}/{environment}"
    changers = "200 403 200 403 403 401 401"
    changers_delete = "204 403 204 403 403 401 401"
    set_up: dict[str, object] = {"server_domains": ["api.example.com"], "variables": {}}
    return {
        "GET /mini-programs": Operation(MEMBERS_CALL),
        "POST /mini-programs": Operation("201 403 201 403 403 401 401", body=NEW_PROGRAM),
        f"GET {at}": Operation(MEMBERS_CALL, path=one),
        f"PUT {at}": Operation(changers, path=one, body=PROGRAM, etag='"1"'),
        f"POST {at}/archive": Operation(changers, path=one),
        f"POST {at}/restore": Operation(changers, path=archived),
        f"GET {at}/targets": Operation(MEMBERS_CALL, path=one),
        f"GET {target}": Operation(MEMBERS_CALL, path=place),
        f"PUT {target}": Operation(changers, path=place, body=set_up, etag='"0"'),
        f"GET {target}/testers": Operation(MEMBERS_CALL, path=place),
        f"POST {target}/testers": Operation(
            changers, path=place, body={"testers": [{"user_id": "u-1"}]}
        ),
        f"DELETE {target}/testers/{{tester_id}}": Operation(changers_delete, path=tester),
        f"GET {at}/members": Operation(MEMBERS_CALL, path=one),
        # Nobody has that address.
        f"POST {at}/members": Operation(
            "422 403 422 403 403 401 401",
            path=one,
            body={"email": "nobody@example.com", "role": "developer"},
        ),
        # That is what they are.
        f"PATCH {at}/members/{{member_id}}": Operation(
            "409 403 409 403 403 401 401",
            path=lambda scene: scene.program_member,
            body={"role": "developer"},
        ),
        f"DELETE {at}/members/{{member_id}}": Operation(
            changers_delete, path=lambda scene: scene.program_member
        ),
        # Neither a package nor a hosted version comes along.
        f"PUT {at}/versions": Operation("422 403 422 403 403 401 401", path=one),
        f"GET {at}/versions": Operation(MEMBERS_CALL, path=one),
        f"GET {at}/versions/{{code}}": Operation(
            MEMBERS_CALL, path=lambda scene: scene.version_place
        ),
        f"GET {at}/versions/{{code}}/package": Operation(
            changers, path=lambda scene: scene.version_place
        ),
        f"GET {at}/versions/{{code}}/checks": Operation(
            MEMBERS_CALL, path=lambda scene: scene.version_place
        ),
        f"POST {at}/versions/{{code}}/checks": Operation(
            "202 403 202 403 403 401 401", path=lambda scene: scene.checked_place
        ),
    }


def _reviewers() -> dict[str, Operation]:
    """The operations of external reviewers, with one of acme's, and those of their servers."""

    def one(scene: Scene) -> dict[str, Any]:
        return scene.reviewer

    at = "/reviewers/{reviewer_id}"
    nowhere = "404 404 404 404 404 404 404"
    return {
        "GET /reviewers": Operation(ADMINS_CALL),
        "POST /reviewers": Operation("201 403 403 403 403 401 401", body=REVIEWER),
        f"GET {at}": Operation(ADMINS_CALL, path=one),
        f"PUT {at}": Operation(ADMINS_CALL, path=one, body=REVIEWER, etag='"1"'),
        f"DELETE {at}": Operation(ADMINS_DELETE, path=one),
        f"POST {at}/disable": Operation(ADMINS_CALL, path=one),
        f"POST {at}/enable": Operation(ADMINS_CALL, path=lambda scene: scene.disabled_reviewer),
        f"POST {at}/rotate-secret": Operation(ADMINS_CALL, path=one, body={"overlap_hours": 24}),
        # Signed, not by a token; there is no such review.
        "GET /reviews/{review_id}/package": Operation(
            nowhere, path=lambda _: {"review_id": new_id()}
        ),
        "POST /reviews/{review_id}/answer": Operation(
            nowhere, path=lambda _: {"review_id": new_id()}
        ),
    }


OPERATIONS: dict[str, Operation] = {
    **_programs(),
    **_reviewers(),
    **_apps(),
    **_settings("about-us", VALUES["about-us"]),
    "GET /settings/about-us/link": Operation(ADMINS_CALL),
    "POST /settings/about-us/link/check": Operation("202 403 403 403 403 401 401"),
    **_settings("branding", VALUES["branding"]),
    **_settings("copyright-notice", VALUES["copyright-notice"]),
    **_settings("domain-preference", VALUES["domain-preference"], drafts=False),
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
        ADMINS_CALL, path=lambda scene: {"file_id": scene.file["sha256"]}
    ),
    "GET /audit": Operation(ADMINS_CALL),
    "GET /mails": Operation(ADMINS_CALL),
    "GET /mails/{mail_id}": Operation(ADMINS_CALL, path=lambda scene: {"mail_id": scene.mail_id}),
    "POST /mails/{mail_id}/resend": Operation(
        ADMINS_CALL, path=lambda scene: {"mail_id": scene.mail_id}
    ),
    "POST /mails/retry-failed": Operation(ADMINS_CALL),
    "GET /mails/retention": Operation(ADMINS_CALL),
    "PUT /mails/retention": Operation(ADMINS_CALL, body={"days": 30}),
    "GET /members": Operation(ADMINS_CALL),
    "GET /members/{member_id}": Operation(ADMINS_CALL, path=lambda scene: scene.colleague),
    "PATCH /members/{member_id}": Operation(
        ADMINS_CALL, path=lambda scene: scene.colleague, body={"role": "operator"}
    ),
    "POST /members/{member_id}/block": Operation(ADMINS_CALL, path=lambda scene: scene.colleague),
    "POST /members/{member_id}/unblock": Operation(
        ADMINS_CALL, path=lambda scene: scene.blocked_colleague
    ),
    "POST /members/{member_id}/reset-two-factor": Operation(
        ADMINS_CALL, path=lambda scene: scene.colleague_with_app
    ),
    "GET /two-factor-policy": Operation(ADMINS_CALL),
    "PUT /two-factor-policy": Operation(
        ADMINS_CALL, body={"required": "off", "grace_days": 9}, etag='"0"'
    ),
    "GET /two-factor-policy/effect": Operation(ADMINS_CALL, query="?required=all"),
    "DELETE /members/{member_id}": Operation(ADMINS_DELETE, path=lambda scene: scene.colleague),
    "GET /invitations": Operation(ADMINS_CALL),
    "POST /invitations": Operation(
        "201 403 403 403 403 401 401", body={"email": "new@example.com", "role": "operator"}
    ),
    "GET /invitations/{invitation_id}": Operation(
        ADMINS_CALL, path=lambda scene: {"invitation_id": scene.invitation.id}
    ),
    "POST /invitations/{invitation_id}/resend": Operation(
        ADMINS_CALL, path=lambda scene: {"invitation_id": scene.invitation.id}
    ),
    "DELETE /invitations/{invitation_id}": Operation(
        ADMINS_DELETE, path=lambda scene: {"invitation_id": scene.invitation.id}
    ),
    **_webhooks(),
    "GET /account/acceptances": Operation(MEMBERS_CALL),
    "POST /account/acceptances": Operation("403 403 403 403 403 401 401"),
    "GET /settings/terms-of-service/coverage": Operation(
        ADMINS_CALL, path=with_terms, query="?kind=terms-of-service&version=900"
    ),
    "GET /settings/terms-of-service/coverage/members.csv": Operation(
        ADMINS_CALL, path=with_terms, query="?kind=terms-of-service&version=900"
    ),
    "GET /settings/terms-of-service/evidence.zip": Operation(
        ADMINS_CALL, path=with_terms, query="?kind=terms-of-service&version=900"
    ),
    "GET /settings/terms-of-service/exemptions": Operation(ADMINS_CALL),
    "PUT /settings/terms-of-service/exemptions/{member_id}": Operation(
        ADMINS_CALL, path=lambda scene: scene.colleague, body={"reason": "Robot"}
    ),
    "DELETE /settings/terms-of-service/exemptions/{member_id}": Operation(
        ADMINS_DELETE, path=lambda scene: scene.exempt_colleague
    ),
    "GET /me": Operation(MEMBERS_CALL),
    "GET /tokens": Operation(MEMBERS_CALL),
    "DELETE /tokens/{token_id}": Operation(
        "204 204 204 204 204 401 401", path=lambda scene: {"token_id": scene.token_id}
    ),
}


def patterns(
    resolver: URLResolver | None = None, namespace: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Every address of the program, with its name."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, f"{pattern.namespace}:" if pattern.namespace else "")
        else:
            yield f"{namespace}{pattern.name}", pattern


def operations() -> dict[str, Any]:
    """Every operation of the API, by method and path."""
    return {
        f"{method} {router.prefix.rstrip('/')}{path}".rstrip("/"): operation
        for router in api._get_bound_routers()
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }


def pages() -> set[str]:
    """The names of all addresses but those of the API's operations."""
    own = {f"api:{operation.view_func.__name__}" for operation in operations().values()}
    return {name for name, _pattern in patterns()} - own


@pytest.fixture
def scene(cast: Cast) -> Cast:
    """A scene for every test."""
    return fill_scene(cast)


def fill_scene(cast: Cast) -> Cast:
    """Every section has a revision and a draft, and the brand its images."""
    Client(headers={"host": "acme.localhost:8000"}).get("/")
    for name, values in VALUES.items():
        section = section_named(name)
        by = actor(cast.admin)
        settings_services.save(cast.acme, section, values, based_on=0, by=by, at=AT)
        if section.drafts:
            settings_services.save_draft(
                cast.acme, section, values, based_on=1, version=0, by=by, at=AT
            )
    return cast


@contextmanager
def undone() -> Iterator[None]:
    """Everybody finds the same scene."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def statuses(text: str) -> dict[str, int]:
    """A row of the table by column."""
    return dict(zip(WHO, map(int, text.split()), strict=True))


def test_every_page_says_who_may_open_it() -> None:
    silent = [name for name, pattern in patterns() if access_of(pattern.callback) is None]

    assert len(list(patterns())) > 40
    assert silent == []


def test_every_operation_of_the_api_says_who_may_call_it() -> None:
    found = operations()

    for name, operation in found.items():
        mark = access_of(operation.view_func)
        assert mark is not None, name
        doors = [door for door in operation.auth_callbacks if isinstance(door, BearerToken)]
        assert [door.permission for door in doors] == [
            permission for permission in [mark.permission] if permission is not None
        ], name
    assert len(found) > 20


def test_every_page_and_operation_has_a_row_in_the_table() -> None:
    assert pages() == set(PAGES)
    assert set(operations()) == set(OPERATIONS)


def test_a_page_opens_for_those_whom_the_table_names(
    scene: Cast, browse: Callable[..., Client]
) -> None:
    browsers = {
        who: browse(scene.acme, None if who == "nobody" else Scene(scene, who).member)
        for who in WHO
    }
    jars = {who: deepcopy(browser.cookies) for who, browser in browsers.items()}

    def ask(name: str, method: str, who: str) -> int:
        page, here, client = PAGES[name], Scene(scene, who), browsers[who]
        client.cookies = deepcopy(jars[who])
        address = reverse(name, kwargs=page.args(here))
        sent = page.sent(here) if method == "post" else {}
        response = getattr(client, method)(address, sent)
        if response.streaming:
            response.getvalue()  # the file behind it is closed at its end
        return int(response.status_code)

    seen: dict[tuple[str, str], dict[str, int]] = {}
    for name, method, who in product(PAGES, ("get", "post"), WHO):
        with undone():
            seen.setdefault((name, method), {})[who] = ask(name, method, who)

    wrong = {
        (name, method): answers
        for (name, method), answers in seen.items()
        if answers != statuses(getattr(PAGES[name], method))
    }
    assert wrong == {}


def test_an_operation_answers_those_whom_the_table_names(
    scene: Cast, call: Callable[..., Client]
) -> None:
    def ask(name: str, who: str) -> int:
        operation, here = OPERATIONS[name], Scene(scene, who)
        client = call(scene.acme, None if who == "nobody" else here.member)
        response = send(client, name, operation, operation.path(here))
        if response.streaming:
            response.getvalue()  # the file behind it is closed at its end
        return int(response.status_code)

    seen: dict[str, dict[str, int]] = {}
    for name, who in product(OPERATIONS, WHO):
        with undone():
            seen.setdefault(name, {})[who] = ask(name, who)

    wrong = {
        name: answers
        for name, answers in seen.items()
        if answers != statuses(OPERATIONS[name].answers)
    }
    assert wrong == {}


def test_a_write_that_names_no_revision_is_refused(
    scene: Cast, call: Callable[..., Client]
) -> None:
    admin = call(scene.acme, scene.admin)
    writes = {name: row for name, row in OPERATIONS.items() if row.etag}

    codes = {
        name: send(admin, name, replace(row, etag=""), row.path(Scene(scene, "admin"))).json()
        for name, row in writes.items()
    }

    assert len(writes) > 10
    assert {problem["code"] for problem in codes.values()} == {"if_match_required"}
    assert {problem["status"] for problem in codes.values()} == {428}


def send(
    client: Client, name: str, operation: Operation, path_values: dict[str, Any] | None = None
) -> Any:
    """Call an operation as the table describes it."""
    method, _space, path = name.partition(" ")
    return client.generic(
        method,
        f"/api/v1{path.format(**(path_values or {}))}{operation.query}",
        json.dumps(operation.body),
        content_type="application/json",
        headers={"if-match": operation.etag} if operation.etag else {},
    )
