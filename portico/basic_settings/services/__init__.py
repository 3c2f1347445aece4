"""The verbs of the settings engine."""

from portico.basic_settings.services.drafts import discard_draft, publish_draft, save_draft
from portico.basic_settings.services.errors import (
    DraftGone,
    NoDraft,
    NoDraftsHere,
    StaleDraft,
    StaleRevision,
)
from portico.basic_settings.services.publish import reset, restore, save
from portico.basic_settings.services.read import (
    Live,
    LiveSettings,
    diff,
    diffs,
    draft_of,
    drafts_of,
    facts_of,
    history,
    live,
    live_settings,
    payload_at,
    payload_of,
    payload_of_draft,
    revision_of,
)

__all__ = [
    "DraftGone",
    "Live",
    "LiveSettings",
    "NoDraft",
    "NoDraftsHere",
    "StaleDraft",
    "StaleRevision",
    "diff",
    "diffs",
    "discard_draft",
    "draft_of",
    "drafts_of",
    "facts_of",
    "history",
    "live",
    "live_settings",
    "payload_at",
    "payload_of",
    "payload_of_draft",
    "publish_draft",
    "reset",
    "restore",
    "revision_of",
    "save",
    "save_draft",
]
