from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks the socket, not the server, whether a kept connection still stands.

    Django checks a connection that a thread kept from an earlier request before it uses it. A
    query would do, and would double the cost of a page that needs one query. A connection with
    nothing under way has nothing to say, so its socket is readable only if the server hung up
    (or sent something unasked for, and then the query decides).
    """

    def is_usable(self) -> bool:
        """Whether the connection can be used, or must be made anew."""
        connection: Connection[Any] | None = self.connection
        if connection is None or connection.closed or connection.broken:
            return False
        if connection.pgconn.transaction_status == TransactionStatus.IDLE:
            poll = select.poll()
            poll.register(connection.pgconn.socket, select.POLLIN)
            if not poll.poll(0):
                return True
        return bool(super().is_usable())
