from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.demo_mail import DemoMailPeer, demo_mail_server


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[DemoMailPeer]:
    """The server, with its things in the test's own folder."""
    with demo_mail_server(tmp_path) as running:
        yield running
