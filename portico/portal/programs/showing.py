"""What the landing page of a mini program shows: what is live, or a version that is previewed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlsplit

from django.utils.translation import get_language

from portico.kernel.errors import DomainError, NotFound, gettext_noop
from portico.miniprograms.access import Act, program_for
from portico.miniprograms.models import MiniProgram, ProgramOnTarget, Version
from portico.portal.programs.origins import origin_of
from portico.portal.programs.previews import base_of, make_preview
from portico.targets.models import Environment
from portico.workspaces.models import Membership, Workspace

LARGEST_CODE: Final = 2**63 - 1


class NoProgramHere(NotFound):
    """Nothing is live at this address, or there is no such program; which of the two, is not for
    everybody to know."""

    code = "no_program_here"
    sentence = gettext_noop(
        "No mini program is open to the public here. The address may be mistyped, or the mini "
        "program is not available now."
    )


@dataclass(frozen=True)
class Shown:
    """A program on its landing page, and what its frame shows.

    `frame` is the address in the frame and `origin` that of it; `pages` are those that the program
    may say it is on. `preview`: only who may preview it sees this.
    """

    program: MiniProgram
    version: Version
    frame: str
    origin: str
    pages: tuple[str, ...]
    preview: bool = False

    @property
    def path(self) -> str:
        """The landing page's own path, without what follows the version."""
        version = f";version={self.version.code}" if self.preview else ""
        return f"/miniapp/{self.program.app_id}{version}"


def live_program(workspace: Workspace, app_id: str, page: str, query: str) -> Shown:
    """What everybody gets: the version that is live on the Production target of the workspace's web
    app. Raises `NoProgramHere`. One query."""
    found = (
        ProgramOnTarget.objects.filter(
            program__workspace=workspace,
            program__app_id=app_id.lower(),
            program__archived_at=None,
            target__workspace=workspace,
            target__environment=Environment.PRODUCTION,
            target__app__is_web=True,
            target__app__archived_at=None,
            live_version__isnull=False,
        )
        .select_related("program", "live_version")
        .first()
    )
    if found is None or found.live_version is None:
        raise NoProgramHere
    return _shown(found.program, found.live_version, page, query)


def previewed_program(
    member: Membership, app_id: str, version: str, page: str, query: str, *, at: datetime
) -> Shown:
    """A version, by its code or its name, for a member who may preview it; a token that opens it
    is made. Raises `NoProgramHere` for all others, whatever there is."""
    try:
        program = program_for(member, app_id.lower(), Act.PREVIEW)
    except DomainError:
        raise NoProgramHere from None
    found = _version_named(program, version)
    if found is None or program.archived_at is not None:
        raise NoProgramHere
    token = make_preview(found.id, member=member, at=at)
    return _shown(program, found, page, query, token=token)


def _version_named(program: MiniProgram, named: str) -> Version | None:
    """A code comes first; of several versions with the same name the newest is meant."""
    versions = Version.objects.filter(workspace_id=program.workspace_id, program=program)
    if named.isascii() and named.isdigit() and int(named) <= LARGEST_CODE:
        by_code = versions.filter(code=int(named)).first()
        if by_code is not None:
            return by_code
    return versions.filter(name__iexact=named).order_by("-code").first()


def _shown(
    program: MiniProgram, version: Version, page: str, query: str, *, token: str = ""
) -> Shown:
    if version.entry_url:
        if page:
            raise NoProgramHere
        frame, origin, pages = _hosted(version.entry_url, query)
    else:
        pages = _pages(version)
        if page and page not in pages:
            raise NoProgramHere
        origin = origin_of(version)
        base = base_of(token) if token else "/"
        frame = f"{origin}{base}{quote(page or pages[0])}.html" + (f"?{query}" if query else "")
    return Shown(program, version, frame, origin, pages, preview=bool(token))


def _hosted(entry_url: str, query: str) -> tuple[str, str, tuple[str, ...]]:
    parts = urlsplit(entry_url)
    whole = "&".join(part for part in (parts.query, query) if part)
    frame = parts._replace(query=whole).geturl()
    return frame, f"{parts.scheme}://{parts.netloc}", ()


def _pages(version: Version) -> tuple[str, ...]:
    return tuple(str(page).removesuffix(".html") for page in version.manifest["pages"])


def context_of(shown: Shown, landing: str) -> str:
    """What the runtime in the frame is told, as the frame's name: who may tell it something, and
    the language. It is there before any message could be."""
    facts = {"origin": landing, "language": language_tag(get_language() or "en")}
    return "portico:" + json.dumps(facts) if shown.pages else ""


def language_tag(code: str) -> str:
    """A language as the web spells it: `zh-hans` is `zh-Hans`."""
    first, *rest = code.split("-")
    return "-".join([first, *(part.title() if len(part) == 4 else part.upper() for part in rest)])
