"""Uploads to a real web server: little memory, and nothing half-kept when it is killed."""

from __future__ import annotations

import http.client
import random
import socket
import sys
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pytest

from portico.config.running.postgres import url as database_url
from portico.miniprograms.packages import read_package
from tests.packages import make_package
from tests.processes.conftest import Starter
from tests.processes.program import UP, Program, answer, wait_until

pytestmark = pytest.mark.soak

APP_ID = "com.example.large"
PATH = f"/api/v1/mini-programs/{APP_ID}/versions"
MIB = 1024 * 1024
VERSIONS = f"""
SELECT count(version.id) FROM miniprograms_version version
JOIN miniprograms_miniprogram program ON program.id = program_id WHERE app_id = '{APP_ID}'
"""
SEED = f"""
from portico.config.setup import set_up_django
set_up_django()
from datetime import timedelta
from portico.audit.services import PLATFORM
from portico.kernel.clock import now
from portico.miniprograms.models import MiniProgram
from portico.workspaces.models import Membership, Workspace
from portico.workspaces.tokens import make_token
acme = Workspace.objects.get(slug="acme")
MiniProgram.objects.create(workspace=acme, app_id="{APP_ID}", name="Large")
admin = Membership.objects.get(workspace=acme, person__email="admin@acme.example.com")
print(make_token(admin, name="CI", permissions=admin.permissions, lasts=timedelta(days=1),
                 by=PLATFORM, at=now())[1])
"""


@pytest.fixture
def running(start: Starter, folder: Path, port: int) -> Program:
    """A demo with one web process, so that it is known which one takes an upload."""
    variables = {
        "PORTICO_DATA_DIR": str(folder),
        "PORTICO_PORT": str(port),
        "PORTICO_DEMO": "1",
        "PORTICO_WEB_WORKERS": "1",
    }
    program = start(UP, **variables)
    wait_until(lambda: answer(port, "/readyz")[0] == 200, within=90, what="it answers")
    wait_until(
        lambda: answer(port, "/sign-in/")[0] == 200 and "Portico is running" in program.said(),
        within=60,
        what="the demo is there",
    )
    return program


@pytest.fixture
def token(running: Program, start: Starter, folder: Path, port: int) -> str:
    """A token of acme's admin, who has a mini program."""
    seeding = start(
        [sys.executable, "-c", SEED],
        PORTICO_DATA_DIR=str(folder),
        PORTICO_PORT=str(port),
        PORTICO_DEMO="1",
    )
    assert seeding.process.wait(timeout=60) == 0, seeding.said()
    return seeding.said().split()[-1]


def put(port: int, token: str, package: bytes) -> tuple[int, str]:
    """Upload it, in one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Host": f"acme.localhost:{port}", "Authorization": f"Bearer {token}"}
    connection.request("PUT", PATH, package, {**headers, "Content-Type": "application/zip"})
    response = connection.getresponse()
    said = response.read().decode()
    connection.close()
    return response.status, said


def web_processes(program: Program) -> list[int]:
    """The processes of the web server."""
    return [pid for pid, command in program.living().items() if command.endswith("cli web")]


def peak(pid: int) -> int:
    """The most memory that a process has had, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"{pid} does not tell its memory.")


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database_url(folder)) as connection:
        return connection.execute(sql).fetchall()


def large(code: int) -> bytes:
    noise = random.Random(code)
    files = {f"data/{number}.bin": noise.randbytes(MIB) for number in range(19)}
    return make_package(APP_ID, code=code, files=files)


def test_a_package_of_20_mib_takes_little_memory(running: Program, token: str, port: int) -> None:
    assert put(port, token, make_package(APP_ID, code=1))[0] == 201  # what is loaded late, is now
    package = large(2)
    assert len(package) > 19 * MIB
    read_package(BytesIO(package))
    before = {pid: peak(pid) for pid in web_processes(running)}

    status, said = put(port, token, package)

    growth = {pid: peak(pid) - was for pid, was in before.items()}
    assert status == 201, said
    assert before
    assert max(growth.values()) < 16 * MIB, growth


def test_a_web_server_that_is_killed_during_an_upload_keeps_nothing_of_it(
    running: Program, token: str, port: int, folder: Path
) -> None:
    package = large(3)
    head = (
        f"PUT {PATH} HTTP/1.1\r\nHost: acme.localhost:{port}\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/zip\r\n"
        f"Content-Length: {len(package)}\r\n\r\n"
    )
    incoming = folder / "incoming"
    with socket.create_connection(("127.0.0.1", port), timeout=30) as sender:
        sender.sendall(head.encode() + package[: 15 * MIB])
        wait_until(lambda: _spools(running), within=20, what="the upload is on the disk")
        for pid in web_processes(running):
            with suppress(ProcessLookupError):
                running.kill(pid)

    wait_until(lambda: answer(port, "/readyz")[0] == 200, within=60, what="it answers again")
    assert rows(folder, VERSIONS) == [(0,)]
    assert list(incoming.iterdir()) == []
    kept = [path for path in (folder / "files").rglob("*") if path.is_file()]
    assert all(path.stat().st_size < MIB for path in kept)
    assert put(port, token, package)[0] == 201


def _spools(program: Program) -> bool:
    """Whether a process of the web server has a file open that has no name, with much in it."""
    for pid in web_processes(program):
        with suppress(OSError):
            for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                name = str(descriptor.readlink())
                if "/incoming/" in name and descriptor.stat().st_size > 4 * MIB:
                    return True
    return False
