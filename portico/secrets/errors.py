"""Why a secret cannot be used. No sentence says anything of what is in it."""

from __future__ import annotations

from portico.kernel.errors import Conflict, gettext_noop


class SecretUnusable(Conflict):
    """The secret cannot be had: it is gone, is for something else, or no key opens it."""

    code = "secret_unusable"
    sentence = gettext_noop("A stored secret cannot be used. Please type it again.")


class SecretGone(SecretUnusable):
    """There is no such secret in this workspace, or it was forgotten."""

    code = "secret_gone"
    sentence = gettext_noop("A stored secret is no longer kept. Please type it again.")


class SecretNotBound(SecretUnusable):
    """The secret was given for something else than what it is asked for now."""

    code = "secret_not_bound"
    sentence = gettext_noop(
        "A stored secret was given for something else and is not used for this. Please type it "
        "again."
    )


class SecretUnreadable(SecretUnusable):
    """No key of the ring opens it: a key was removed before everything was on a newer one."""

    code = "secret_unreadable"
    sentence = gettext_noop(
        "A stored secret cannot be opened with the keys in PORTICO_KEY_RING. Put the key back "
        "with which it was stored, or type the secret again."
    )
