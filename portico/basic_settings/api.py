"""The settings over HTTP: the same services as the pages, for every section alike.

Annotations are evaluated here as they stand: the body's type of each section is made below.
"""

from typing import Any

from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel
from pydantic_core import to_json

from portico.accounts.http import actor_of
from portico.basic_settings import services
from portico.basic_settings.api_etags import IF_MATCH, etag_of, if_match
from portico.basic_settings.api_schemas import (
    DraftMeta,
    HistoryAnswer,
    HistoryPage,
    Meta,
    RestoreRequest,
    RevisionAnswer,
    draft_schema_of,
    schemas_of,
)
from portico.basic_settings.models import SettingsDraft, SettingsRevision
from portico.basic_settings.registry import AnySection, all_sections
from portico.basic_settings.secret_fields import shown_values
from portico.basic_settings.services.secrets import DRAFT
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest


def settings_router() -> ApiRouter:
    """The operations of all registered sections."""
    router = ApiRouter(tags=["Settings"])
    for section in all_sections():
        _add_live(router, section)
        _add_history(router, section)
        if section.drafts:
            _add_drafts(router, section)
    return router


def _add_live(router: ApiRouter, section: AnySection) -> None:
    answer, given = schemas_of(section)
    name = section.name

    @requires(section.read)
    def read(request: TokenRequest) -> HttpResponse:
        return _live_answer(request, section)

    @requires(section.change)
    def write(request: TokenRequest, values: given, reason: str = "") -> HttpResponse:  # type: ignore[valid-type]
        services.save(
            request.workspace,
            section,
            _without_meta(values),
            based_on=if_match(request),
            by=actor_of(request),
            at=now(),
            reason=reason,
        )
        return _live_answer(request, section)

    @requires(section.change)
    def restore(request: TokenRequest, body: RestoreRequest) -> HttpResponse:
        services.restore(
            request.workspace,
            section,
            body.revision,
            based_on=if_match(request),
            by=actor_of(request),
            at=now(),
            reason=body.reason,
        )
        return _live_answer(request, section)

    @requires(section.change)
    def reset(request: TokenRequest) -> HttpResponse:
        services.reset(
            request.workspace, section, based_on=if_match(request), by=actor_of(request), at=now()
        )
        return _live_answer(request, section)

    _add(router, "GET", f"/{name}", read, section, "Read", response=answer)
    _add(router, "PUT", f"/{name}", write, section, "Save", answer, conditional=True)
    restored, was_reset = "Restore a revision", "Reset to the default"
    _add(router, "POST", f"/{name}/restore", restore, section, restored, answer, conditional=True)
    _add(router, "POST", f"/{name}/reset", reset, section, was_reset, answer, conditional=True)


def _add_history(router: ApiRouter, section: AnySection) -> None:
    @requires(section.read)
    def history(request: TokenRequest, page: Query[HistoryPage]) -> HttpResponse:
        found = services.history(request.workspace, section)
        if page.before:
            found = found.filter(number__lt=page.before)
        items = list(found[: page.limit + 1])
        more = len(items) > page.limit
        payloads = [services.payload_of(section, item) for item in items[: page.limit]]
        values = shown_values(request.workspace, section, payloads)
        body = HistoryAnswer(
            items=[_revision_answer(*pair) for pair in zip(items, values, strict=False)],
            next=items[page.limit - 1].number if more else None,
        )
        return _json(body.model_dump())

    _add(
        router,
        "GET",
        f"/{section.name}/history",
        history,
        section,
        "Read the history",
        HistoryAnswer,
    )


def _add_drafts(router: ApiRouter, section: AnySection) -> None:
    answer = draft_schema_of(section)
    _answer, given = schemas_of(section)
    path = f"/{section.name}/draft"

    @requires(section.change)
    def read(request: TokenRequest) -> HttpResponse:
        draft = services.draft_of(request.workspace, section)
        if draft is None:
            raise services.NoDraft(section=str(section.title))
        return _draft_answer(section, draft)

    @requires(section.change)
    def write(request: TokenRequest, values: given) -> HttpResponse:  # type: ignore[valid-type]
        services.save_draft(
            request.workspace,
            section,
            _without_meta(values),
            based_on=services.live(request.workspace, section).number,
            version=if_match(request),
            by=actor_of(request),
            at=now(),
            opened_on=DRAFT,
        )
        return read(request)

    @requires(section.change)
    def discard(request: TokenRequest) -> HttpResponse:
        services.discard_draft(
            request.workspace, section, version=if_match(request), by=actor_of(request), at=now()
        )
        return HttpResponse(status=204)

    @requires(section.change)
    def publish(request: TokenRequest, based_on: int, reason: str = "") -> HttpResponse:
        services.publish_draft(
            request.workspace,
            section,
            version=if_match(request),
            based_on=based_on,
            by=actor_of(request),
            at=now(),
            reason=reason,
        )
        return _live_answer(request, section)

    _add(router, "GET", path, read, section, "Read the draft", answer)
    _add(router, "PUT", path, write, section, "Save as draft", answer, conditional=True)
    published, discarded = "Publish the draft", "Discard the draft"
    _add(router, "DELETE", path, discard, section, discarded, None, status=204, conditional=True)
    _add(router, "POST", f"{path}/publish", publish, section, published, _answer, conditional=True)


def _add(
    router: ApiRouter,
    method: str,
    path: str,
    operation: Any,
    section: AnySection,
    summary: str,
    response: Any,
    *,
    status: int = 200,
    conditional: bool = False,
) -> None:
    slug = f"{summary} {section.name}".lower().replace(" ", "_").replace("-", "_")
    router.add_api_operation(
        path,
        [method],
        operation,
        response={status: response},
        operation_id=slug,
        summary=f"{summary}: {section.title}",
        description=str(section.about),
        openapi_extra=IF_MATCH if conditional else None,
    )


def _without_meta(values: BaseModel) -> dict[str, Any]:
    return values.model_dump(exclude={"meta"})


def _live_answer(request: TokenRequest, section: AnySection) -> HttpResponse:
    live = services.live(request.workspace, section)
    revision = live.revision
    meta = Meta(
        revision=live.number,
        changed_at=revision.created_at if revision else None,
        changed_by=_author(revision),
        reason=revision.reason if revision else "",
        effective=section.effective(request.workspace, live.payload, at=now()),
        has_draft=services.draft_of(request.workspace, section) is not None,
    )
    values = shown_values(request.workspace, section, [live.payload])[0]
    return _json({**values, "meta": meta.model_dump()}, etag=live.number)


def _draft_answer(section: AnySection, draft: SettingsDraft) -> HttpResponse:
    meta = DraftMeta(
        version=draft.version,
        based_on=draft.based_on,
        changed_at=draft.updated_at,
        changed_by=_author(draft),
    )
    payload = services.payload_of_draft(section, draft)
    values = shown_values(draft.workspace, section, [payload])[0]
    return _json({**values, "meta": meta.model_dump()}, etag=draft.version)


def _revision_answer(revision: SettingsRevision, values: dict[str, Any]) -> RevisionAnswer:
    return RevisionAnswer(
        revision=revision.number,
        origin=revision.origin,
        restored_from=revision.restored_from,
        based_on=revision.based_on,
        changed_at=revision.created_at,
        changed_by=_author(revision),
        reason=revision.reason,
        values=values,
    )


def _author(changed: SettingsRevision | SettingsDraft | None) -> str | None:
    return str(changed.author) if changed and changed.author else None


def _json(body: dict[str, Any], *, etag: int | None = None) -> HttpResponse:
    response = HttpResponse(to_json(body), content_type="application/json")
    if etag is not None:
        response.headers["ETag"] = etag_of(etag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
