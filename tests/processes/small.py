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
import os, socket, time
listener = socket.create_server(("127.0.0.1", {port}), reuse_port=False)
if os.fork():
    print("web is", os.getpid(), flush=True)
while True:
    connection, _ = listener.accept()
    connection.sendall(str(os.getpid()).encode())
    connection.close()
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("stubborn", flush=True)
while True:
    time.sleep(1000)
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
                supervisor.keep(_python("web", WEB.format(port=port)))
                supervisor.keep(_python("stubborn", STUBBORN))
                await stop.wait()


def _python(name: str, program: str) -> Child:
    return Child(name=name, argv=(sys.executable, "-c", program), env=dict(os.environ))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
