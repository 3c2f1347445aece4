from __future__ import annotations

import pytest

from conftest import Cast
from portico.releases.tests.staging import Stage, make_stage


@pytest.fixture
def stage(cast: Cast) -> Stage:
    """A program on both targets of an app, and those who act."""
    return make_stage(cast)
