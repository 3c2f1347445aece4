"""Portico as production runs it, for tests: `python -m tests.production`.

Django's settings are made once, at start, so a test that runs in development cannot have those of
production. This program has them. It reads requests from standard input as JSON, sends them to
itself one after the other as one browser would, and prints the answers.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from typing import Any

from cryptography.fernet import Fernet
from django.db import connection

BASE_DOMAIN = "example.org"
CONTENT_DOMAIN = "content.example.net"


@dataclass(frozen=True)
class Ask:
    """A request. `secure`: by HTTPS to this process itself."""

    path: str
    host: str = f"acme.{BASE_DOMAIN}"
    method: str = "get"
    sent: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    secure: bool = True


@dataclass(frozen=True)
class Answer:
    """What came back; the cookies as `Set-Cookie` has them, by name."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, dict[str, Any]]
    body: str


def ask(*requests: Ask, **variables: str) -> list[Answer]:
    """Have a production answer, on the database of the test; its rows must be committed.

    With `CHECK_CSRF` set, forms are held to the rules against forged ones, and sent with the token
    of the page that they are on.
    """
    database = connection.settings_dict
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}"
        f"?host={database['HOST']}&port={database['PORT']}",
        "PORTICO_MODE": "production",
        "PORTICO_NO_POOL": "1",
        "PORTICO_DATA_DIR": os.environ["PORTICO_DATA_DIR"],
        "PORTICO_BASE_DOMAIN": BASE_DOMAIN,
        "PORTICO_SECRET_KEY": "k" * 50,
        "PORTICO_KEY_RING": Fernet.generate_key().decode(),
        "PORTICO_MAIL_URL": "smtp://127.0.0.1:9",
        "PORTICO_CONTENT_DOMAIN": CONTENT_DOMAIN,
        **variables,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.production"],
        input=json.dumps([asdict(request) for request in requests]),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [Answer(**answer) for answer in json.loads(done.stdout.splitlines()[-1])]


def main() -> None:
    """Answer what is asked on standard input."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "portico.config.settings"
    import django

    django.setup()
    from django.test import Client

    strict = "CHECK_CSRF" in os.environ
    client = Client(raise_request_exception=False, enforce_csrf_checks=strict)
    print(json.dumps([_answer(client, Ask(**request)) for request in json.load(sys.stdin)]))


def _answer(client: Any, request: Ask) -> dict[str, Any]:
    call = getattr(client, request.method)
    headers = {"host": request.host, **request.headers}
    sent = dict(request.sent)
    if client.handler.enforce_csrf_checks and request.method != "get":
        page = client.get(request.path, headers={"host": request.host}, secure=True)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
        sent["csrfmiddlewaretoken"] = token[1] if token else ""
    response = call(request.path, sent, headers=headers, secure=request.secure)
    body = response.getvalue() if response.streaming else response.content
    return asdict(
        Answer(
            status=response.status_code,
            headers=dict(response.headers),
            cookies={name: dict(morsel) for name, morsel in response.cookies.items()},
            body=body.decode(errors="replace"),
        )
    )


if __name__ == "__main__":
    main()
