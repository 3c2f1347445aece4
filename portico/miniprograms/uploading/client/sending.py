"""Talking to a Portico's API: sending a package safely more than once, reading what came of it.

An upload is safe to repeat: the same package is the same version, and the `Idempotency-Key` made
from its hash has the server give its first answer again. So whatever a network does, it is sent
again until there is an answer. Other commands ask the same way (`Portico.ask`).
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import BinaryIO, Final, TypeAlias

import httpx2
from pydantic import JsonValue

from portico.kernel.errors import DomainError, gettext_noop
from portico.miniprograms.uploading.client.places import Place

Said: TypeAlias = Mapping[str, JsonValue]

PIECE: Final = 64 * 1024
PAUSES: Final = (1.0, 2.0, 4.0, 8.0)  # seconds between tries
NOT_NOW: Final = frozenset({429, 502, 503, 504})
TIMEOUTS: Final = httpx2.Timeout(60.0, connect=10.0)
LARGEST_ANSWER: Final = 8 * 1024 * 1024
NOTHING: Final[Said] = MappingProxyType({})


class NotReached(DomainError):
    """No answer, after all tries."""

    code = "not_reached"
    sentence = gettext_noop("%(address)s cannot be reached: %(why)s")


class NotPortico(DomainError):
    """An answer that no Portico gives."""

    code = "not_portico"
    sentence = gettext_noop(
        "%(address)s does not answer as a Portico does (status %(status)s). Check --url: it is the "
        "address of the workspace."
    )


class LeadsOn(DomainError):
    """A redirect: the token is not sent on to wherever it leads."""

    code = "leads_on"
    sentence = gettext_noop("%(address)s leads on to %(place)s. Give that address as --url.")


@dataclass(frozen=True)
class Package:
    """What is sent. `sha256` is hexadecimal."""

    file: BinaryIO
    size: int
    sha256: str


@dataclass(frozen=True)
class Reply:
    """What the API answered: JSON, whatever the status."""

    status: int
    said: Said = field(default_factory=dict)

    @property
    def is_refusal(self) -> bool:
        """Whether it was understood and turned down."""
        return self.status >= 400


@dataclass(frozen=True)
class Portico:
    """A workspace's API. The token goes into its one header and nowhere else.

    `pause` waits so many seconds; `told` hears why something is tried again. `agent` is what the
    server's log calls us.
    """

    place: Place
    token: str = field(repr=False)
    agent: str = "portico upload"
    pause: Callable[[float], None] = time.sleep
    told: Callable[[str], None] = lambda _text: None

    def upload(self, app_id: str, package: Package, *, progress: Callable[[int], None]) -> Reply:
        """Send a package; `progress` hears how many bytes of it are on their way. Raises
        `NotReached`, `LeadsOn` or `NotPortico`."""
        digest = base64.b64encode(bytes.fromhex(package.sha256)).decode()
        headers = {
            "Content-Type": "application/zip",
            "Content-Length": str(package.size),
            "Content-Digest": f"sha-256=:{digest}:",
            "Idempotency-Key": f"upload-{package.sha256}",
        }
        path = f"/api/v1/mini-programs/{app_id}/versions"
        return self._tried("PUT", path, headers, lambda: _pieces(package, progress))

    def checks(self, app_id: str, code: int) -> Reply:
        """How the automated checks of a version stand."""
        return self._tried("GET", f"/api/v1/mini-programs/{app_id}/versions/{code}/checks", NONE)

    def ask(
        self, method: str, path: str, said: Said | None = None, *, key: str = "", once: bool = False
    ) -> Reply:
        """Ask for something below `/api/v1`, with a JSON body where something is `said`.

        A request that changes something needs a `key` of its own, under which it is safe to send
        again. `once`: it is not sent again. Raises as `upload` does.
        """
        headers = {"Idempotency-Key": key} if key else {}
        address = f"/api/v1{path}"
        pauses = () if once else PAUSES
        if said is None:
            return self._tried(method, address, headers, pauses=pauses)
        content = json.dumps(dict(said)).encode()
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
        return self._tried(method, address, headers, lambda: iter([content]), pauses=pauses)

    def _tried(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: Callable[[], Iterator[bytes]] | None = None,
        *,
        pauses: tuple[float, ...] | None = None,
    ) -> Reply:
        why = ""
        for pause in (*(PAUSES if pauses is None else pauses), None):
            try:
                reply = self._once(method, path, headers, body() if body else None)
            except httpx2.TransportError as error:
                why = _in_words(error)
            else:
                if reply.status not in NOT_NOW:
                    return reply
                why = f"it answers with status {reply.status}."
            if pause is not None:
                self.told(f"{why} Trying again in {pause:.0f} s.")
                self.pause(pause)
        raise NotReached(address=self.place.address, why=why)

    def _once(
        self, method: str, path: str, headers: Mapping[str, str], body: Iterator[bytes] | None
    ) -> Reply:
        # What is not encrypted stays on this machine, and is no proxy's to see.
        encrypted = self.place.address.startswith("https:")
        with httpx2.Client(timeout=TIMEOUTS, follow_redirects=False, trust_env=encrypted) as client:
            request = client.build_request(
                method,
                f"{self.place.connects_to}{path}",
                headers={
                    **headers,
                    "Host": self.place.host,
                    "Authorization": f"Bearer {self.token}",
                    "Accept": "application/json",
                    "User-Agent": self.agent,
                },
                content=body,
                extensions={"sni_hostname": self.place.name},
            )
            response = client.send(request, stream=True)
            try:
                return self._reply(response)
            except (httpx2.DecodingError, ValueError, RecursionError):  # compressed or JSON: broken
                status = response.status_code
                raise NotPortico(address=self.place.address, status=status) from None
            finally:
                response.close()

    def _reply(self, response: httpx2.Response) -> Reply:
        address = self.place.address
        if response.is_redirect:
            raise LeadsOn(address=address, place=response.headers["Location"][:200])
        if response.status_code in NOT_NOW:
            return Reply(response.status_code)
        content = b""
        for piece in response.iter_bytes():
            content += piece
            if len(content) > LARGEST_ANSWER:
                raise NotPortico(address=address, status=response.status_code)
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if kind not in {"application/json", "application/problem+json"}:
            raise NotPortico(address=address, status=response.status_code)
        said = httpx2.Response(200, content=content).json()
        if not isinstance(said, dict):
            raise NotPortico(address=address, status=response.status_code)
        return Reply(response.status_code, said)


NONE: Final[Mapping[str, str]] = MappingProxyType({})


def _pieces(package: Package, progress: Callable[[int], None]) -> Iterator[bytes]:
    package.file.seek(0)
    sent = 0
    while piece := package.file.read(PIECE):
        yield piece
        sent += len(piece)
        progress(sent)


def _in_words(error: httpx2.TransportError) -> str:
    """What happened, without what a library says for its own developers."""
    if isinstance(error, httpx2.ConnectTimeout):
        return "it does not answer within 10 s."
    if isinstance(error, httpx2.ConnectError):
        return f"{str(error).rstrip('.') or 'no connection'}."
    if isinstance(error, httpx2.TimeoutException):
        return "it stopped answering."
    return "the connection was lost."
