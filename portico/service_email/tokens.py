"""Access tokens of a workspace's mail server, kept until they end; renewed refresh tokens saved.

Kept ones are in the cache that all processes share, encrypted with the key ring and bound to what
they were asked for with, and to the mail server that they are for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Final

import structlog
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.utils.crypto import salted_hmac

from portico.basic_settings.services import live
from portico.kernel.clock import now
from portico.secrets.services import Binding, SecretUnusable, renew, reveal, seal, unseal
from portico.service_email.going_live import part_of, row_of
from portico.service_email.section import section
from portico.service_email.server_parts import ServerPart
from portico.service_email.smtp.server import Server, TokenAccess
from portico.service_email.smtp.tokens import Fetch, Token
from portico.workspaces.models import Workspace

EARLY: Final = 60  # seconds before its end from which a token is not used any more
# For whoever still holds the one before: a drain under way, or a form whose values were tested.
SUCCESSOR_KEPT: Final = timedelta(days=1)
MOST_SUCCESSORS: Final = 20

log = structlog.get_logger("portico.mail")


class WorkspaceTokens:
    """Keeps the tokens of one mail server of a workspace. `fresh`: takes none that are kept, as a
    test should.

    Some providers take each refresh token once, and withdraw them all where one comes twice. So
    one process at a time asks, and the next one asks with what the last one got.
    """

    def __init__(self, workspace: Workspace, server: Server, *, fresh: bool = False) -> None:
        self._workspace = workspace
        self._server = server
        self._fresh = fresh
        self._successors: dict[TokenAccess, TokenAccess] = {}

    def token(self, access: TokenAccess, fetch: Fetch, wait: Callable[[], None]) -> str:
        """A token that is still good for a minute, or a new one."""
        if (kept := self._kept(access)) is not None:
            return kept
        with self._alone(access, wait):
            if (kept := self._kept(access)) is not None:  # somebody else has asked meanwhile
                return kept
            newest = self._newest(access)
            token = fetch(newest)
            self._keep(access, newest, token)
        return token.text

    def refused(self, access: TokenAccess) -> None:
        """Drop the kept token."""
        cache.delete(self._name("token", self._newest(access)))

    def late(self, access: TokenAccess, token: Token) -> None:
        """Keep what came after all, with a connection of this thread's own."""
        try:
            self._keep(access, access, token)
        except DatabaseError:
            log.warning("a late access token could not be kept", workspace=self._workspace.slug)
        finally:
            connection.close()

    def current(self, server: Server) -> Server:
        """The server with the refresh token that is good from now on."""
        if server.tokens is None:
            return server
        return replace(server, tokens=self._newest(server.tokens))

    def _kept(self, access: TokenAccess) -> str | None:
        if self._fresh:
            return None
        newest = self._newest(access)
        kept = self._opened("token", newest)
        if kept is not None and newest != access:
            self._save(access, newest)
        return kept

    def _newest(self, access: TokenAccess) -> TokenAccess:
        """The access with the refresh token that came last, wherever it was asked for."""
        for _step in range(MOST_SUCCESSORS):
            successor = self._successors.get(access)
            if successor is None and (text := self._opened("next", access)) is not None:
                successor = replace(access, refresh_token=text)
            if successor is None:
                break
            access = successor
        return access

    def _keep(self, access: TokenAccess, asked_with: TokenAccess, token: Token) -> None:
        newest = asked_with
        if token.refresh_token and token.refresh_token != asked_with.refresh_token:
            newest = replace(asked_with, refresh_token=token.refresh_token)
            for older in {access, asked_with}:
                self._successors[older] = newest
                self._close("next", older, newest.refresh_token, SUCCESSOR_KEPT)
        if newest != access:
            self._save(access, newest, asked_with)
        if token.seconds > EARLY:
            self._close("token", newest, token.text, timedelta(seconds=token.seconds - EARLY))

    def _save(self, access: TokenAccess, newest: TokenAccess, *others: TokenAccess) -> None:
        """Put the new refresh token wherever an older one is stored."""
        older = {one.refresh_token for one in (access, *others)}
        row = row_of(self._workspace)
        saved = ServerPart.of(live(self._workspace, section).payload)
        for part in {part_of(row) if row else None, saved}:
            if part is not None:
                self._save_in(part, older, newest.refresh_token)

    def _save_in(self, part: ServerPart, older: set[str], refresh_token: str) -> None:
        secret_id, binding = part.secrets.get("refresh_token"), part.binding
        if secret_id is None:
            return
        try:
            stored = reveal(
                secret_id,
                workspace=self._workspace,
                binding=binding.equal,
                at_least=binding.at_least,
            )
            if stored in older:
                renew(
                    secret_id,
                    refresh_token,
                    workspace=self._workspace,
                    binding=binding.equal,
                    at_least=binding.at_least,
                    at=now(),
                )
        except SecretUnusable:
            log.warning("a new refresh token could not be saved", workspace=self._workspace.slug)

    @contextmanager
    def _alone(self, access: TokenAccess, wait: Callable[[], None]) -> Iterator[None]:
        """Among all processes, for this workspace's application. Whoever dies lets go."""
        text = "\0".join([str(self._workspace.id), access.url, access.client_id])
        digest = salted_hmac("portico.service_email.asking", text, algorithm="sha256").digest()
        key = int.from_bytes(digest[:8], "big", signed=True)
        while not _asked("SELECT pg_try_advisory_lock(%s)", key):
            wait()
        try:
            yield
        finally:
            _asked("SELECT pg_advisory_unlock(%s)", key)

    def _opened(self, kind: str, access: TokenAccess) -> str | None:
        name = self._name(kind, access)
        if (kept := cache.get(name)) is None:
            return None
        try:
            return unseal(kept, self._binding(kind, access))
        except SecretUnusable:
            cache.delete(name)
            return None

    def _close(self, kind: str, access: TokenAccess, text: str, lasts: timedelta) -> None:
        sealed = seal(text, self._binding(kind, access))
        cache.set(self._name(kind, access), sealed, int(lasts.total_seconds()))

    def _name(self, kind: str, access: TokenAccess) -> str:
        text = "\0".join(str(fact) for fact in self._facts(access).values())
        digest = salted_hmac("portico.service_email.tokens", text, algorithm="sha256").hexdigest()
        return f"mail-{kind}-{digest}"

    def _binding(self, kind: str, access: TokenAccess) -> Binding:
        return Binding({"kind": kind, **self._facts(access)})

    def _facts(self, access: TokenAccess) -> dict[str, str | int]:
        return {
            "workspace": str(self._workspace.id),
            "host": self._server.host,
            "port": self._server.port,
            "security": self._server.security.value,
            "username": self._server.username,
            "url": access.url,
            "client_id": access.client_id,
            "scope": access.scope,
            "client_secret": access.client_secret,
            "refresh_token": access.refresh_token,
        }


def _asked(question: str, key: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, [key])
        return bool(cursor.fetchone()[0])
