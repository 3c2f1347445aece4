"""The verbs of the settings engine."""

from portico.basic_settings.services.drafts import discard_draft, publish_draft, save_draft
from portico.basic_settings.services.errors import (
    DraftGone,
    NoDraft,
    NoDraftsHere,
    StaleDraft,
    StaleRevision,
)
from portico.basic_settings.services.publish import lock, refuse_stale, reset, restore, save
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
from portico.basic_settings.services.secrets import (
    forget_unneeded,
    payload_opened_on,
    with_plain_secrets,
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
    "forget_unneeded",
    "history",
    "live",
    "live_settings",
    "lock",
    "payload_at",
    "payload_of",
    "payload_of_draft",
    "payload_opened_on",
    "publish_draft",
    "refuse_stale",
    "reset",
    "restore",
    "revision_of",
    "save",
    "save_draft",
    "with_plain_secrets",
]
