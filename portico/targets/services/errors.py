"""Why something cannot be done with an app or a key."""

from __future__ import annotations

from portico.kernel.errors import Conflict, Invalid, Stale, gettext_noop


class CodeTaken(Invalid):
    code = "app_code_taken"
    sentence = gettext_noop(
        "“%(app)s” has this code already. Each app of a workspace has its own, archived ones too."
    )


class WebAppTaken(Invalid):
    code = "web_app_taken"
    sentence = gettext_noop(
        "“%(app)s” (%(app_code)s) is the web app of this workspace, and there is only one. Leave "
        "this off; the mark can be moved here afterwards."
    )


class WebAppChanged(Stale):
    code = "web_app_changed"
    sentence = gettext_noop(
        "The web app of this workspace is %(app)s by now. Look at this page again, and decide anew."
    )


class AlreadyWebApp(Conflict):
    code = "already_web_app"
    sentence = gettext_noop("“%(app)s” is the web app already.")


class NotWebApp(Conflict):
    code = "not_web_app"
    sentence = gettext_noop("“%(app)s” is not the web app.")


class AppChanged(Stale):
    code = "app_changed"
    sentence = gettext_noop(
        "This app was changed since you opened it: it has the name “%(name)s” and the code "
        "“%(app_code)s” now, in revision %(revision)s. Look at the present values, and make your "
        "change again."
    )


class AlreadyArchived(Conflict):
    code = "app_already_archived"
    sentence = gettext_noop("“%(app)s” is archived already.")


class NotArchived(Conflict):
    code = "app_not_archived"
    sentence = gettext_noop("“%(app)s” is not archived.")


class AppArchived(Conflict):
    code = "app_archived"
    sentence = gettext_noop("“%(app)s” is archived. Restore it first.")


class TooManyKeys(Conflict):
    code = "too_many_keys"
    sentence = gettext_noop(
        "A target can have %(most)s working keys. Revoke one that is no longer needed."
    )


class KeyNameTaken(Invalid):
    code = "key_name_taken"
    sentence = gettext_noop(
        "A key of this target has the name “%(name)s” already. Choose another, so that people can "
        "tell them apart; or rotate that key."
    )


class KeyRevoked(Conflict):
    code = "key_revoked"
    sentence = gettext_noop("The key “%(key)s” is revoked already.")


class KeyEnded(Conflict):
    code = "key_ended"
    sentence = gettext_noop("The key “%(key)s” has ended; nothing works with it any more.")


class KeyRotated(Conflict):
    code = "key_rotated"
    sentence = gettext_noop(
        "The key “%(key)s” was rotated already, and ends by itself. Rotate the one that took its "
        "place."
    )
