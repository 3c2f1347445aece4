"""Making an embedded database ready to be started: its files, its settings, who may connect."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from portico.config.running.owner import Owner, ensure_owner, user_name
from portico.config.running.postgres.binaries import Binaries, binaries_for
from portico.config.running.postgres.places import DATABASE, ROLE, Places, places
from portico.config.running.postgres.settings import access, people, settings
from portico.config.running.refusal import Refusal
from portico.kernel.errors import gettext_noop

SUPERUSER = "postgres"
FIRST_SQL = f"CREATE ROLE {ROLE} LOGIN CREATEDB;\nCREATE DATABASE {DATABASE} OWNER {ROLE};\n"


class OtherMajorVersion(Refusal):
    """The database was made by another major version of PostgreSQL."""

    code = "other_major_version"
    sentence = gettext_noop(
        "The database in %(folder)s was made by PostgreSQL %(found)s, and this Portico brings "
        "%(ours)s. Dump it with the older Portico and load it here, or move the folder away to "
        "begin anew."
    )


class NotADatabase(Refusal):
    """Something else lies where the database should be."""

    code = "not_a_database"
    sentence = gettext_noop(
        "%(folder)s holds files and is no PostgreSQL database. Move it away, or choose another "
        "data folder."
    )


class DatabaseNotMade(Refusal):
    """PostgreSQL could not make a new database."""

    code = "database_not_made"
    sentence = gettext_noop("PostgreSQL could not make its database in %(folder)s: %(reason)s")


class SocketFolderTaken(Refusal):
    """Another user owns the folder in which the socket should be."""

    code = "socket_folder_taken"
    sentence = gettext_noop(
        "%(folder)s belongs to another user, so the database cannot listen there. Remove it, or "
        "choose a data folder with a shorter path."
    )


@dataclass(frozen=True)
class Cluster:
    """An embedded database, ready to be started."""

    places: Places
    owner: Owner
    binaries: Binaries


def prepare(data_dir: Path, *, durable: bool = True) -> Cluster:
    """Make the data folder's database ready, and make it first where there is none.

    Call it only while the data folder is held (`lock.held`). An attempt that was killed midway
    leaves nothing that a later one would mistake for a database. Not `durable`: a crash of the
    machine may lose everything, for tests.
    """
    owner = ensure_owner()
    cluster = Cluster(places(data_dir), owner, binaries_for(owner))
    _make_folders(cluster)
    if _is_empty(cluster.places.data):
        _initialize(cluster, durable=durable)
    else:
        check_version(cluster)
    home = cluster.places.home
    _write(cluster, home / "postgresql.conf", settings(cluster.places, durable=durable))
    _write(cluster, home / "pg_hba.conf", access())
    may_connect = {owner.name, user_name(os.geteuid()) or owner.name}
    _write(cluster, home / "pg_ident.conf", people(may_connect, (ROLE, SUPERUSER)))
    return cluster


def _make_folders(cluster: Cluster) -> None:
    owner, home = cluster.owner, cluster.places.home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if owner.is_another:
        # The server's user may look into the home and never write there: what root writes or
        # renames in it cannot be turned elsewhere by a link. Whatever the umask was:
        home.parent.chmod(0o755)
        os.chown(home, os.geteuid(), owner.gid)
        home.chmod(0o750)
    (home / "data-folder").write_text(f"{cluster.places.folder}\n", encoding="utf-8")
    socket = cluster.places.socket
    try:
        socket.mkdir(mode=0o700)
    except FileExistsError:
        found = socket.lstat()
        if found.st_uid not in {owner.uid, os.geteuid()} or not socket.is_dir():
            raise SocketFolderTaken(folder=socket) from None
        socket.chmod(0o700)
    _give(cluster, socket)


def _is_empty(data: Path) -> bool:
    return not data.exists() or not any(data.iterdir())


def _initialize(cluster: Cluster, *, durable: bool) -> None:
    """Make the database under another name, and give it its own once it is whole."""
    data = cluster.places.data
    unfinished = data.with_name("data-unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    _give(cluster, unfinished)
    _demand(cluster, _initdb(cluster, unfinished, durable=durable))
    # In single-user mode a line is a statement; errors end it, so that they are not missed.
    single = ["--single", "-c", "exit_on_error=on", "-D", str(unfinished), SUPERUSER]
    _demand(cluster, [cluster.binaries.postgres, *single], text=FIRST_SQL)
    unfinished.rename(data)
    if durable:
        folder = os.open(data.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def _initdb(cluster: Cluster, data: Path, *, durable: bool) -> list[str | Path]:
    argv: list[str | Path] = [cluster.binaries.initdb, "-D", data, "-U", SUPERUSER]
    # PostgreSQL's own Unicode rules: the same order everywhere, whatever locales the system has.
    argv += ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
    argv += ["--lc-collate=C", "--lc-ctype=C", "--lc-messages=C", "--lc-monetary=C"]
    argv += ["--lc-numeric=C", "--lc-time=C", "--builtin-locale=C.UTF-8"]
    argv += ["--auth-local=peer", "--auth-host=reject", "--no-instructions"]
    return argv if durable else [*argv, "--no-sync"]


def _demand(cluster: Cluster, argv: list[str | Path], *, text: str = "") -> None:
    done = cluster.owner.run(argv, text=text)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        reason = lines[-1] if lines else f"{Path(argv[0]).name} ended with {done.returncode}"
        raise DatabaseNotMade(folder=cluster.places.home, reason=reason)


def check_version(cluster: Cluster) -> None:
    """Raise where this PostgreSQL cannot read the database that is there."""
    data = cluster.places.data
    try:
        found = (data / "PG_VERSION").read_text(encoding="ascii").strip()[:4]
    except (FileNotFoundError, NotADirectoryError):
        raise NotADatabase(folder=data) from None
    if found != str(cluster.binaries.major):
        raise OtherMajorVersion(folder=data, found=found, ours=cluster.binaries.major)


def _write(cluster: Cluster, path: Path, text: str) -> None:
    """Write a file whole or not at all; the server's user reads it and cannot change it."""
    unfinished = path.with_suffix(".new")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.chmod(0o640)
    if cluster.owner.is_another:
        os.chown(unfinished, os.geteuid(), cluster.owner.gid)
    unfinished.rename(path)


def _give(cluster: Cluster, folder: Path) -> None:
    if cluster.owner.is_another:
        os.chown(folder, cluster.owner.uid, cluster.owner.gid, follow_symlinks=False)
