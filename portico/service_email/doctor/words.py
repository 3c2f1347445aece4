"""A test in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.kernel.errors import gettext_noop
from portico.service_email.models import TestRun
from portico.service_email.smtp.kept import stage_kept
from portico.service_email.smtp.server import Security, SignInWith
from portico.service_email.smtp.stages import Sentence, StageName
from portico.service_email.smtp.stages import Stage as MailStage
from portico.ui.frame import Link
from portico.ui.values import Fact, Stage, StageState

RECORDS = (StageName.SPF, StageName.DKIM, StageName.DMARC)
TITLES: dict[str, Promise] = {
    StageName.RESOLVE: gettext_lazy("Look up the address"),
    StageName.POLICY: gettext_lazy("Network policy"),
    StageName.CONNECT: gettext_lazy("Connect"),
    StageName.GREETING: gettext_lazy("Greeting"),
    StageName.TLS: gettext_lazy("Protect the connection"),
    StageName.SIGN_IN: gettext_lazy("Sign in"),
    StageName.SENDER: gettext_lazy("Sender accepted"),
    StageName.RECIPIENT: gettext_lazy("Recipient accepted"),
    StageName.MESSAGE: gettext_lazy("Message accepted"),
    StageName.SPF: gettext_lazy("SPF of the sender's domain"),
    StageName.DKIM: gettext_lazy("DKIM of the sender's domain"),
    StageName.DMARC: gettext_lazy("DMARC of the sender's domain"),
}
TROUBLES = {
    "interrupted": gettext_noop(
        "The worker was stopped in the middle of this test. The mail may have been sent. Test "
        "again."
    ),
    "never_begun": gettext_noop(
        "No worker took this test within ten minutes, so it was given up. The operator finds out "
        "why with “portico doctor”."
    ),
    "broken": gettext_noop(
        "The test broke off with an error of Portico's own. The operator finds details in the log."
    ),
    "password_gone": gettext_noop(
        "The password of this test is no longer kept. Type it and test again."
    ),
}


def say(sentence: Sentence | None) -> str:
    """The sentence in the current language; "" for none."""
    return _(sentence.text) % sentence.facts if sentence else ""


def trouble_in_words(run: TestRun) -> str:
    """What ended the run where no stage did; "" for nothing."""
    text = TROUBLES.get(run.trouble)
    return _(text) if text else ""


def stages_in_order(run: TestRun) -> tuple[StageName, ...]:
    """All stages as they come: TLS before the greeting where it begins with the first byte."""
    names = list(StageName)
    if run.server["security"] == Security.SSL.value:
        first, second = names.index(StageName.GREETING), names.index(StageName.TLS)
        names[first], names[second] = names[second], names[first]
    return tuple(names)


def shown_stages(run: TestRun, *, linked: bool) -> tuple[Stage, ...]:
    """The stages as the page shows them, those to come too. `linked`: with links that open the
    form with a correction."""
    ended = {kept["name"]: stage_kept(kept) for kept in run.stages}
    shown = (_shown(run, name, ended.get(name.value)) for name in stages_in_order(run))
    return tuple(stage if linked else replace(stage, action=None) for stage in shown)


def first_failed(run: TestRun) -> MailStage | None:
    """The stage that kept the mail from being accepted."""
    stages = (stage_kept(kept) for kept in run.stages)
    return next((one for one in stages if one.ok is False and one.name not in RECORDS), None)


def form_with(run: TestRun, changes: Mapping[str, str | int] | None = None) -> str:
    """Where the section's form opens with the values of a run, and these changes to them.

    Secrets are not among them: they are typed again.
    """
    way = SignInWith.OAUTH2 if "token_url" in run.server else SignInWith.PASSWORD
    values: dict[str, str | int] = {**run.server, "sign_in_with": way.value}
    if not run.saved:
        values |= {name: value or "" for name, value in run.values.items() if name != "logo"}
        values["logo_id"] = run.values["logo"] or ""
    query = urlencode({"fill": "values", **values, **(changes or {})})
    return f"{reverse('edit_section', args=['service-email'])}?{query}"


def correction_title(values: Mapping[str, str | int]) -> str:
    """What a correction changes, as its button says it."""
    modes = {"ssl": _("SSL/TLS"), "starttls": _("STARTTLS"), "none": _("no protection")}
    names = {
        "host": _("host %(value)s"),
        "port": _("port %(value)s"),
        "security": "%(value)s",
        "username": _("user name %(value)s"),
        "account": _("account %(value)s"),
    }
    parts = [
        names.get(name, "%(value)s") % {"value": modes.get(str(value), value)}
        for name, value in values.items()
    ]
    return _("Change to %(what)s") % {"what": _(", ").join(parts)}


def took(ms: int) -> str:
    """A time as people read it."""
    return _("%(seconds)s s") % {"seconds": f"{ms / 1000:.1f}"} if ms >= 1000 else f"{ms} ms"


def _shown(run: TestRun, name: StageName, stage: MailStage | None) -> Stage:
    title = str(TITLES[name])
    if stage is None:
        return Stage(title, _state_of_unended(run, name))
    states = {True: StageState.DONE, False: StageState.FAILED, None: StageState.SKIPPED}
    correction = stage.correction
    return Stage(
        title,
        states[stage.ok],
        detail=_joined(stage.seen),
        took=took(stage.ms) if stage.ok is not None else "",
        facts=_explained(stage),
        action=Link(correction_title(correction.values), form_with(run, correction.values))
        if correction
        else None,
    )


def _state_of_unended(run: TestRun, name: StageName) -> StageState:
    if run.stage == name.value:
        return StageState.NOW
    return StageState.WAITING if run.goes_on else StageState.SKIPPED


def _explained(stage: MailStage) -> tuple[Fact, ...]:
    rows = (
        (_("What happened"), stage.meaning),
        (_("Likely cause"), stage.cause),
        (_("What to do"), stage.advice),
        (_("Correction"), stage.correction.why if stage.correction else None),
    )
    return tuple(Fact(label, say(sentence)) for label, sentence in rows if sentence)


def _joined(seen: Sequence[Sentence]) -> str:
    return " · ".join(say(sentence) for sentence in seen)
