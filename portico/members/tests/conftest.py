from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _quick_hashing(settings: Any) -> None:
    """People sign up and in often here; real argon2 is for `tests/test_production.py`."""
    settings.PASSWORD_HASHERS = ["tests.hashing.QuickArgon2"]
