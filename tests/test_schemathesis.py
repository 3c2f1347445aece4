"""The whole API against its own contract: whatever it is asked, it answers as it says it does.

Each example is rolled back, so that every one finds the same scene. What it is asked is made up
from the contract, the same in every run; `make soak` asks much more. Half of the time an example is
about something that is there, and based on what is live: else most would end at 404 and 412.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case, SerializationContext, openapi, serializer
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from conftest import Cast, make_cast
from portico.config.contract import document
from portico.config.wsgi import application
from tests.access.scene import Scene, fill_scene
from tests.access.tables import OPERATIONS
from tests.make import make_token

pytestmark = pytest.mark.django_db

HOST = "http://acme.localhost:8000"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
QUIET = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)


def contract(*, coverage: bool) -> Any:
    """The contract as schemathesis reads it. `coverage`: with an example for each boundary."""
    config = SchemathesisConfig.from_dict(
        {
            "phases": {
                "examples": {"enabled": False},
                "coverage": {"enabled": coverage},
                "stateful": {"enabled": False},
                "fuzzing": {"extra-data-sources": {"responses": False}},
            }
        }
    )
    read = openapi.from_dict(document(), config=config)
    read.app = application
    return read


@serializer("application/zip")
def as_it_is(_context: SerializationContext, value: object) -> bytes:
    """A package is sent as the bytes that it is."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


schema = contract(coverage=False)
whole_schema = contract(coverage=True)


@dataclass(frozen=True)
class Stage:
    """What is there to be asked about, and who asks."""

    cast: Cast
    token: str
    folder: Path


@pytest.fixture(scope="module")
def whole_stage(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """The scene of `tests/access` and a token of acme's admin, for all operations; undone after."""
    folder = tmp_path_factory.mktemp("files")
    with django_db_blocker.unblock(), files_in(folder), transaction.atomic():
        cast = fill_scene(make_cast())
        yield Stage(cast, make_token(cast.admin)[1], folder)
        transaction.set_rollback(True)


@pytest.fixture
def stage(whole_stage: Stage, _own_storage: None) -> Iterator[Stage]:
    """The stage, with its own files, on the connection whose transaction it is in."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    with files_in(whole_stage.folder):
        yield whole_stage
    for signal in signals:
        signal.connect(close_old_connections)


@contextmanager
def files_in(folder: Path) -> Iterator[None]:
    """Keep files there."""
    storages = dict(django_settings.STORAGES)
    storages["default"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(folder), "base_url": None},
    }
    with override_settings(STORAGES=storages):
        yield


def ask(case: Case[Any], stage: Stage) -> None:
    """Ask what the case says, and hold the answer to the contract."""
    name = f"{case.method} {case.path.removeprefix('/api/v1')}"
    with transaction.atomic():
        if zlib.crc32(repr(case.path_parameters or case.body or case.query).encode()) % 2:
            make_real(case, name, stage.cast)
        headers = {"Authorization": f"Bearer {stage.token}"}
        for own in [name for name in case.headers if name.lower() == "authorization"]:
            del case.headers[own]
        response = case.call(base_url=HOST, headers=headers)
        transaction.set_rollback(True)
    case.validate_response(response, checks=CHECKS)


def make_real(case: Case[Any], name: str, cast: Cast) -> None:
    """Have the case be about something that is there, and based on what is live."""
    row = OPERATIONS.get(name)
    if row is None:  # a method that the address does not take
        return
    if case.path_parameters:
        real = row.path(Scene(cast, "admin"))
        case.path_parameters.update({key: str(value) for key, value in real.items()})
    if row.etag:
        case.headers["If-Match"] = row.etag
    if row.query:
        case.query.update(parse_qsl(row.query.removeprefix("?")))


# The client does not close an answer that it has read, so files behind answers are left to Python.
FILES_LEFT_OPEN = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@FILES_LEFT_OPEN
@schema.parametrize()  # type: ignore[untyped-decorator]
@settings(QUIET, max_examples=5)
def test_the_api_answers_as_its_contract_says(case: Case[Any], stage: Stage) -> None:
    ask(case, stage)


@pytest.mark.soak
@FILES_LEFT_OPEN
@whole_schema.parametrize()  # type: ignore[untyped-decorator]
@settings(QUIET, max_examples=50)
def test_the_api_answers_as_its_contract_says_at_every_boundary(
    case: Case[Any], stage: Stage
) -> None:
    ask(case, stage)
