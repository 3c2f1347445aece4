from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _quick_hashing(settings: Any) -> None:
    """People sign in often here; that they do so with real argon2 is `tests/test_production.py`."""
    settings.PASSWORD_HASHERS = ["tests.hashing.QuickArgon2"]
