from __future__ import annotations

from portico.kernel.errors import Conflict, NotFound, Stale, gettext_noop


class StaleRevision(Stale):
    """A write was based on another revision than the live one; `live` is its number."""

    code = "stale_revision"
    sentence = gettext_noop(
        "%(who)s changed this while you were editing it. Nothing was saved. Yours was based on "
        "revision %(based_on)s; revision %(live)s is live now."
    )


class StaleDraft(Stale):
    """A draft was written over with a version of it that is no longer the newest."""

    code = "stale_draft"
    sentence = gettext_noop(
        "%(who)s changed the draft while you were editing it. Nothing was saved."
    )


class DraftGone(StaleDraft):
    code = "draft_gone"
    sentence = gettext_noop(
        "The draft was published or discarded while you were editing it. Nothing was saved."
    )


class NoDraft(NotFound):
    code = "no_draft"
    sentence = gettext_noop("There is no draft of %(section)s.")


class NoDraftsHere(Conflict):
    code = "no_drafts_here"
    sentence = gettext_noop("%(section)s has no drafts: a change is published when it is saved.")
