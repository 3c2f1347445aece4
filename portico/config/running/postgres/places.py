"""Where the embedded PostgreSQL of a data folder keeps its things. Nothing here touches the disk.

PostgreSQL refuses to run as root. Root's databases therefore belong to a system user and live
below `/var/lib/portico`, where that user can reach them wherever the data folder may be.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from portico.config.running.owner import SYSTEM_USER, user_name

SYSTEM_FOLDER = Path("/var/lib/portico")
DATABASE = "portico"
ROLE = "portico"
LONGEST_SOCKET = 103  # bytes; macOS allows 104 with the closing zero, Linux 108
SOCKET_NAME = ".s.PGSQL.5432"


@dataclass(frozen=True)
class Places:
    """The folders of one embedded server."""

    folder: Path  # the data folder of the installation
    home: Path  # configuration; belongs to whoever runs Portico
    data: Path  # the database itself; belongs to the server's user
    socket: Path  # the folder of the socket; the server's user and root may enter
    name: str  # of the server, as `ps` shows it


def places(data_dir: Path) -> Places:
    """The places for this data folder and the user who asks."""
    folder = Path(os.path.realpath(data_dir))
    key = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    home = folder / "postgres"
    if os.geteuid() == 0:
        home = SYSTEM_FOLDER / f"{_label(folder)}-{key}"
    socket = home / "socket"
    if len(os.fsencode(socket / SOCKET_NAME)) > LONGEST_SOCKET or "," in str(socket):
        # The kernel limits the length, and libpq takes a comma for the end. This name is short and
        # anybody could take it first: whoever starts the server checks whose folder it is, and
        # clients check the server's user (`requirepeer`).
        socket = Path("/tmp") / f"portico-{os.geteuid()}-{key}"  # noqa: S108
    return Places(folder, home, home / "data", socket, f"portico-{key}")


def url(data_dir: Path, *, role: str = ROLE, database: str = DATABASE) -> str:
    """The address of the data folder's embedded server, whether it runs or not."""
    server_user = SYSTEM_USER if os.geteuid() == 0 else user_name(os.geteuid())
    query = f"host={quote(str(places(data_dir).socket), safe='')}"
    if server_user:
        query += f"&requirepeer={quote(server_user, safe='')}"
    return f"postgresql://{role}@/{database}?{query}"


def _label(folder: Path) -> str:
    name = folder.parent.name if folder.name.startswith(".") else folder.name
    return "".join(c for c in name if c.isascii() and c.isalnum())[:20].lower() or "data"
