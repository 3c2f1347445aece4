"""Answering below the content domain: from a label and a path to a file of a version.

Nothing here knows of sessions, sets a cookie or draws a page of the portal. Every answer has the
headers of `policy`, whatever it is.
"""

from __future__ import annotations

import gzip
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from django.core.signals import got_request_exception
from django.db import DatabaseError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from portico.files.unavailable import FilesUnavailable
from portico.miniprograms.packages import Entry, content_type_of
from portico.portal.programs import policy
from portico.portal.programs.asking import Answer, Asked, asked_in
from portico.portal.programs.assets import (
    ASK_AGAIN,
    FOR_EVER,
    NOT_AT_ALL,
    Headers,
    serve,
)
from portico.portal.programs.composing import MOST_HTML, ROOT, Composed, compose
from portico.portal.programs.contents import Contents, contents_of
from portico.portal.programs.origins import origin_at, version_in
from portico.portal.programs.previews import MARK, base_of, read_preview
from portico.portal.programs.remembering import Remembered
from portico.portal.programs.rooted import rooted_css, rooted_html
from portico.portal.programs.runtime import FOLDER, RUNTIME
from portico.portal.programs.seeing import Behind, behind
from portico.workspaces.language import accepted_language

logger = logging.getLogger(__name__)

MOST_COMPOSED: Final = 24 * 1024 * 1024
LONGEST_PATH: Final = 4096
ALLOWED: Final = "GET, HEAD, OPTIONS"
HTML, CSS = "text/html", "text/css"


@dataclass(frozen=True)
class Place:
    """Where in a version one is: `base` is what paths begin with, `name` the rest of the path."""

    label: str
    found: Behind
    contents: Contents
    base: str
    name: str

    @property
    def is_preview(self) -> bool:
        """Whether a token led here: nothing of it is kept by anybody."""
        return self.base != ROOT

    def headers(self, *, script: str = "") -> Headers:
        """The headers of every answer of this version."""
        return policy.headers(policy.policy_of(self.found, origin_at(self.label), script=script))

    def kept(self, otherwise: str) -> str:
        """How long an answer is kept."""
        return NOT_AT_ALL if self.is_preview else otherwise


@dataclass(frozen=True)
class Zipped:
    """A composed page with its compressed form."""

    page: Composed
    body: bytes


class Nothing(Exception):
    """There is nothing at this address, or it is not for whoever asks to know that there is."""


class Ended(Exception):
    """The preview was right, and its time is over."""


_composed: Remembered[Zipped] = Remembered(
    MOST_COMPOSED, weigh=lambda zipped: len(zipped.page.body) + len(zipped.body) + 500
)


def answer(label: str, path: str, environ: Mapping[str, object], *, at: datetime) -> Answer:
    """Answer a request to `<label>.<content domain>`; an empty label is the domain itself.

    `path` is decoded; the rest is read from a WSGI environment.
    """
    asked = asked_in(environ, path)
    try:
        return _answer(label, asked, at)
    except Nothing:
        return _said(asked, HTTPStatus.NOT_FOUND)
    except Ended:
        return _said(asked, HTTPStatus.GONE)
    except (DatabaseError, FilesUnavailable):
        logger.exception("A version could not be served")
        return _said(asked, HTTPStatus.SERVICE_UNAVAILABLE)
    except Exception:
        logger.exception("A version could not be served")
        got_request_exception.send(sender=answer, request=None)
        return _said(asked, HTTPStatus.INTERNAL_SERVER_ERROR)


def _answer(label: str, asked: Asked, at: datetime) -> Answer:
    if asked.method == "OPTIONS":  # a request with headers of its own is announced
        told = [("Allow", ALLOWED), ("Access-Control-Allow-Methods", ALLOWED)]
        told += [("Access-Control-Allow-Headers", "*"), ("Content-Length", "0")]
        return Answer(HTTPStatus.NO_CONTENT, policy.headers(policy.NOTHING) + told)
    if asked.method not in {"GET", "HEAD"}:
        return _said(asked, HTTPStatus.METHOD_NOT_ALLOWED)
    if asked.is_service_worker:  # a sandboxed page cannot ask for one; nobody else may
        raise Nothing
    return _from(asked, _place(label, asked.path, at))


def _from(asked: Asked, place: Place) -> Answer:
    """What is at a place that may be seen."""
    if not place.name:
        return _to_first_page(asked, place)
    if place.name.startswith(FOLDER[1:]):
        return _script(asked, place)
    page = place.name.removesuffix(".html")
    if page in place.contents.pages and _can_be_composed(place.contents, page):
        return _page(asked, place, page)
    entry = place.contents.entries.get(place.name)
    if entry is None:
        raise Nothing
    if place.is_preview and _is_rewritten(entry):
        return _rewritten(asked, place, entry)
    is_page = content_type_of(entry.name).startswith(HTML)
    kept = place.kept(ASK_AGAIN if is_page else FOR_EVER)
    return serve(asked, place.contents, entry, kept=kept, headers=place.headers())


def _can_be_composed(contents: Contents, page: str) -> bool:
    entry = contents.entries.get(f"{page}.html")
    return entry is not None and entry.size <= MOST_HTML


def _place(label: str, path: str, at: datetime) -> Place:
    """What a path leads to. Raises `Nothing` for what is not live, unless a token opens it."""
    version = version_in(label)
    if version is None or len(path) > LONGEST_PATH or "\0" in path:
        raise Nothing
    if not path.startswith(f"/{MARK}"):
        found = behind(version)
        if found is None or not found.is_live:
            raise Nothing
        return Place(label, found, contents_of(found), ROOT, path[1:])
    token, _slash, name = path[2:].partition("/")
    preview = read_preview(token, version)
    found = behind(version, member=preview.member) if preview else None
    if preview is None or found is None or not found.may_preview:
        raise Nothing
    if preview.has_ended(at=at):
        raise Ended
    return Place(label, found, contents_of(found), base_of(token), name)


def _page(asked: Asked, place: Place, page: str) -> Answer:
    """A declared page, composed."""
    if place.is_preview:
        composed = compose(place.contents, page, base=place.base)
        return _whole(asked, place, composed.body, content_type_of(".html"), composed.script)
    key = (place.found.workspace, place.contents.package, page)
    zipped = _composed.get(key, lambda: _zip(compose(place.contents, page)))
    etag = zipped.page.etag
    if asked.takes_gzip:
        etag = f'{etag[:-1]}-gz"'
    headers = [
        *place.headers(),
        ("ETag", etag),
        ("Cache-Control", ASK_AGAIN),
        ("Vary", "Accept-Encoding"),
    ]
    if asked.has(etag):
        return Answer(HTTPStatus.NOT_MODIFIED, headers)
    headers.append(("Content-Type", content_type_of(".html")))
    if asked.takes_gzip:
        headers.append(("Content-Encoding", "gzip"))
    body = zipped.body if asked.takes_gzip else zipped.page.body
    return _with_length(asked, HTTPStatus.OK, headers, body)


def _zip(composed: Composed) -> Zipped:
    return Zipped(composed, gzip.compress(composed.body, mtime=0))


def _script(asked: Asked, place: Place) -> Answer:
    """A script of ours: the runtime."""
    if place.name != f"{FOLDER[1:]}runtime.js":
        raise Nothing
    etag = f'"{RUNTIME.digest}"'
    is_named = asked.value_of("v") == RUNTIME.digest
    kept = place.kept(FOR_EVER if is_named else ASK_AGAIN)
    headers = [*place.headers(), ("ETag", etag), ("Cache-Control", kept)]
    if asked.has(etag):
        return Answer(HTTPStatus.NOT_MODIFIED, headers)
    headers.append(("Content-Type", content_type_of(".js")))
    return _with_length(asked, HTTPStatus.OK, headers, RUNTIME.body)


def _to_first_page(asked: Asked, place: Place) -> Answer:
    """The root of an origin leads to the page that the program begins with."""
    address = f"{place.base}{quote(place.contents.pages[0])}.html"
    if asked.query:
        address += f"?{asked.query}"
    headers = [*place.headers(), ("Location", address), ("Cache-Control", NOT_AT_ALL)]
    return _with_length(asked, HTTPStatus.FOUND, headers, b"")


def _is_rewritten(entry: Entry) -> bool:
    return entry.size <= MOST_HTML and content_type_of(entry.name).startswith((HTML, CSS))


def _rewritten(asked: Asked, place: Place, entry: Entry) -> Answer:
    content = place.contents.read(entry.name, most=MOST_HTML)
    media_type = content_type_of(entry.name)
    rewrite = rooted_html if media_type.startswith(HTML) else rooted_css
    return _whole(asked, place, rewrite(content, place.base), media_type)


def _whole(asked: Asked, place: Place, body: bytes, media_type: str, script: str = "") -> Answer:
    """Something that was made for this preview alone."""
    headers = [*place.headers(script=script), ("Cache-Control", NOT_AT_ALL)]
    headers.append(("Content-Type", media_type))
    return _with_length(asked, HTTPStatus.OK, headers, body)


def _said(asked: Asked, status: HTTPStatus) -> Answer:
    """A plain page of ours that says what is the matter and names nobody."""
    with override(accepted_language(asked.accept_language) or "en"):
        title, sentence = _words(status)
        context = {"title": title, "sentence": sentence, "status": status.value}
        body = render_to_string("portal/programs/plain.html", context).encode()
    headers = policy.headers(policy.NOTHING)
    headers += [("Cache-Control", NOT_AT_ALL), ("Content-Type", content_type_of(".html"))]
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers.append(("Allow", ALLOWED))
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append(("Retry-After", "5"))
    return _with_length(asked, status, headers, body)


def _words(status: HTTPStatus) -> tuple[str, str]:
    if status is HTTPStatus.GONE:
        return (
            _("This preview has ended"),
            _("A preview lasts a quarter of an hour. Reload the page to go on."),
        )
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        return _("There is nothing here"), _("Files are only read here.")
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        return _("Back in a moment"), _("Please try again in a few seconds.")
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        return (
            _("Something went wrong"),
            _("This is our fault, not yours, and it has been written down. Please try again."),
        )
    return _("There is nothing here"), _("The address may be mistyped, or what was here is gone.")


def _with_length(asked: Asked, status: HTTPStatus, headers: Headers, body: bytes) -> Answer:
    headers = [*headers, ("Content-Length", str(len(body)))]
    return Answer(status, headers, body=b"" if asked.method == "HEAD" else body)
