"""The embedded database: made whole or not at all, for one user alone, in any folder."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portico.config.running.lock import held
from portico.config.running.owner import ensure_owner
from portico.config.running.postgres import running, url
from portico.config.running.postgres.binaries import binaries_for
from portico.config.running.postgres.cluster import (
    NotADatabase,
    OtherMajorVersion,
    SocketFolderTaken,
    prepare,
)
from portico.config.running.postgres.places import LONGEST_SOCKET, SOCKET_NAME, places
from portico.config.running.removal import remove

pytestmark = pytest.mark.processes
NOBODY = 65534


def test_its_address_is_known_without_touching_anything(folder: Path) -> None:
    address = url(folder)

    assert psycopg.conninfo.conninfo_to_dict(address)["host"] == str(places(folder).socket)
    assert list(folder.iterdir()) == []
    assert not places(folder).home.exists()


def test_it_speaks_utf8_sorts_the_same_everywhere_and_listens_on_no_port(folder: Path) -> None:
    with running(folder, durable=False) as address, psycopg.connect(address) as connection:
        encoding, locale, addresses, user = (
            connection.execute(
                "SELECT pg_encoding_to_char(encoding), datlocprovider::text || ' ' || datlocale,"
                " current_setting('listen_addresses'), current_user"
                " FROM pg_database WHERE datname = current_database()"
            ).fetchone()
            or ("",) * 4
        )

    assert (encoding, locale) == ("UTF8", "b C.UTF-8")
    assert addresses == ""
    assert user == "portico"


def test_a_lasting_one_syncs_and_keeps_its_rows(folder: Path) -> None:
    with running(folder) as address, psycopg.connect(address) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        connection.execute("CREATE TABLE kept AS SELECT 'kept' AS word")

    with running(folder) as address, psycopg.connect(address) as connection:
        assert connection.execute("SELECT word FROM kept").fetchone() == ("kept",)


def test_a_fleeting_one_is_removed_at_the_end(folder: Path) -> None:
    with running(folder, durable=False):
        assert places(folder).home.exists()

    assert not places(folder).home.exists()


def test_its_role_may_make_databases_and_is_no_superuser(folder: Path) -> None:
    with (
        running(folder, durable=False) as address,
        psycopg.connect(address, autocommit=True) as connection,
    ):
        connection.execute("CREATE DATABASE another")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("COPY (SELECT 1) TO PROGRAM 'true'")


def test_an_attempt_that_was_killed_midway_is_begun_anew(folder: Path) -> None:
    unfinished = places(folder).home / "data-unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")

    with running(folder, durable=False) as address, psycopg.connect(address) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)

    assert not unfinished.exists()


def test_a_stale_pid_file_that_names_a_living_process_does_not_hold_it_up(folder: Path) -> None:
    with running(folder):
        pass
    (places(folder).data / "postmaster.pid").write_text(f"{os.getpid()}\n")

    with running(folder) as address, psycopg.connect(address) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_database_of_another_major_version_is_refused(folder: Path) -> None:
    data = places(folder).data
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("17\n")

    with held(folder), pytest.raises(OtherMajorVersion, match=r"PostgreSQL 17.*brings 18"):
        prepare(folder)


def test_a_folder_with_other_things_is_not_written_over(folder: Path) -> None:
    data = places(folder).data
    data.mkdir(parents=True)
    (data / "diary.txt").write_text("Dear diary")

    with held(folder), pytest.raises(NotADatabase):
        prepare(folder)

    assert (data / "diary.txt").read_text() == "Dear diary"


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """A data folder whose path is too long for a socket."""
    path = tmp_path / ("deep-" * 20) / ("deeper-" * 10)
    path.mkdir(parents=True)
    yield path
    remove(path)


def test_a_data_folder_may_have_a_long_path(deep: Path) -> None:
    assert len(os.fsencode(places(deep).socket / SOCKET_NAME)) <= LONGEST_SOCKET

    with running(deep, durable=False) as address, psycopg.connect(address) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_another_user_cannot_connect_even_with_the_socket_in_reach(folder: Path) -> None:
    psql = binaries_for(ensure_owner()).folder / "bin" / "psql"
    with running(folder, durable=False) as address:
        for path in (places(folder).home, places(folder).socket):
            path.chmod(0o755)
        (places(folder).socket / SOCKET_NAME).chmod(0o777)

        done = subprocess.run(
            [psql, address, "-c", "SELECT 1"],
            user=NOBODY, group=NOBODY, extra_groups=[], cwd="/", env={},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert done.returncode == 2
    assert 'Peer authentication failed for user "portico"' in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_a_socket_folder_that_somebody_else_made_is_refused(folder: Path) -> None:
    socket = places(folder).socket
    socket.mkdir(parents=True)
    os.chown(socket, NOBODY, NOBODY)

    with held(folder), pytest.raises(SocketFolderTaken):
        prepare(folder)
