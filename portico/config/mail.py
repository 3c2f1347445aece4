"""The platform's own mailer: account-security mail, never a workspace's server."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from portico.config.env import Env


def mail_settings(env: Env, data_dir: Path) -> dict[str, Any]:
    """Django's e-mail settings. Without a server, mail is captured as files in the data folder."""
    settings: dict[str, Any] = {"DEFAULT_FROM_EMAIL": env.mail_from, "EMAIL_TIMEOUT": 15}
    url = env.mail_url.get_secret_value()
    if not url:
        return settings | {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(data_dir / "mail"),
        }
    parts = urlsplit(url)
    security = parse_qs(parts.query).get("security", ["starttls"])[0]
    return settings | {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or {"ssl": 465, "starttls": 587, "none": 25}[security],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": security == "starttls",
        "EMAIL_USE_SSL": security == "ssl",
    }
