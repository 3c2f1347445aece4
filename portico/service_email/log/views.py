"""The mail log: every mail of a workspace, what became of it, and what it looked like."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, Invalid, NotFound
from portico.kernel.ids import id_in
from portico.kernel.permissions import Permission
from portico.service_email import services
from portico.service_email.log.forms import LogForm, RetentionForm
from portico.service_email.log.preview import POLICY, Scheme, framed, has_hidden_links, written
from portico.service_email.log.queries import counts_of, mail_of, mails_of, page_of, queue_of
from portico.service_email.log.showing import (
    facts_of,
    file_name,
    kind_of,
    rows_of,
    state_tabs,
    tries_of,
    trouble_in,
)
from portico.service_email.look.letterheads import letterhead_of
from portico.service_email.models import MailState
from portico.service_email.models.mails import UNDER_WAY
from portico.ui.frame import NavItem
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest

ON_A_PAGE = 50
VIEWS = ("light", "dark", "text")


@requires(Permission.MAIL_READ)
@require_safe
def mail_log(request: MemberRequest) -> HttpResponse:
    """A workspace's mails, newest first."""
    form = LogForm(request.GET)
    queue = queue_of(request.workspace)
    counts = counts_of(request.workspace)
    context: dict[str, object] = {
        "form": form,
        "failed": counts[MailState.FAILED],
        "trouble": trouble_in(queue),
        "keep_days": queue.keep_days,
        "may_change": request.member.may(Permission.MAIL_CHANGE),
    }
    if not form.is_valid():
        return render(request, "service_email/log/log.html", context, status=422)
    asked = form.asked()
    before, after = id_in(request.GET.get("before")), id_in(request.GET.get("after"))
    found = mails_of(request.workspace, form.filters())
    page = page_of(found, size=ON_A_PAGE, before=before, after=after)
    others = {name: value for name, value in asked.items() if name != "state"}
    address = f"{reverse('mail_log')}?{urlencode(others | {'state': ''})}"
    tabs = state_tabs(counts, address, asked.get("state", ""), narrowed=bool(others))
    context |= {
        "page": page,
        "rows": rows_of(page.mails),
        "tabs": tabs if any(counts.values()) else [],
        "asked": bool(asked or before or after),
        "query": f"?{urlencode(asked)}" if asked else "",
    }
    return render(request, "service_email/log/log.html", context)


@requires(Permission.MAIL_READ)
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
@require_safe
def mail(request: MemberRequest, mail_id: UUID) -> HttpResponse:
    """One mail: its facts, its attempts, and how it reads; `?view=` light, dark or text."""
    found = mail_of(request.workspace, mail_id)
    found.workspace = request.workspace
    shown = written(found, at=now())
    view = request.GET.get("view", "")
    view = view if view in VIEWS else VIEWS[0]
    titles = {"light": _("Light"), "dark": _("Dark"), "text": _("Plain text")}
    context = {
        "mail": found,
        "title": (shown.subject if shown else "") or kind_of(found),
        "facts": facts_of(found),
        "tries": tries_of(found),
        "shown": shown,
        "was_written": bool(found.html),
        "file": file_name(found),
        "hidden_links": shown is not None and has_hidden_links(shown),
        "view": view,
        "tabs": [
            NavItem(titles[name], f"?{urlencode({'view': name})}#preview", current=name == view)
            for name in VIEWS
        ],
        "may_resend": request.member.may(Permission.MAIL_CHANGE) and found.state not in UNDER_WAY,
    }
    return render(request, "service_email/log/mail.html", context)


@requires(Permission.MAIL_READ)
@require_safe
def mail_html(request: MemberRequest, mail_id: UUID) -> HttpResponse:
    """The mail's own HTML, for the frame on its page: it may load nothing and run nothing."""
    found = mail_of(request.workspace, mail_id)
    found.workspace = request.workspace
    shown = written(found, at=now())
    if shown is None or not shown.html:
        raise NotFound
    logo = letterhead_of(request.workspace, at=now()).logo
    scheme = Scheme.DARK if request.GET.get("scheme") == Scheme.DARK else Scheme.LIGHT
    return HttpResponse(
        framed(shown.html, logo=logo, scheme=scheme),
        headers={
            "Content-Security-Policy": POLICY,
            "X-Frame-Options": "SAMEORIGIN",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


@requires(Permission.MAIL_CHANGE)
@require_POST
def resend(request: MemberRequest, mail_id: UUID) -> HttpResponseBase:
    """Send a mail once more."""
    found = mail_of(request.workspace, mail_id)
    try:
        found = services.resend(found, by=actor_of(request), at=now())
    except Conflict as error:
        messages.warning(request, say(error))
    else:
        messages.success(request, _("The mail is queued again."))
    return redirect("mail", mail_id=found.id)


@requires(Permission.MAIL_CHANGE)
@require_POST
def retry_failed(request: MemberRequest) -> HttpResponseBase:
    """Queue all failed mails again."""
    count = services.retry_all_failed(request.workspace, by=actor_of(request), at=now())
    if count:
        text = ngettext(
            "%(count)s mail is queued again.", "%(count)s mails are queued again.", count
        )
        messages.success(request, text % {"count": f"{count:,}"})
    else:
        messages.info(request, _("There is no failed mail to send again."))
    return redirect("mail_log")


@requires(Permission.MAIL_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def retention(request: MemberRequest) -> HttpResponseBase:
    """How long the log is kept."""
    days = queue_of(request.workspace).keep_days
    form = RetentionForm(request.POST if request.method == "POST" else None, initial={"days": days})
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["days"]
        try:
            services.set_retention(request.workspace, wanted, by=actor_of(request), at=now())
        except Invalid as error:
            form.add_error("days", say(error))
        else:
            text = ngettext(
                "The log is kept for %(count)s day.", "The log is kept for %(count)s days.", wanted
            )
            messages.success(request, text % {"count": wanted})
            return redirect("mail_log")
    status = 422 if form.errors else 200
    return render(request, "service_email/log/retention.html", {"form": form}, status=status)
