"""What `portico doctor` looks at. Nothing is started or changed; a missing data
folder is made, to see that it can be."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from portico.config.env import Env, unsafe_for_production
from portico.config.running import checks
from portico.config.running.configuration import configured
from portico.config.running.lock import holder
from portico.config.running.owner import SYSTEM_USER, present_owner
from portico.config.running.postgres import server, url
from portico.config.running.postgres.binaries import binaries_for
from portico.config.running.postgres.cluster import Cluster, check_version
from portico.config.running.postgres.places import places
from portico.config.running.refusal import Refusal

OLDEST_PYTHON = (3, 11)
SECRET_IN_ADDRESS = re.compile(r"[A-Za-z0-9_-]{20,}")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, in a sentence; a problem's sentence says what to do."""

    fine: bool
    sentence: str


def findings(unapplied: Callable[[str], list[str]]) -> Iterator[Finding]:
    """Everything, in the order in which it matters.

    `unapplied` tells which migrations the database at an address lacks.
    """
    yield _python()
    try:
        env = configured()
    except Refusal as refusal:
        yield Finding(False, str(refusal))
        return
    yield from _configuration(env)
    if env.production:
        yield from in_front(env)
    yield _look(lambda: f"The data folder {checks.ensure_writable(env.data_dir)} is writable.")
    if env.bucket is not None:
        yield _look(lambda: f"The bucket {checks.ensure_bucket(env.bucket)} takes files.")
    yield _port(env)
    yield from _outbound(env)
    yield from _database(env, unapplied)


def _look(at: Callable[[], str]) -> Finding:
    try:
        return Finding(True, at())
    except Refusal as refusal:
        return Finding(False, str(refusal))


def _python() -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return Finding(True, f"Python {found}.")
    return Finding(False, f"This is Python {found}. Portico needs 3.11 or newer.")


def _configuration(env: Env) -> Iterator[Finding]:
    reasons = unsafe_for_production(env)
    if env.production:
        yield from (Finding(False, reason) for reason in reasons)
        if not reasons:
            yield Finding(True, "The settings are fit for production.")
    else:
        kind = "a key of its own" if env.secret_key.get_secret_value() else "the development key"
        yield Finding(True, f"Mode: development, signing with {kind}.")
        yield Finding(True, f"For production there are {len(reasons)} settings left to see to.")
    keys = len(env.key_ring_keys)
    if keys or not env.production:
        yield Finding(True, f"Keys in the key ring: {keys}.")


def in_front(env: Env) -> Iterator[Finding]:
    """Whether what stands in front of a production can do its work."""
    if env.trusted_proxies:
        yield Finding(True, f"Proxies in front whose headers count: {env.trusted_proxies}.")
    else:
        yield Finding(
            False,
            "PORTICO_TRUSTED_PROXIES is 0, so every page is sent to HTTPS again and again. Set it "
            "to the number of proxies in front.",
        )
    secret = env.domains.ask_secret
    if not secret:
        yield Finding(
            True,
            "PORTICO_TLS_ASK_SECRET is not set, so Caddy gets no certificates on demand. That is "
            "right where TLS ends elsewhere.",
        )
    elif not SECRET_IN_ADDRESS.fullmatch(secret):
        yield Finding(
            False,
            "PORTICO_TLS_ASK_SECRET goes into an address: use 20 or more letters, digits, hyphens "
            "and underscores.",
        )
    else:
        yield Finding(True, "Caddy gets certificates on demand with PORTICO_TLS_ASK_SECRET.")


def _port(env: Env) -> Finding:
    pid = holder(env.data_dir)
    if pid is not None:
        return Finding(True, f"Portico runs on this data folder (process {pid}).")

    def look() -> str:
        checks.ensure_free(env.bind, env.port)
        return f"Port {env.port} is free."

    return _look(look)


def _outbound(env: Env) -> Iterator[Finding]:
    outbound = env.egress.outbound
    if not outbound:
        return

    def look() -> str:
        checks.ensure_outbound(outbound)
        publics = ", ".join(str(one.public) for one in outbound)
        return f"Calls can leave from {publics}."

    yield _look(look)
    if not env.egress_echo_url:
        yield Finding(
            False,
            "PORTICO_EGRESS_ECHO_URL is not set, so nobody can verify where calls leave from. "
            "Any Portico answers at /.well-known/portico-echo.",
        )


def _database(env: Env, unapplied: Callable[[str], list[str]]) -> Iterator[Finding]:
    address = env.database_url.get_secret_value()
    if not address:
        yield _look(lambda: _embedded(env.data_dir))
        address = url(env.data_dir)
        if not server.answers(address):
            yield Finding(True, "The embedded database does not run now; `portico up` starts it.")
            return
    reached = _look(lambda: _version(address))
    yield reached
    if reached.fine:
        missing = unapplied(address)
        if missing:
            yield Finding(
                False, f"The database lacks {len(missing)} migrations. Run `portico migrate`."
            )
        else:
            yield Finding(True, "All migrations are applied.")


def _embedded(data_dir: Path) -> str:
    owner = present_owner()
    if owner is None:
        return f"The embedded PostgreSQL will run as `{SYSTEM_USER}`, a user that is made for it."
    cluster = Cluster(places(data_dir), owner, binaries_for(owner))
    if (cluster.places.data / "PG_VERSION").exists():
        check_version(cluster)
    return f"The embedded PostgreSQL {cluster.binaries.version} runs here, as {owner.name}."


def _version(address: str) -> str:
    version = checks.ensure_usable(address)
    return f"PostgreSQL {version // 10_000}.{version % 10_000} answers."
