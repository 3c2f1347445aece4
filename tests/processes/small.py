"""A small program under supervision, for tests: `python -m tests.processes.small FOLDER`.

It watches a web server that has a child of its own on the same port, a process that sleeps, and
the embedded database, as `portico up` does, without Django.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from portico.config.running.child import Child
from portico.config.running.leash import Leash
from portico.config.running.lock import held
from portico.config.running.logs import Logs
from portico.config.running.postgres import server
from portico.config.running.postgres.cluster import prepare
from portico.config.running.supervisor import Supervisor

WEB = """
import os, socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
os.fork()
while True:
    connection, _ = listener.accept()
    connection.recv(4096)
    body = str(os.getpid()).encode()
    connection.sendall(b"HTTP/1.0 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s" % (len(body), body))
    connection.close()
"""
STUBBORN = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
while True:
    signal.pause()
"""


async def main(folder: Path, port: int) -> None:
    """Run until SIGTERM."""
    with held(folder) as hold:
        cluster = prepare(folder)
        with Leash(lock=hold.descriptor) as leash:
            async with Supervisor(leash, Logs()) as supervisor:
                stop = asyncio.Event()
                asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
                supervisor.keep(server.child(cluster))
                while not server.is_ready(cluster):
                    await asyncio.sleep(0.02)
                supervisor.keep(_python("web", WEB, str(port)))
                supervisor.keep(_python("stubborn", STUBBORN))
                await stop.wait()


def _python(name: str, program: str, *arguments: str) -> Child:
    return Child(name, (sys.executable, "-c", program, *arguments, name), env=dict(os.environ))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
