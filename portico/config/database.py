"""From a PostgreSQL URL to Django's database settings."""

from __future__ import annotations

from typing import Any

from psycopg.conninfo import conninfo_to_dict


def database(url: str) -> dict[str, Any]:
    """Django's DATABASES entry for a libpq URL.

    Each thread keeps its connection, and looks before a request whether it still stands, so that
    requests after a restart of the database meet a fresh one instead of an error.
    """
    parts = conninfo_to_dict(url)
    options: dict[str, Any] = {
        key: value
        for key, value in parts.items()
        if key not in {"dbname", "user", "password", "host", "port"}
    }
    options.setdefault("application_name", "portico")
    # Statements that a connection has run a few times are prepared: the server plans them once.
    # A pooler that hands one connection to many must be told to keep prepared statements apart.
    options.setdefault("server_side_binding", True)
    options.setdefault("prepare_threshold", 3)
    return {
        "ENGINE": "portico.config.postgresql",
        "NAME": parts.get("dbname") or "portico",
        "USER": parts.get("user") or "",
        "PASSWORD": parts.get("password") or "",
        "HOST": parts.get("host") or "",
        "PORT": str(parts.get("port") or ""),
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": None,
        "OPTIONS": options,
    }
