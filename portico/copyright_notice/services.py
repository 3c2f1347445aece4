"""What pages and mails ask about the copyright notice."""

from __future__ import annotations

from datetime import datetime

from portico.copyright_notice.payload import CopyrightNotice
from portico.copyright_notice.rules import check_notice, render, standard_notice, year_at
from portico.kernel.errors import Invalid
from portico.workspaces.models import Workspace


def text_for(payload: CopyrightNotice, workspace: Workspace, at: datetime) -> str:
    """The notice as it reads at this moment where the workspace is; "" where there is none."""
    return render(
        payload.text,
        year=year_at(at, workspace.time_zone),
        first_year=first_year_of(workspace),
    )


def first_year_of(workspace: Workspace) -> int:
    """What `{first_year}` stands for: the year in which the workspace was made."""
    return year_at(workspace.created_at, workspace.time_zone)


def standard_for(workspace: Workspace) -> str:
    """A notice to start from, with the workspace as owner; "" where its name cannot be one."""
    try:
        return check_notice(standard_notice(workspace.name))
    except Invalid:
        return ""
