"""Asking a Portico for releases and their events.

Whatever changes something goes out under an `Idempotency-Key`, so that it is safe to send again
where an answer was lost: it happens once.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from portico.miniprograms.uploading.client.sending import Portico, Reply, Said


@dataclass(frozen=True)
class Wanted:
    """A release to be made: a version of a mini program, and the target it goes to."""

    app_id: str
    version: int
    app: str
    environment: str


@dataclass(frozen=True)
class Releases:
    """The releases of a workspace. Each method raises as `Portico.ask` does."""

    portico: Portico

    def create(self, wanted: Wanted, *, key: str, applying: Said | None = None) -> Reply:
        """Make a release; `applying`: and apply in the same step, with what goes along with it."""
        said: dict[str, object] = dict(vars(wanted))
        if applying is not None:
            said |= {"release": True, **applying}
        return self.portico.ask("POST", "/releases", said, key=key)  # type: ignore[arg-type]

    def fire(self, release: UUID, event: str, given: Said, *, key: str) -> Reply:
        """Have an event happen to a release."""
        return self.portico.ask(
            "POST", f"{_of(release)}/events", {"event": event, **given}, key=key
        )

    def read(self, release: UUID) -> Reply:
        """A release, and what can happen to it."""
        return self.portico.ask("GET", _of(release))

    def events_since(self, release: UUID, number: int) -> Reply:
        """What happened to a release after its event of that number. It is asked once: whoever
        waits asks again anyway."""
        return self.portico.ask("GET", f"{_of(release)}/events?after={number}", once=True)


def _of(release: UUID) -> str:
    return f"/releases/{quote(str(release))}"
