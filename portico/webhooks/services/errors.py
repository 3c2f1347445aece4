"""Why something cannot be done with an endpoint or a delivery."""

from __future__ import annotations

from portico.kernel.errors import Conflict, Invalid, Stale, TooOften, gettext_noop


class TooManyEndpoints(Conflict):
    code = "too_many_webhooks"
    sentence = gettext_noop(
        "A workspace can have %(most)s webhooks. Remove one that is no longer needed."
    )


class EndpointChanged(Stale):
    code = "webhook_changed"
    sentence = gettext_noop(
        "This webhook was changed by somebody else since you opened it. Look at the present "
        "values, and make your change again."
    )


class NoEvents(Invalid):
    code = "no_webhook_events"
    sentence = gettext_noop("Choose at least one event.")


class DescriptionTooLong(Invalid):
    code = "webhook_description_too_long"
    sentence = gettext_noop(
        "The description has %(length)s characters; at most %(most)s are taken."
    )


class OddDescription(Invalid):
    code = "webhook_description_odd"
    sentence = gettext_noop("The description is one line of text without control characters.")


class AlreadyEnabled(Conflict):
    code = "webhook_already_enabled"
    sentence = gettext_noop("This webhook is enabled already.")


class AlreadyDisabled(Conflict):
    code = "webhook_already_disabled"
    sentence = gettext_noop("This webhook is disabled already.")


class OverlapRefused(Invalid):
    code = "webhook_overlap_refused"
    sentence = gettext_noop(
        "The old secret can stay in use for 0 to %(most)s hours beside the new one; %(hours)s is "
        "not within that."
    )


class TooManyTests(TooOften):
    code = "too_many_webhook_tests"
    sentence = gettext_noop(
        "This webhook was tested %(most)s times within a minute. Wait a moment."
    )


class BeingSent(Conflict):
    code = "delivery_being_sent"
    sentence = gettext_noop("This event is being sent at this moment. Wait for the answer.")


class EndpointDisabled(Conflict):
    code = "webhook_disabled"
    sentence = gettext_noop("This webhook is disabled. Enable it first; a test can be sent before.")
