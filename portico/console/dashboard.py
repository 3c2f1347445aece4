"""How far the workspace is set up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portico.basic_settings.http import settings_of
from portico.basic_settings.registry import all_sections
from portico.basic_settings.services import drafts_of
from portico.workspaces.http import MemberRequest


@dataclass(frozen=True)
class SettingState:
    """One section of the settings: whether it was ever saved, by whom and when."""

    title: str
    about: str
    url: str
    is_set: bool
    has_draft: bool
    who: str
    changed_at: datetime | None


def settings_states(request: MemberRequest) -> list[SettingState]:
    """Every section that the member may read, in the order of the Settings page."""
    sections = [section for section in all_sections() if request.member.may(section.read)]
    if not sections:
        return []
    settings, drafts = settings_of(request), drafts_of(request.workspace)
    states = []
    for section in sections:
        revision = settings.live(section).revision
        states.append(
            SettingState(
                title=str(section.title),
                about=str(section.about),
                url=f"/settings/tenant/#{section.name}",
                is_set=revision is not None,
                has_draft=section.name in drafts,
                who=str(revision.author or "") if revision else "",
                changed_at=revision.created_at if revision else None,
            )
        )
    return states
