"""A mini program of acme, and who works on it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.audit.services import PLATFORM
from portico.miniprograms.models import Kind, MiniProgram, Version
from portico.miniprograms.uploading.services import upload
from tests.make import AT, make_program
from tests.packages import APP_ID, make_package


@pytest.fixture
def program(cast: Cast) -> MiniProgram:
    """A mini program of packages, which the developer works on."""
    return make_program(cast.acme, APP_ID, developer=cast.developer)


@pytest.fixture
def hosted(cast: Cast) -> MiniProgram:
    """A hosted one, which the developer works on."""
    return make_program(cast.acme, APP_ID, developer=cast.developer, kind=Kind.HOSTED)


@pytest.fixture
def developer(cast: Cast, call: Callable[..., Client]) -> Client:
    """A client of the API with the developer's token."""
    return call(cast.acme, cast.developer)


@pytest.fixture
def page(cast: Cast, browse: Callable[..., Client]) -> Client:
    """The developer's browser."""
    return browse(cast.acme, cast.developer)


@pytest.fixture
def uploaded(program: MiniProgram) -> Callable[..., Version]:
    """`uploaded(code=3)`: a version that was really uploaded."""

    def made(**values: Any) -> Version:
        return upload(program, BytesIO(make_package(**values)), by=PLATFORM, at=AT)

    return made
