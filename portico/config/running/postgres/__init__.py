"""The embedded PostgreSQL of a data folder.

`url(data_dir)` is its address, computed without touching anything. `running(data_dir)` runs it
for the length of a block. `portico up` prepares it (`cluster.prepare`) and watches it
(`server.child`).
"""

from portico.config.running.postgres.places import url
from portico.config.running.postgres.server import running

__all__ = ["running", "url"]
