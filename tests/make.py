"""Builders: a test says what matters to it, and these fill in the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from django.db import transaction

from portico.accounts.models import Person
from portico.accounts.second_factor import app_codes
from portico.accounts.second_factor.changing import add_app
from portico.accounts.second_factor.notices import Place
from portico.accounts.services import make_person as make_person_service
from portico.approvals.models import ApprovalRequest, RequestKind
from portico.approvals.services import Asked, note_done, open_request
from portico.audit.services import PLATFORM, Actor, Via, named
from portico.automated_checks.models import Reviewer
from portico.automated_checks.reviewers.services import Wanted as WantedReviewer
from portico.automated_checks.reviewers.services import make_reviewer as make_reviewer_service
from portico.files.services import store, use
from portico.kernel.ids import new_id
from portico.kernel.permissions import Permission
from portico.legal.models import LegalDocument, LegalKind, LegalVersion
from portico.legal.writing import pdf_of
from portico.members.models import Invitation
from portico.members.services import invite
from portico.miniprograms.models import MiniProgram, ProgramMember, ProgramRole, Version
from portico.miniprograms.services import put_live
from portico.release_process.payload import ReleaseProcess
from portico.release_process.policy import EVERYBODY, Policy, stored
from portico.release_process.services import policy_in
from portico.releases.models import Release, ReleaseEvent
from portico.releases.rules.pipeline import CANDIDATE, ENDED, Status
from portico.releases.services.scene import on_target
from portico.service_email.models import Mail, MailState
from portico.targets.models import App, Environment, ReleaseTarget
from portico.webhooks.models import UNDER_WAY, Delivery, DeliveryState, Endpoint
from portico.webhooks.services import Wanted, make_endpoint
from portico.workspaces.models import ApiToken, Membership, Workspace
from portico.workspaces.permissions import Role
from portico.workspaces.services import add_member
from portico.workspaces.services import make_workspace as make_workspace_service
from portico.workspaces.tokens import make_token as make_token_service
from tests.packages import make_manifest, make_package

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
PASSWORD = "correct horse battery"

_numbers = count(1)


def make_workspace(slug: str = "", name: str = "", *, at: datetime = AT) -> Workspace:
    """A workspace of its own."""
    slug = slug or f"workspace-{next(_numbers)}"
    return make_workspace_service(slug, name or slug.title(), by=PLATFORM, at=at)


def make_person(
    email: str = "", *, name: str = "", password: str | None = None, verified: bool = True
) -> Person:
    """Somebody; without a password they can be signed in by `force_login` alone."""
    return make_person_service(
        email or f"person-{next(_numbers)}@example.com",
        name=name,
        password=password,
        verified_at=AT if verified else None,
    )


def make_authenticator_app(person: Person, *, at: datetime = AT) -> str:
    """Turn somebody's two-factor sign-in on, with recovery codes; returns what the app's codes are
    made of: `app_codes.code_at(seed, app_codes.step_at(at))` is the code of a time."""
    seed = app_codes.new_seed()
    code = app_codes.code_at(seed, app_codes.step_at(at))
    by = Actor(person_id=person.id, email=person.email, name=person.name, via=Via.PAGE)
    add_app(person, seed, code, session_key=None, place=Place(), by=by, at=at)
    return seed


def make_member(
    workspace: Workspace,
    role: Role = Role.ADMIN,
    *,
    person: Person | None = None,
    at: datetime = AT,
) -> Membership:
    """A member of a workspace."""
    return add_member(workspace, person or make_person(), role, by=PLATFORM, at=at)


def make_invitation(
    workspace: Workspace,
    email: str = "",
    role: Role = Role.DEVELOPER,
    *,
    message: str = "",
    by: Actor = PLATFORM,
    at: datetime = AT,
) -> Invitation:
    """An open invitation, with its mail queued. Its link: `portico.members.links.link_of`."""
    email = email or f"invited-{next(_numbers)}@example.com"
    (answer,) = invite(workspace, [email], role=role, message=message, by=by, at=at)
    assert answer.invitation is not None
    return answer.invitation


def make_token(
    member: Membership, *permissions: Permission, at: datetime = AT
) -> tuple[ApiToken, str]:
    """A token and its secret; by default it may do all that its holder may."""
    return make_token_service(
        member,
        name="Test",
        permissions=permissions or member.permissions,
        lasts=timedelta(days=300),
        by=PLATFORM,
        at=at,
    )


def make_mail(
    workspace: Workspace,
    *,
    template: str = "test",
    recipient: str = "ada@example.com",
    state: MailState = MailState.SENT,
    subject: str = "Test mail",
    html: str = "<p>Hello</p>",
    text: str = "Hello",
    context: Mapping[str, object] | None = None,
    message_id: str = "<1@example.com>",
    at: datetime = AT,
) -> Mail:
    """An entry of the mail log, by default of a mail that was sent. Nothing is queued."""
    under_way = state in {MailState.QUEUED, MailState.SENDING}
    return Mail.objects.create(
        workspace=workspace,
        template=template,
        language="en",
        recipient=recipient,
        context=dict(context or {}),
        state=state,
        subject=subject,
        html=html,
        text=text,
        message_id=message_id,
        due_at=at if under_way else None,
        created_at=at,
        finished_at=None if under_way else at,
    )


@transaction.atomic
def make_legal_version(
    workspace: Workspace,
    kind: LegalKind = LegalKind.TERMS,
    *,
    number: int = 1,
    material: bool = True,
    effective_at: datetime = LONG_AGO,
    languages: Sequence[str] = ("en",),
    withdrawn_at: datetime | None = None,
    at: datetime = AT,
) -> LegalVersion:
    """A published version with a PDF in each language, the first of which governs. Nobody is told
    of it: rows and files alone."""
    version = LegalVersion.objects.create(
        workspace=workspace,
        kind=kind,
        number=number,
        governing_language=languages[0],
        material=material,
        effective_at=effective_at,
        published_at=at,
        withdrawn_at=withdrawn_at,
    )
    for language in languages:
        text = f"{kind.label}, version {number}, for {workspace.name} ({language})."
        pdf = pdf_of(f"{kind.label} {number}", [text], language=language)
        stored = store(workspace, pdf, content_type="application/pdf", at=at, name="terms.pdf")
        LegalDocument.objects.create(
            version=version,
            language=language,
            sha256=stored.sha256,
            size=stored.size,
            pages=1,
            sizes=[[1000, 1414]],
            text=text,
        )
    return version


def make_webhook(
    workspace: Workspace,
    url: str = "https://hooks.acme.example.com/portico",
    *,
    events: tuple[str, ...] = ("settings.changed",),
    description: str = "Ledger",
    by: Actor = PLATFORM,
    at: datetime = AT,
) -> tuple[Endpoint, str]:
    """A webhook and its secret."""
    return make_endpoint(workspace, Wanted(url, events, description), by=by, at=at)


def make_reviewer(
    workspace: Workspace,
    name: str = "",
    url: str = "https://review.acme.example.com/portico",
    *,
    by: Actor = PLATFORM,
    at: datetime = AT,
) -> tuple[Reviewer, str]:
    """An external reviewer and its secret."""
    name = name or f"Lab {next(_numbers)}"
    return make_reviewer_service(workspace, WantedReviewer(name, url), by=by, at=at)


def make_delivery(
    endpoint: Endpoint, *, state: DeliveryState = DeliveryState.DELIVERED, at: datetime = AT
) -> Delivery:
    """An entry of a webhook's log. Nothing is queued."""
    return Delivery.objects.create(
        workspace_id=endpoint.workspace_id,
        endpoint=endpoint,
        event=new_id(),
        type="settings.changed",
        body="{}",
        state=state,
        due_at=at if state in UNDER_WAY else None,
        created_at=at,
    )


def actor(member: Membership, via: Via = Via.PAGE) -> Actor:
    """A member as the audit log names them."""
    person = member.person
    return Actor(person_id=person.id, email=person.email, name=person.name, via=via)


def make_app(workspace: Workspace, code: str = "", *, is_web: bool = False) -> App:
    """An app with both of its targets."""
    code = code or f"app-{next(_numbers)}"
    app = App.objects.create(workspace=workspace, code=code, name=code.title(), is_web=is_web)
    ReleaseTarget.objects.bulk_create(
        ReleaseTarget(workspace=workspace, app=app, environment=environment)
        for environment in Environment
    )
    return app


def make_program(
    workspace: Workspace,
    app_id: str = "",
    *,
    admin: Membership | None = None,
    developer: Membership | None = None,
    **values: object,
) -> MiniProgram:
    """A mini program; `admin` and `developer` work on it as that."""
    app_id = app_id or f"com.example.program{next(_numbers)}"
    program = MiniProgram.objects.create(
        workspace=workspace, app_id=app_id, **{"name": app_id.rsplit(".")[-1].title(), **values}
    )
    for member, role in ((admin, ProgramRole.ADMIN), (developer, ProgramRole.DEVELOPER)):
        if member is not None:
            ProgramMember.objects.create(program=program, membership=member, role=role)
    return program


def make_version(
    program: MiniProgram,
    *,
    code: int = 0,
    package: bytes = b"",
    manifest: Mapping[str, object] | None = None,
    at: datetime = AT,
) -> Version:
    """A version of a program, with its package in the storage; `manifest` is what the package's
    manifest says."""
    code = code or program.highest_code + 1
    package = package or make_package(program.app_id, code=code)
    stored = store(program.workspace, package, content_type="application/zip", at=at)
    version = Version.objects.create(
        workspace=program.workspace,
        program=program,
        code=code,
        name=f"1.0.{code}",
        manifest=manifest or make_manifest(program.app_id, code=code),
        package=stored.sha256,
        packed=len(package),
        unpacked=len(package),
        entries=5,
        created_at=at,
    )
    use(program.workspace, [stored.sha256], user_kind="version", user_id=version.id)
    program.highest_code = max(program.highest_code, code)
    program.save(update_fields=["highest_code"])
    return version


def make_policy(*, production: bool = True, **changes: object) -> Policy:
    """A policy: the platform's default for the environment, but for these changes."""
    policy = policy_in(ReleaseProcess(), production=production, zone="UTC")
    return replace(policy, **changes)  # type: ignore[arg-type]


@transaction.atomic
def make_release(
    program: MiniProgram,
    target: ReleaseTarget | None = None,
    version: Version | None = None,
    *,
    status: Status | str = Status.CREATED,
    policy: Policy | None = None,
    share: int = 0,
    testers: Sequence[str] = (),
    created_by: Membership | None = None,
    at: datetime = AT,
    **values: object,
) -> Release:
    """A release in any status, with its request, its plan and what is live: rows alone, nobody is
    told. Without a target it goes to the Production of a new app; `status` Full Release takes the
    place of nothing, so the target must have none."""
    target = target or make_app(program.workspace).targets.get(environment=Environment.PRODUCTION)
    version = version or make_version(program, at=at)
    status, production = Status(status), target.is_production
    policy = policy or make_policy(production=production)
    approved = status in {*CANDIDATE, Status.FULL, Status.CANCELED, Status.ARCHIVED}
    went_live = status in {Status.GRAYSCALE, Status.FULL, Status.ARCHIVED}
    if status in {Status.FULL, Status.ARCHIVED}:
        share = EVERYBODY
    by = actor(created_by) if created_by else PLATFORM
    row: dict[str, object] = {
        "policy": None if status is Status.CREATED else stored(policy),
        "policy_revision": None if status is Status.CREATED else 0,
        "approved_at": at if approved and policy.review else None,
        "went_live_at": at if went_live else None,
        "share": share,
        "first_share_at": at if share else None,
        "released_at": at if status in {Status.FULL, Status.ARCHIVED} else None,
        "ended_at": at if status in ENDED else None,
        "archived_because": "replaced" if status is Status.ARCHIVED else "",
        "testers": list(testers),
        "pilot_started_at": at if testers else None,
        "created_by": named(by),
    }
    release = Release.objects.create(
        workspace=program.workspace,
        program=program,
        target=target,
        version=version,
        production=production,
        status=status,
        created_at=at,
        changed_at=at,
        **{**row, **values},
    )
    ReleaseEvent.objects.create(
        release=release,
        number=1,
        event="create",
        after=status,
        who="release_actor",
        person=release.created_by,
        at=at,
    )
    if status is not Status.CREATED and policy.review:
        reviewed = status is not Status.UNDER_REVIEW
        release.request = make_request(release, policy=policy, by=created_by, approved=reviewed)
        release.save(update_fields=["request"])
    with on_target(program, target, at=at):
        pass  # writes the plan
    if status is Status.FULL:
        put_live(program, target, version, at=at)
    return release


def make_request(
    release: Release,
    kind: RequestKind = RequestKind.RELEASE,
    *,
    policy: Policy | None = None,
    by: Membership | None = None,
    approved: bool = False,
    message: str = "",
    at: datetime = AT,
) -> ApprovalRequest:
    """A request about a release, by default in review: a row alone, the release knows nothing of
    it."""
    asked = Asked(
        kind=kind,
        program=release.program,
        target=release.target,
        version=release.version,
        release=release.id,
        policy=policy or make_policy(production=release.production),
        policy_revision=release.policy_revision or 0,
        configuration=release.configuration,
        message=message,
    )
    asker = actor(by) if by else PLATFORM
    return (note_done if approved else open_request)(asked, by=asker, at=at)
