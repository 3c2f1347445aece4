"""What is kept in files is tried in a folder and in a bucket."""

from __future__ import annotations

from typing import Any

import pytest

from portico.files.bucket import Bucket
from tests.peers.objects import make_bucket


@pytest.fixture(params=["folder", "bucket"])
def anywhere(request: pytest.FixtureRequest, settings: Any, _own_storage: None) -> Bucket | None:
    """The bucket that holds the files of this test; None where it is a folder."""
    if request.param == "folder":
        return None
    made = make_bucket()
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "portico.files.storage.BucketStorage",
            "OPTIONS": {"bucket": made},
        },
    }
    return made
