"""The scene of the walks."""

from __future__ import annotations

import pytest

from conftest import Cast
from tests.access.scene import fill_scene


@pytest.fixture
def scene(cast: Cast) -> Cast:
    """Every section has a revision and a draft, and the brand its images."""
    return fill_scene(cast)
