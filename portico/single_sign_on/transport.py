"""HTTP for the library that speaks OpenID Connect, through the guarded client."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import requests
from requests.adapters import BaseAdapter
from requests.models import PreparedRequest, Response
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse

from portico.egress.calls import CallTrouble, Limits, call
from portico.egress.calls.calling import OURS
from portico.egress.services import egress

# A person waits for it; documents and key sets of providers are a few KiB.
LIMITS = Limits(connect=4.0, read=6.0, whole=10.0, most_read=256 * 1024)


class Unreachable(requests.ConnectionError):
    """The provider could not be asked; `trouble` says why."""

    def __init__(self, trouble: CallTrouble) -> None:
        self.trouble = trouble
        super().__init__(str(trouble))


def guarded_session() -> requests.Session:
    """A session whose every call is checked against the address policy, and follows nothing."""
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = 0
    session.mount("https://", _Guarded())
    session.mount("http://", _Guarded())
    return session


class _Guarded(BaseAdapter):
    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,  # noqa: ARG002 - the library's signature
        timeout: object = None,  # noqa: ARG002
        verify: bool | str = True,  # noqa: ARG002
        cert: Any = None,  # noqa: ARG002
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002
    ) -> Response:
        """Make the call; raises `Unreachable`."""
        headers = {
            str(name): str(value)
            for name, value in request.headers.items()
            if name.lower() not in OURS
        }
        body = request.body if isinstance(request.body, str | bytes) else b""
        try:
            answer = call(
                request.method or "GET",
                request.url or "",
                egress=egress(),
                headers=headers,
                body=body.encode() if isinstance(body, str) else body,
                limits=LIMITS,
            )
        except CallTrouble as trouble:
            raise Unreachable(trouble) from trouble
        response = Response()
        response.status_code = answer.status
        response.headers = CaseInsensitiveDict(dict(answer.headers))
        response.url = request.url or ""
        response.request = request
        response.encoding = "utf-8"
        response.raw = HTTPResponse(BytesIO(answer.body), preload_content=False)
        return response

    def close(self) -> None:
        """Nothing is kept open."""
