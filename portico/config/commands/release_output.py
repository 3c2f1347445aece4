"""What `portico release` prints: text for people, or one JSON object for programs."""

from __future__ import annotations

from pydantic import JsonValue

from portico.config.commands import printing
from portico.miniprograms.uploading.client.sending import Reply, Said
from portico.releases.rules.pipeline import Event, Status

WORDS = {
    Status.CREATED: "New Version Created",
    Status.UNDER_REVIEW: "Under Review",
    Status.PREPARATION: "Release Preparation",
    Status.PILOT: "Pilot Testing",
    Status.GRAYSCALE: "Grayscale Release",
    Status.FULL: "Full Release",
    Status.CANCELED: "Canceled",
    Status.ARCHIVED: "Archived",
}


class Output(printing.Output):
    """The same, for releases."""

    def release(self, said: Said, address: str) -> None:
        """A release as it is now; its id is the last line, for scripts."""
        self._whole["release"] = {**said, "url": address}
        version = said.get("version")
        named = version if isinstance(version, dict) else {}
        self.say(
            f"{said.get('app_id')} {named.get('name')} ({named.get('code')}) on "
            f"{said.get('app')}/{said.get('environment')}: {_standing(said)}"
        )
        self.say(address)

    def possible(self, said: Said) -> None:
        """What can happen to it next, and why not."""
        listed = said.get("possible")
        for one in listed if isinstance(listed, list) else []:
            if isinstance(one, dict):
                why = one.get("why_not")
                text = "yes" if one.get("allowed") else f"no: {why}" if why else "no"
                self.say(f"  {one.get('event')}: {text}")

    def ends_with(self, release_id: JsonValue) -> None:
        """The id of the release, alone on its line."""
        self.say(str(release_id))

    def happened(self, event: Said) -> None:
        """Something happened to the release that is waited for."""
        self._whole.setdefault("events", []).append(dict(event))
        self.say(event_line(event))

    def waited(self, outcome: str, status: str) -> None:
        """How the waiting ended."""
        self._whole |= {"outcome": outcome, "status": status}

    def refused_there(self, reply: Reply, whole: str = "the request") -> None:
        """The API refused; where others were faster, with what they did."""
        super().refused_there(reply, whole)
        meanwhile = reply.said.get("meanwhile")
        for event in meanwhile if isinstance(meanwhile, list) else []:
            if isinstance(event, dict):
                self.trouble(f"  {event_line(event)}")
        if isinstance(meanwhile, list):
            self._whole["error"]["meanwhile"] = meanwhile


def event_line(event: Said) -> str:
    """An event in one line: when, what, by whom, where it led, why."""
    after = str(event.get("after", ""))
    line = f"{event.get('at')} {event.get('event')} by {event.get('by') or event.get('who')}"
    line += f": {in_words(after)}"
    percentage = event.get("percentage")
    if percentage and event.get("event") in {Event.SCALE, Event.GO_LIVE}:
        line += f" at {percentage:g} %" if isinstance(percentage, float) else f" at {percentage} %"
    reason = event.get("reason")
    return f"{line} ({reason})" if reason else line


def in_words(status: str) -> str:
    """A status as pages call it."""
    return next((words for known, words in WORDS.items() if known == status), status)


def _standing(said: Said) -> str:
    text = in_words(str(said.get("status", "")))
    if said.get("status") == Status.GRAYSCALE:
        text += f" at {said.get('percentage')} %"
    return f"{text}, paused" if said.get("paused_at") else text
