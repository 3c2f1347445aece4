"""What `portico doctor` finds."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from portico.config.running.postgres import running
from tests.peers.objects import make_bucket
from tests.processes.program import clean_environment, free_port

pytestmark = pytest.mark.processes


def doctor(folder: Path, **environment: str) -> tuple[int, str]:
    """Run it on a data folder: its code and what it says."""
    settings = {"PORTICO_DATA_DIR": str(folder), "PORTICO_PORT": str(free_port())} | environment
    done = subprocess.run(
        [sys.executable, "-m", "portico.config.cli", "doctor"],
        env=clean_environment() | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout


def test_a_new_installation_is_fine(folder: Path) -> None:
    code, said = doctor(folder)

    assert code == 0, said
    assert "problem" not in said
    assert "The embedded PostgreSQL 18" in said
    assert "does not run now; `portico up` starts it" in said


def test_a_database_without_tables_is_a_problem_and_says_what_to_do(folder: Path) -> None:
    with running(folder, durable=False) as address:
        code, said = doctor(folder, DATABASE_URL=address)

    assert code == 1
    assert "PostgreSQL 18" in said
    assert "migrations. Run `portico migrate`." in said


def test_outbound_addresses_that_are_not_here_are_a_problem(folder: Path) -> None:
    code, said = doctor(folder, PORTICO_EGRESS_IPS="198.51.100.8=203.0.113.77")

    assert code == 1
    assert "calls leave from 203.0.113.77, which this machine does not have" in said
    assert "PORTICO_EGRESS_ECHO_URL is not set" in said


def test_outbound_addresses_that_are_here_are_told(folder: Path) -> None:
    code, said = doctor(
        folder,
        PORTICO_EGRESS_IPS="198.51.100.8=127.0.0.11,198.51.100.9=nat",
        PORTICO_EGRESS_ECHO_URL="https://echo.example.com/ip",
    )

    assert code == 0, said
    assert "Calls can leave from 198.51.100.8, 198.51.100.9." in said


def test_a_busy_port_is_a_problem(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        code, said = doctor(folder, PORTICO_PORT=str(port))

    assert code == 1
    assert f"problem  Port {port} is in use by another program." in said


def test_every_unsafe_setting_of_a_production_is_a_problem(folder: Path) -> None:
    code, said = doctor(folder, PORTICO_MODE="production", PORTICO_DEBUG="true")

    assert code == 1
    assert said.count("problem") >= 5
    assert "problem  PORTICO_DEBUG is on; its error pages show secrets." in said


def test_settings_that_cannot_be_used_are_told_first(folder: Path) -> None:
    code, said = doctor(folder, PORTICO_WEB_WORKERS="many")

    assert code == 1
    assert "problem  PORTICO_WEB_WORKERS is “many”" in said


def test_a_bucket_is_tried_out(folder: Path) -> None:
    bucket = make_bucket(prefix="")
    settings = {
        "PORTICO_S3_BUCKET": bucket.name,
        "PORTICO_S3_ENDPOINT": bucket.endpoint,
        "PORTICO_S3_ACCESS_KEY_ID": bucket.key_id,
        "PORTICO_S3_SECRET_ACCESS_KEY": bucket.secret_key,
    }

    code, said = doctor(folder, **settings)
    wrong, refused = doctor(folder, **settings | {"PORTICO_S3_ENDPOINT": "http://127.0.0.1:9"})

    assert code == 0, said
    assert f"The bucket {bucket.name} at {bucket.endpoint} takes files." in said
    assert wrong == 1
    assert f"The bucket {bucket.name} at http://127.0.0.1:9 cannot be used:" in refused
    assert "Contents" not in bucket.client().list_objects_v2(Bucket=bucket.name)
