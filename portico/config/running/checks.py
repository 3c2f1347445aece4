"""What must be so before Portico starts, each with a plain refusal. `doctor` asks the same."""

from __future__ import annotations

import errno
import getpass
import os
import socket
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from portico.config.running.refusal import Refusal
from portico.egress.configuration import OutboundAddress
from portico.egress.local_addresses import addresses_here, missing_here
from portico.files.bucket import Bucket, BucketUnusable
from portico.kernel.errors import gettext_noop

OLDEST_POSTGRESQL = 15


class DataFolderUnwritable(Refusal):
    """Nothing can be stored in the data folder."""

    code = "data_folder_unwritable"
    sentence = gettext_noop(
        "The data folder %(folder)s cannot be written by %(user)s (%(reason)s). Make it "
        "writable, or choose another one with --data-dir or PORTICO_DATA_DIR."
    )


class PortBusy(Refusal):
    """Somebody else listens there."""

    code = "port_busy"
    sentence = gettext_noop(
        "Port %(port)s is in use by another program. Stop that one, or choose another port with "
        "--port or PORTICO_PORT."
    )


class PortUnusable(Refusal):
    """This process may not listen there, or the address is not this machine's."""

    code = "port_unusable"
    sentence = gettext_noop(
        "Portico cannot listen on port %(port)s of %(address)s (%(reason)s). Change PORTICO_PORT "
        "or PORTICO_BIND."
    )


class OutboundAddressMissing(Refusal):
    """Calls are to leave from an address that this machine does not have."""

    code = "outbound_address_missing"
    sentence = gettext_noop(
        "PORTICO_EGRESS_IPS says that calls leave from %(missing)s, which this machine does not "
        "have. It has %(present)s. Name one of these, a proxy (public=http://proxy:port) or nat "
        "(public=nat)."
    )


class FilesUnreachable(Refusal):
    """The bucket that PORTICO_S3_BUCKET names does not let us in."""

    code = "files_unreachable"
    sentence = gettext_noop("%(why)s")


class UnreadableDatabaseUrl(Refusal):
    """The text is not the address of a PostgreSQL database."""

    code = "unreadable_database_url"
    sentence = gettext_noop(
        "DATABASE_URL is not an address such as postgresql://user:password@host:5432/name."
    )


class DatabaseUnreachable(Refusal):
    """The database that DATABASE_URL names does not let us in."""

    code = "database_unreachable"
    sentence = gettext_noop("The database that DATABASE_URL names cannot be used: %(reason)s.")


class PostgresqlTooOld(Refusal):
    """The server is older than what Portico is made for."""

    code = "postgresql_too_old"
    sentence = gettext_noop(
        "The database that DATABASE_URL names runs PostgreSQL %(found)s; Portico needs "
        "%(oldest)s or newer."
    )


def ensure_writable(folder: Path) -> Path:
    """The real path of the folder, made if need be."""
    folder = Path(os.path.realpath(folder))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataFolderUnwritable(folder=folder, user=_me(), reason=reason) from None
    return folder


def ensure_bucket(bucket: Bucket | None) -> str:
    """Where the files are, for people. Raises where a bucket is set and cannot be used."""
    if bucket is None:
        return ""
    try:
        bucket.probe()
    except BucketUnusable as error:
        raise FilesUnreachable(why=error) from None
    return f"{bucket.name} at {bucket.place}"


def ensure_free(address: str, port: int, *, patience: float = 0.0) -> None:
    """Raise where the port cannot be had. After a crash, old processes may need `patience`."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return _listen(address, port)
        except OSError as error:
            busy = error.errno == errno.EADDRINUSE
            if busy and time.monotonic() < deadline:
                time.sleep(0.1)
            elif busy:
                raise PortBusy(port=port) from None
            else:
                reason = error.strerror or str(error)
                raise PortUnusable(port=port, address=address, reason=reason) from None


def ensure_outbound(outbound: tuple[OutboundAddress, ...]) -> None:
    """Raise OutboundAddressMissing where calls are to leave from addresses that are not here."""
    if missing := missing_here(outbound):
        raise OutboundAddressMissing(
            missing=", ".join(str(one.local) for one in missing),
            present=", ".join(str(one) for one in addresses_here()),
        )


def ensure_usable(database_url: str) -> int:
    """The server's version number, as PostgreSQL counts (150004 is 15.4)."""
    try:
        conninfo_to_dict(database_url)
    except psycopg.ProgrammingError:
        raise UnreadableDatabaseUrl from None
    try:
        with psycopg.connect(database_url, connect_timeout=5) as connection:
            version = connection.info.server_version
    except psycopg.OperationalError as error:
        raise DatabaseUnreachable(reason=_first_line(error)) from None
    if version < OLDEST_POSTGRESQL * 10_000:
        found = f"{version // 10_000}.{version % 10_000}"
        raise PostgresqlTooOld(found=found, oldest=OLDEST_POSTGRESQL)
    return version


def _listen(address: str, port: int) -> None:
    family, kind, protocol, _, name = socket.getaddrinfo(
        address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(name)
        listener.listen(1)


def _first_line(error: psycopg.Error) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].removeprefix("connection failed: ").rstrip(".") if lines else "no answer"


def _me() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.geteuid()}"
