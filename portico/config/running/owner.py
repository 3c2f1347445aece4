"""Who the embedded PostgreSQL runs as: this user; for root a system user of our own."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

from portico.config.running.refusal import Refusal
from portico.kernel.errors import gettext_noop

SYSTEM_USER = "portico"
BARE_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}  # and no secrets


class NoSystemUser(Refusal):
    """Root asked for a database, and there is no user to run it as."""

    code = "no_system_user"
    sentence = gettext_noop(
        "PostgreSQL does not run as root, and the system user `%(user)s` could not be made "
        "(%(reason)s). Make it, run Portico as another user, or set DATABASE_URL."
    )


class NamelessUser(Refusal):
    """The user has no entry in the user database; PostgreSQL insists on one."""

    code = "nameless_user"
    sentence = gettext_noop(
        "User %(uid)s has no name on this machine, and PostgreSQL needs one. Run Portico as a "
        "user that /etc/passwd lists, or set DATABASE_URL."
    )


@dataclass(frozen=True)
class Owner:
    """A user of this machine."""

    name: str
    uid: int
    gid: int

    @property
    def is_another(self) -> bool:
        """Whether a process must change its user to become this one."""
        return self.uid != os.geteuid()

    def run(self, argv: Sequence[str | Path], *, text: str = "") -> CompletedProcess[str]:
        """Run a program to its end as this user, with the text as its input.

        Raises PermissionError where this user may not run it.
        """
        return subprocess.run(  # noqa: S603
            argv,
            input=text,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=BARE_ENVIRONMENT,
            umask=0o077,
            user=self.uid if self.is_another else None,
            group=self.gid if self.is_another else None,
            extra_groups=[] if self.is_another else None,
        )


def user_name(uid: int) -> str | None:
    """The name of a user, or None where the machine knows none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None


def ensure_owner() -> Owner:
    """The user that the server runs as. Makes the system user where root needs it."""
    return present_owner() or _made_system_user()


def present_owner() -> Owner | None:
    """The user that the server runs as; None where root's system user is still to be made."""
    if os.geteuid() == 0:
        return _system_user()
    name = user_name(os.geteuid())
    if name is None:
        raise NamelessUser(uid=os.geteuid())
    return Owner(name, os.geteuid(), os.getegid())


def _system_user() -> Owner | None:
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return None
    return Owner(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _made_system_user() -> Owner:
    reason = "neither useradd nor adduser is installed"
    for command in _ways_to_make_it():
        if shutil.which(command[0]):
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
            # Somebody else may have made the user meanwhile, so look before complaining.
            if made := _system_user():
                return made
            said = done.stderr.strip().splitlines() or [f"code {done.returncode}"]
            reason = f"{command[0]}: {said[-1]}"
    raise NoSystemUser(user=SYSTEM_USER, reason=reason)


def _ways_to_make_it() -> list[list[str]]:
    try:
        grp.getgrnam(SYSTEM_USER)
        group = ["--gid", SYSTEM_USER]
    except KeyError:
        group = ["--user-group"]
    home = ["--home-dir", "/nonexistent", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    return [
        ["useradd", "--system", *group, *home, SYSTEM_USER],
        ["adduser", "--system", "--group", "--home", "/nonexistent", "--no-create-home",
         SYSTEM_USER],
        ["adduser", "-S", "-D", "-H", SYSTEM_USER],
    ]  # fmt: skip
