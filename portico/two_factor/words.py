"""The policy in words, in the current language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portico.two_factor.rules import Required, State

REQUIRED_TITLES = {
    Required.OFF: gettext_lazy("Required of nobody"),
    Required.ADMINS: gettext_lazy("Required of admins"),
    Required.ALL: gettext_lazy("Required of all members"),
}
STATE_TITLES = {
    State.HAS: gettext_lazy("Has a second factor"),
    State.GRACE: gettext_lazy("Has time until"),
    State.OVERDUE: gettext_lazy("Overdue"),
    State.NOT_ASKED: gettext_lazy("Not required"),
}
TONES = {
    State.HAS: "good",
    State.GRACE: "warning",
    State.OVERDUE: "danger",
    State.NOT_ASKED: "neutral",
}


def days(count: int) -> str:
    """A number of days."""
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def day_and_time(moment: datetime) -> str:
    """A moment in the current zone."""
    return str(date_format(localtime(moment), "DATETIME_FORMAT"))


def said(change: Mapping[str, str]) -> tuple[str, str, str]:
    """A change of the policy: what it is called, before and after."""
    before, after = change["before"], change["after"]
    if change["field"] == "grace_days":
        return _("Grace period"), days(int(before)), days(int(after))
    titles = REQUIRED_TITLES
    return _("Two-factor"), str(titles[Required(before)]), str(titles[Required(after)])
