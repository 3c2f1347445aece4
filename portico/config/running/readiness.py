"""When the web server really answers."""

from __future__ import annotations

import asyncio
import contextlib

ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - to be reached, not bound
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
PAUSE = 0.1
PATIENCE = 5.0  # seconds for one answer


async def web_answers(address: str, port: int) -> None:
    """Wait until `/healthz` is answered with 200."""
    while not await _healthy(ANYWHERE.get(address, address), port):
        await asyncio.sleep(PAUSE)


async def _healthy(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(host, port)
            with contextlib.closing(writer):
                writer.write(REQUEST)
                status = await reader.readline()
    except OSError:  # TimeoutError is one
        return False
    return status.split()[1:2] == [b"200"]
