"""What the web pages of programs give to features below: a button, and hosts that there are."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portico.domains.certificates import register_content_host
from portico.miniprograms.access import Act, may, role_in
from portico.miniprograms.models import Version
from portico.miniprograms.uploading.panels import Button, Offer, version_buttons
from portico.portal.programs.origins import is_host_of_a_version
from portico.workspaces.http import MemberRequest
from portico.workspaces.permissions import Role


def preview_of(request: MemberRequest, version: Version) -> Offer | None:
    """The preview of a version, for who may see one."""
    program = version.program
    may_preview = may(Role(request.member.role), Act.PREVIEW, role_in(request.member, program))
    if not may_preview or program.archived_at is not None:
        return None
    url = f"/miniapp/{program.app_id};version={version.code}"
    return Offer(_("Preview"), url, icon="eye", new_tab=True)


def put_in_place() -> None:
    """Say which hosts versions have, and offer their preview on the page of a version."""
    register_content_host(is_host_of_a_version)
    version_buttons.add(Button("preview", preview_of))
