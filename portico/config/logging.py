"""Logs: one line an event, readable in development, JSON in production, never with a secret.

A request's line carries method, host, path, status and time, and no query string: links that
carry a token are GETs (password reset, handoff), and a log must not keep them.
"""

from __future__ import annotations

import json
import logging
import logging.config
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponseBase

from portico.config.env import Env, load

# `/internal/tls/ask` takes its secret from the query; what is miswritten may have it in the path.
# Behind `/~` comes what opens a preview.
TOKEN_PATHS = (
    "/password/reset/key/",
    "/invitations/",
    "/verify-address/",
    "/internal/tls/ask",
    "/~",
)

request_log = logging.getLogger("portico.request")


def logs_as_json(env: Env) -> bool:
    """Whether lines are JSON."""
    return env.log_format == "json" or (env.log_format == "auto" and env.production)


def logging_settings(env: Env) -> None:
    """Configure logging for this process."""
    as_json = logs_as_json(env)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    if as_json:
        renderer: Any = structlog.processors.JSONRenderer()
    else:
        # A traceback with local variables would show secrets.
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        shared = [step for step in shared if step is not structlog.processors.format_exc_info]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "as_it_stands": {"format": "%(message)s"},
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        renderer,
                    ],
                },
            },
            "filters": {"without_tokens": {"()": WithoutTokens}},
            "handlers": {
                "out": {
                    "class": "logging.StreamHandler",
                    "formatter": "structured",
                    "filters": ["without_tokens"],
                },
                "requests": {"class": "logging.StreamHandler", "formatter": "as_it_stands"},
            },
            "root": {"handlers": ["out"], "level": "INFO"},
            "loggers": {
                "portico.request": {"handlers": ["requests"], "propagate": False},
                "django.request": {"level": "ERROR"},
                "django.server": {"level": "WARNING"},
                "procrastinate": {"level": "WARNING"},
            },
        }
    )


def path_for_log(path: str) -> str:
    """The path without what must not be kept: what follows a prefix that carries a token."""
    # In whatever case and with however many slashes: a path that leads nowhere is logged, too, and
    # the token in it opens what it opens.
    plain = "/" + path.lstrip("/").lower()
    for prefix in TOKEN_PATHS:
        if plain.startswith(prefix):
            return prefix + "…"
    return path


class WithoutTokens(logging.Filter):
    """Masks the paths in what Django itself logs of requests that fail or are refused."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, its paths masked."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                path_for_log(one) if isinstance(one, str) else one for one in record.args
            )
        return True


class RequestLog:
    """Writes a line for each request.

    The line is put together here and logged as it stands: the general way through structlog costs
    more than answering a visitor from memory does.
    """

    def __init__(self) -> None:
        self.line = json.dumps if logs_as_json(load()) else _text

    def write(self, method: str | None, host: str, path: str, status: int, started: float) -> None:
        """Log a request that began at `started`, by `time.perf_counter`, and is answered."""
        request_log.info(
            self.line(
                {
                    "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                    "event": "request",
                    "method": method,
                    "host": host,
                    "path": path_for_log(path),
                    "status": int(status),
                    "ms": round((time.perf_counter() - started) * 1000, 1),
                }
            )
        )


class RequestLogMiddleware:
    """Log each request once it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.log = RequestLog()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request and log its line."""
        started = time.perf_counter()
        response = self.get_response(request)
        host = request.META.get("HTTP_HOST", "")
        self.log.write(request.method, host, request.path, response.status_code, started)
        return response


def _text(facts: dict[str, Any]) -> str:
    # Escaped, so that a path with a line feed in it cannot forge a line of its own.
    words = " ".join(str(facts[name]) for name in ("method", "host", "path", "status"))
    return f"{facts['at'][11:]} {words} {facts['ms']} ms".encode("unicode_escape").decode()
