"""A real PostgreSQL for the tests, started before Django reads its settings.

Loaded by `-p tests.database`: pytest-django reads the settings before any conftest is imported.
Under xdist the first process starts the server and the others inherit its address.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

_stack = ExitStack()


def _prepare() -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    for name in [name for name in os.environ if name.startswith("PORTICO_")]:
        del os.environ[name]
    folder = Path(_stack.enter_context(tempfile.TemporaryDirectory(prefix="portico-tests-")))
    folder.chmod(0o755)
    os.environ |= {
        "PORTICO_DATA_DIR": str(folder),
        "PORTICO_DEFAULT_WORKSPACE": "acme",
        "PORTICO_LOG_FORMAT": "text",
    }
    if not os.environ.get("DATABASE_URL"):
        from portico.config.running.postgres import running

        os.environ["DATABASE_URL"] = _stack.enter_context(running(folder, durable=False))


def pytest_unconfigure() -> None:
    """Stop the server, and remove what the tests wrote."""
    _stack.close()


_prepare()
