"""The shipped `deploy/Caddyfile` in front of Portico, both for real, as a browser sees them."""

from __future__ import annotations

import http.client
import secrets
import shutil
import socket
import ssl
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.db import connection

from tests.processes.conftest import Starter
from tests.processes.program import Program, answer, free_port, wait_until

CADDY = shutil.which("caddy") or "/usr/bin/caddy"
CADDYFILE = Path(__file__).resolve().parents[2] / "deploy" / "Caddyfile"
WEB = [sys.executable, "-m", "portico.config.cli", "web"]
BASE_DOMAIN, SECRET_KEY = "example.org", "k" * 50
CONTENT_DOMAIN = "content.example.net"
CLIENT = "127.0.0.5"

needs_caddy = pytest.mark.skipif(
    not Path(CADDY).exists(), reason="Caddy (Debian: caddy) is not installed."
)


@dataclass(frozen=True)
class Answer:
    """What came back over HTTPS."""

    status: int
    headers: http.client.HTTPMessage
    body: str


@dataclass
class Front:
    """Caddy, as a browser on this machine sees it."""

    port: int
    app_port: int
    storage: Path
    app: Program
    caddy: Program
    ask_secret: str
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        """The certificate of Caddy's own authority."""
        return self.storage / "pki" / "authorities" / "local" / "root.crt"

    def get(self, name: str, path: str = "/", **headers: str) -> Answer:
        """GET over HTTPS, the certificate checked against the name and Caddy's own authority."""
        return self.request("GET", name, path, "", headers)

    def request(
        self, method: str, name: str, path: str, body: str, headers: dict[str, str]
    ) -> Answer:
        """The same with any method. Raises `ssl.SSLError` where there is no certificate."""
        context = ssl.create_default_context(cafile=str(self.root))
        plain = socket.create_connection(
            ("127.0.0.1", self.port), timeout=15, source_address=(CLIENT, 0)
        )
        with plain, context.wrap_socket(plain, server_hostname=name) as secured:
            browser = http.client.HTTPConnection(name)
            browser.sock = secured
            sent = {"Host": name, **headers}
            if self.cookies:
                sent["Cookie"] = "; ".join(f"{key}={text}" for key, text in self.cookies.items())
            browser.request(method, path, body, sent)
            response = browser.getresponse()
            for one in response.headers.get_all("Set-Cookie", []):
                key, text = one.split(";")[0].split("=", 1)
                self.cookies[key] = text
            return Answer(response.status, response.headers, response.read().decode())

    def has_certificate(self, name: str) -> bool:
        """Whether it was made; Caddy keeps each in a folder of its name."""
        return any(self.storage.glob(f"certificates/**/{name}/*.crt"))

    def refuses(self, name: str) -> bool:
        """Whether a handshake with that name comes to nothing, and no certificate was made."""
        try:
            self.get(name)
        except (ssl.SSLError, ConnectionError):
            return not self.has_certificate(name)
        return False


@pytest.fixture
def front(start: Starter, folder: Path, tmp_path: Path) -> Iterator[Front]:
    """Portico as in production, and Caddy with an authority of its own instead of a public one."""
    database, app, secret = connection.settings_dict, free_port(), secrets.token_urlsafe(32)
    web = start(
        WEB,
        DATABASE_URL=f"postgresql://{database['USER']}@/{database['NAME']}"
        f"?host={database['HOST']}&port={database['PORT']}",
        PORTICO_MODE="production",
        PORTICO_DATA_DIR=str(folder),
        PORTICO_BASE_DOMAIN=BASE_DOMAIN,
        PORTICO_CONTENT_DOMAIN=CONTENT_DOMAIN,
        PORTICO_SECRET_KEY=SECRET_KEY,
        PORTICO_KEY_RING=Fernet.generate_key().decode(),
        PORTICO_MAIL_URL="smtp://127.0.0.1:9",
        PORTICO_TRUSTED_PROXIES="1",
        PORTICO_TLS_ASK_SECRET=secret,
        PORTICO_BIND="127.0.0.1",
        PORTICO_PORT=str(app),
        PORTICO_WEB_WORKERS="1",
    )
    storage, port = tmp_path / "caddy", free_port()
    options = [
        "local_certs",
        "default_bind 127.0.0.1",
        f"http_port {free_port()}",
        f"https_port {port}",
        f"storage file_system {storage}",
    ]
    caddy = start(
        [CADDY, "run", "--config", str(CADDYFILE), "--adapter", "caddyfile"],
        HOME=str(tmp_path),
        PORTICO_APP=f"127.0.0.1:{app}",
        PORTICO_TLS_ASK_SECRET=secret,
        PORTICO_CADDY_OPTIONS="\n".join(options),
    )
    wait_until(lambda: answer(app, "/readyz")[0] == 200, within=30, what="Portico answers")
    wait_until(lambda: "serving initial configuration" in caddy.said(), within=15, what="Caddy")
    yield Front(port, app, storage, web, caddy, secret)
    cache.clear()  # it counts failed sign-ins, and its table is none that Django empties
