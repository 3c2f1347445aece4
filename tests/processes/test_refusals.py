"""What `portico up` refuses, each with one sentence and code 2."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portico.config.running.lock import held
from portico.config.running.postgres.places import places
from tests.peers.objects import object_store
from tests.processes.program import UP, clean_environment, free_port

pytestmark = pytest.mark.processes


def refused(*arguments: str, **environment: str) -> str:
    """Run `portico up`, which must end with code 2 and say why in one line."""
    done = subprocess.run(
        [*UP, *arguments],
        env=clean_environment() | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    (sentence,) = done.stderr.splitlines()
    return sentence


def test_a_second_up_on_the_same_data_folder(folder: Path, port: int) -> None:
    with held(folder):
        sentence = refused("--data-dir", str(folder), "--port", str(port))

    assert f"{folder} is in use by another Portico (process {os.getpid()})" in sentence


def test_a_busy_port(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        sentence = refused("--data-dir", str(folder), "--port", str(port))

    assert f"Port {port} is in use by another program." in sentence
    assert not places(folder).home.exists()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    # Root may write anywhere, but nobody can make a folder inside a file.
    (tmp_path / "file").touch()

    sentence = refused("--data-dir", str(tmp_path / "file" / "data"))

    assert f"{tmp_path}/file/data cannot be written by" in sentence
    assert "PORTICO_DATA_DIR" in sentence


def test_an_address_that_is_not_ours(folder: Path, port: int) -> None:
    sentence = refused("--data-dir", str(folder), "--port", str(port), PORTICO_BIND="192.0.2.1")

    assert f"cannot listen on port {port} of 192.0.2.1" in sentence


def test_outbound_addresses_that_are_not_here(folder: Path, port: int) -> None:
    sentence = refused(
        "--data-dir",
        str(folder),
        "--port",
        str(port),
        PORTICO_EGRESS_IPS="198.51.100.7=127.0.0.11,198.51.100.8=203.0.113.77",
    )

    assert "calls leave from 203.0.113.77, which this machine does not have" in sentence
    assert "It has 127.0.0.1" in sentence
    assert not places(folder).home.exists()


def test_a_postgresql_that_is_too_old(folder: Path, port: int) -> None:
    with server_that_says(b"14.9") as address:
        sentence = refused("--data-dir", str(folder), "--port", str(port), DATABASE_URL=address)

    assert "runs PostgreSQL 14.9; Portico needs 15 or newer" in sentence


def test_a_database_that_does_not_answer(folder: Path, port: int) -> None:
    address = f"postgresql://someone:swordfish@127.0.0.1:{free_port()}/some"

    sentence = refused("--data-dir", str(folder), "--port", str(port), DATABASE_URL=address)

    assert "The database that DATABASE_URL names cannot be used" in sentence
    assert "Connection refused" in sentence
    assert "swordfish" not in sentence


@pytest.mark.parametrize("address", ["postgresql://[", "mysql=swordfish", "swordfish"])
def test_something_that_is_no_address_of_a_database(folder: Path, port: int, address: str) -> None:
    sentence = refused("--data-dir", str(folder), "--port", str(port), DATABASE_URL=address)

    assert "DATABASE_URL is not an address such as postgresql://" in sentence
    assert "swordfish" not in sentence


def test_a_database_of_another_major_version(folder: Path, port: int) -> None:
    data = places(folder).data
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("16\n")

    sentence = refused("--data-dir", str(folder), "--port", str(port))

    assert "was made by PostgreSQL 16, and this Portico brings 18" in sentence


def test_settings_that_cannot_be_used_each_with_its_name() -> None:
    sentence = refused(PORTICO_WEB_WORKERS="many", PORTICO_TRUSTED_PROXIES="11")

    assert "PORTICO_WEB_WORKERS is “many”" in sentence
    assert "PORTICO_TRUSTED_PROXIES is “11”: it should be less than or equal to 10." in sentence


def test_production_with_development_settings_and_all_reasons() -> None:
    sentence = refused("--demo", PORTICO_MODE="production", PORTICO_DEBUG="true")

    assert "PORTICO_SECRET_KEY (or PORTICO_SECRET_KEY_FILE) is not set." in sentence
    assert "PORTICO_DEBUG is on" in sentence
    assert "PORTICO_DEMO is on" in sentence


@contextmanager
def server_that_says(version: bytes) -> Iterator[str]:
    """A server that lets anybody in, says its version and knows nothing else."""

    def message(kind: bytes, body: bytes) -> bytes:
        return kind + (len(body) + 4).to_bytes(4, "big") + body

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            if int.from_bytes(connection.recv(4096)[4:8], "big") in {80877103, 80877104}:
                connection.sendall(b"N")  # neither TLS nor GSS
                connection.recv(4096)
            connection.sendall(
                message(b"R", bytes(4))
                + message(b"S", b"server_version\0" + version + b"\0")
                + message(b"S", b"client_encoding\0UTF8\0")
                + message(b"K", bytes(8))
                + message(b"Z", b"I")
            )
            connection.recv(4096)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=[listener], daemon=True)
        thread.start()
        yield f"postgresql://someone@127.0.0.1:{listener.getsockname()[1]}/some?gssencmode=disable"
        thread.join(timeout=10)


def test_a_bucket_that_is_not_there(folder: Path) -> None:
    with object_store() as endpoint:
        sentence = refused(
            "--data-dir",
            str(folder),
            PORTICO_S3_BUCKET="nowhere",
            PORTICO_S3_ENDPOINT=endpoint,
            PORTICO_S3_ACCESS_KEY_ID="key",
            PORTICO_S3_SECRET_ACCESS_KEY="hunter2",
        )

    assert f"The bucket nowhere at {endpoint} cannot be used: there is no such bucket." in sentence
    assert "hunter2" not in sentence
    assert not places(folder).home.exists()


def test_one_key_without_the_other(folder: Path) -> None:
    sentence = refused("--data-dir", str(folder), PORTICO_S3_ACCESS_KEY_ID="key")

    assert "set both or neither" in sentence
