"""The demo's mail server beside the web server: its ports, and what the others are told of it.

The ports are bound here, by the process that starts all others, and handed down: so two demos that
start at once find different ones, and a server that was killed finds its own again.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portico.config.env import Env
from portico.config.running.refusal import Refusal
from portico.demo_mail.certificates import ensure_certificates, trust_also
from portico.demo_mail.ports import FIRST_PORT, Manner, folder_in, ports_from
from portico.demo_mail.server import listen_on
from portico.kernel.clock import now
from portico.kernel.errors import gettext_noop

LAST_PORT = 65535


class DemoMailPortsTaken(Refusal):
    """The ports that were asked for are not free."""

    code = "demo_mail_ports_taken"
    sentence = gettext_noop(
        "The demo's mail server cannot listen on ports %(first)s to %(last)s (%(reason)s). Choose "
        "others with PORTICO_DEMO_MAIL_PORT, or leave it unset to have free ones found."
    )


@dataclass(frozen=True)
class DemoMail:
    """The demo's mail server before it runs: where it keeps its things, and its bound sockets."""

    folder: Path
    sockets: tuple[socket.socket, ...]

    @property
    def port(self) -> int:
        """Its first port."""
        return int(self.sockets[Manner.STARTTLS].getsockname()[1])

    @property
    def descriptors(self) -> tuple[int, ...]:
        """The sockets, as a child inherits them."""
        return tuple(one.fileno() for one in self.sockets)

    def options(self) -> tuple[str, ...]:
        """What tells the command `demo-mail` of them."""
        return ("--sockets", ",".join(map(str, self.descriptors)))

    def environment(self, env: Env) -> Mapping[str, str]:
        """What web server and worker must know, so that mail reaches it and trusts it."""
        ports = env.egress.mail_ports | set(ports_from(self.port))
        authority = ensure_certificates(self.folder, at=now()).authority
        if env.ca_file is not None:
            authority = trust_also(self.folder, (env.ca_file, authority))
        return {
            "PORTICO_DEMO_MAIL_PORT": str(self.port),
            "PORTICO_MAIL_PORTS": ",".join(map(str, sorted(ports))),
            "PORTICO_CA_FILE": str(authority),
        }


def demo_mail(env: Env, data_dir: Path) -> DemoMail:
    """Bind the ports that were asked for, and else the first free ones.

    Raises `DemoMailPortsTaken`.
    """
    asked = env.demo_mail_port
    sockets = _bound(asked) if asked else _first_free()
    return DemoMail(folder_in(data_dir), sockets)


def _bound(first: int) -> tuple[socket.socket, ...]:
    last = ports_from(first)[-1]
    if last > LAST_PORT:
        raise DemoMailPortsTaken(first=first, last=last, reason="there are no such ports")
    try:
        return listen_on(first)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DemoMailPortsTaken(first=first, last=last, reason=reason) from None


def _first_free() -> tuple[socket.socket, ...]:
    last = LAST_PORT - len(Manner) + 1
    for first in range(FIRST_PORT, last):
        try:
            return listen_on(first)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                reason = error.strerror or str(error)
                raise DemoMailPortsTaken(first=first, last=first, reason=reason) from None
    raise DemoMailPortsTaken(first=FIRST_PORT, last=last, reason="none of them is free")
