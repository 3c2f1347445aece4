"""Folders and programs for tests with real processes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from portico.config.running.removal import remove
from tests.processes.program import Program, free_port

Starter = Callable[..., Program]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder with a short path, removed with its database."""
    with tempfile.TemporaryDirectory(prefix="portico-") as name:
        yield Path(name)
        remove(Path(name))


@pytest.fixture
def port() -> int:
    """A free port."""
    return free_port()


@pytest.fixture
def start(folder: Path, tmp_path: Path) -> Iterator[Starter]:
    """`start(argv, **environment)`: run a program on the data folder for the length of a test."""
    programs: list[Program] = []

    def starter(argv: list[str], **environment: str) -> Program:
        log = tmp_path / f"{len(programs)}.log"
        programs.append(Program(argv, folder, log, **environment))
        return programs[-1]

    yield starter
    for program in programs:
        program.end()


@pytest.fixture
def empty_queue(transactional_db: None) -> Iterator[None]:
    """An empty queue before and after. Its tables are not Django's, so the flush leaves them."""
    empty = "TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE"
    with connection.cursor() as cursor:
        cursor.execute(empty)
        yield
        cursor.execute(empty)
