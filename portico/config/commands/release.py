"""`portico release`: releases from a pipeline, from any machine."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, NoReturn
from uuid import UUID

import click

from portico.config.commands.at_a_workspace import At, Exit, checked_token
from portico.config.commands.release_output import Output, in_words
from portico.kernel.errors import DomainError
from portico.miniprograms.uploading.client.places import Place
from portico.miniprograms.uploading.client.sending import Portico, Reply, Said
from portico.releases.client.asking import Releases, Wanted
from portico.releases.client.waiting import APPROVED, GOALS, Outcome, Waited, wait_for

TIMED_OUT, SENT_BACK = 4, 5
ENDS: Final[Mapping[Outcome, int]] = {
    Outcome.REACHED: Exit.OK,
    Outcome.AWAY: Exit.UNREACHABLE,
    Outcome.TIMED_OUT: TIMED_OUT,
    Outcome.SENT_BACK: SENT_BACK,
    Outcome.ENDED: SENT_BACK,
}
KEY: Final = re.compile(r"[!-~]{1,255}")
LONGEST_WAIT: Final = 14 * 24 * 60 * 60
STOPPED: Final = "Stopped. The release itself goes on."
AGAIN: Final = "It may have happened all the same. To try again without harm, add --key {key}"


class Target(click.ParamType):  # type: ignore[type-arg]  # generic for mypy alone
    """An app and an environment, as `pay/production`."""

    name = "target"

    def convert(
        self,
        value: str | tuple[str, str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, str]:
        """Read it; a usage error where it is none."""
        if isinstance(value, tuple):
            return value
        app, _slash, environment = value.partition("/")
        if not app or environment not in {"production", "sandbox"}:
            self.fail("Give an app's code and an environment, as in pay/production.", param, ctx)
        return app, environment


class Key(click.ParamType):  # type: ignore[type-arg]  # generic for mypy alone
    """What makes a request safe to send again."""

    name = "key"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read it; a usage error where it cannot be sent."""
        if not KEY.fullmatch(value):
            self.fail("1 to 255 visible ASCII characters without spaces.", param, ctx)
        return value


Command = Callable[..., None]


def _called(command: Command) -> Command:
    """The options that every one of these commands has."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object, no text."),
        click.option(
            "--token",
            envvar="PORTICO_TOKEN",
            required=True,
            help="An API token with releases:read, and releases:act to change something. Better "
            "given as PORTICO_TOKEN: other users of this machine see what stands in a command "
            "line.",
        ),
        click.option(
            "--url",
            "place",
            type=At(),
            required=True,
            help="The workspace, as https://pay.example.com.",
        ),
    ):
        command = option(command)
    return command


def _fired(command: Command) -> Command:
    """The options of those that have an event happen."""
    for option in (
        click.option(
            "--key",
            type=Key(),
            default=lambda: str(uuid.uuid4()),
            help="The same text again, within a day: the first answer again, and nothing happens "
            "twice. Give the id of the pipeline's step, so that it may be run again.",
        ),
        click.option(
            "--revision",
            type=click.IntRange(1, 2**31 - 1),
            help="Refuse if anything has happened to the release after this revision.",
        ),
        click.argument("release_id", metavar="RELEASE", type=click.UUID),
    ):
        command = option(command)
    return _called(command)


overriding = click.option(
    "--override", metavar="REASON", help="Admins: go past a limit of the policy, for this reason."
)
percent = click.FloatRange(0, 100, min_open=True)


@click.group()
def release() -> None:
    """Make releases and bring them to their users, from a pipeline.

    A release is named by its id, the last line that `create` prints.

    Each command ends with 0 when it is done, 1 where it was refused, 2 where the command was not
    understood, 3 where there was no answer, 130 where it was stopped. `wait` ends with 4 where its
    time was over, and 5 where the release was rejected, withdrawn, sent back or canceled.
    """


@release.command()
@click.argument("app_id")
@click.option("--version", "code", type=click.IntRange(1, 2**63 - 1), required=True)
@click.option(
    "--to", "target", type=Target(), required=True, help="Where to: pay/production, pay/sandbox."
)
@click.option("--apply", "applying", is_flag=True, help="Apply for it in the same step.")
@click.option("--supersede", is_flag=True, help="With --apply: in the place of one on its way.")
@click.option("--message", default="", help="With --apply: a word to those who approve.")
@click.option(
    "--key",
    type=Key(),
    default=lambda: str(uuid.uuid4()),
    help="The same text again, within a day: the first answer again, and no second release.",
)
@_called
def create(
    app_id: str, code: int, target: tuple[str, str], *, key: str, place: Place, **given: Any
) -> None:
    """Make a release of a version. Its id is the last line."""
    if (given["supersede"] or given["message"]) and not given["applying"]:
        raise click.UsageError("--supersede and --message go with --apply.")
    applying = {"supersede": given["supersede"], "message": given["message"]}
    with _asked(place, given["token"], as_json=given["as_json"], key=key) as (releases, output):
        reply = releases.create(
            Wanted(app_id, code, *target),
            key=key,
            applying=applying if given["applying"] else None,
        )
        _show(reply, place, output)
        output.ends_with(reply.said.get("id"))


@release.command()
@click.option("--supersede", is_flag=True, help="In the place of one on its way to users.")
@click.option("--message", default="", help="A word to those who approve.")
@_fired
def apply(**given: Any) -> None:
    """Apply for a release: to its review, or on to its next step."""
    _fire("apply", given, supersede=given["supersede"], message=given["message"])


@release.command("start-pilot")
@click.option("--group", "groups", multiple=True, help="A test group's id. May be repeated.")
@click.option("--user", "user_ids", multiple=True, help="A user id. May be repeated.")
@_fired
def start_pilot(**given: Any) -> None:
    """Give it to testers: groups of them, users by their ids, or both."""
    if not given["groups"] and not given["user_ids"]:
        raise click.UsageError("Name testers: --group, --user, or both.")
    groups, user_ids = list(given["groups"]), list(given["user_ids"])
    _fire("start_pilot", given, groups=groups, user_ids=user_ids)


@release.command("complete-pilot")
@_fired
def complete_pilot(**given: Any) -> None:
    """The pilot is over: on to the next step."""
    _fire("complete_pilot", given)


@release.command("bypass-pilot")
@click.option("--reason", required=True)
@_fired
def bypass_pilot(**given: Any) -> None:
    """Go on without a pilot, or before its end."""
    _fire("bypass_pilot", given, reason=given["reason"])


@release.command()
@click.option("--stop", is_flag=True, help="Have it stay at its share instead.")
@_fired
def ramp(**given: Any) -> None:
    """Have it grow by itself, by the ramp of the release process."""
    _fire("stop_ramp" if given["stop"] else "start_ramp", given)


@release.command("go-live")
@click.option("--percentage", type=percent, help="Begin with this share of the users at once.")
@overriding
@_fired
def go_live(**given: Any) -> None:
    """Begin the grayscale release, at 0 % or at a first share."""
    _fire("go_live", given, **_some(given, "percentage", "override"))


@release.command()
@overriding
@_fired
@click.argument("percentage", type=percent)
def scale(**given: Any) -> None:
    """Give the release to this share of the users; 100: the full release."""
    _fire("scale", given, **_some(given, "percentage", "override"))


@release.command()
@click.option("--reason", default="")
@_fired
def pause(**given: Any) -> None:
    """Let nobody more get it; whoever has it keeps it."""
    _fire("pause", given, reason=given["reason"])


@release.command()
@_fired
def resume(**given: Any) -> None:
    """Go on after a pause."""
    _fire("resume", given)


@release.command()
@click.option("--reason", required=True)
@_fired
def cancel(**given: Any) -> None:
    """End it: everybody gets what they had before."""
    _fire("cancel", given, reason=given["reason"])


@release.command()
@click.option("--reason", required=True)
@_fired
def rollback(**given: Any) -> None:
    """Go back to RELEASE, an archived one: its version is a new release, live at once."""
    _fire("roll_back", given, reason=given["reason"])


@release.command()
@click.argument("release_id", metavar="RELEASE", type=click.UUID)
@_called
def status(release_id: UUID, place: Place, token: str, *, as_json: bool) -> None:
    """How a release stands, and what can happen next."""
    with _asked(place, token, as_json=as_json) as (releases, output):
        reply = releases.read(release_id)
        _show(reply, place, output)
        output.possible(reply.said)


@release.command()
@click.argument("release_id", metavar="RELEASE", type=click.UUID)
@click.option(
    "--until",
    "goal",
    type=click.Choice(GOALS),
    default="full_release",
    show_default=True,
    help=f"A status, or further; “{APPROVED}”: through its review.",
)
@click.option(
    "--timeout",
    "seconds",
    type=click.IntRange(1, LONGEST_WAIT),
    default=3600,
    show_default=True,
    help="How many seconds to wait.",
)
@_called
def wait(
    release_id: UUID, goal: str, seconds: int, place: Place, token: str, *, as_json: bool
) -> None:
    """Wait until a release gets as far, and say what happens on the way."""
    with _asked(place, token, as_json=as_json) as (releases, output):
        output.say(f"Waiting for {in_words(goal)} …")
        waited = wait_for(releases, release_id, goal, seconds=seconds, told=output.happened)
        if isinstance(waited, Reply):
            _refused(waited, output)
        output.waited(waited.outcome, waited.status)
        if waited.outcome is not Outcome.REACHED:
            output.failed(_sentence(waited, seconds), code=waited.outcome.value)
            _end(output, ENDS[waited.outcome])


def _sentence(waited: Waited, seconds: int) -> str:
    where = in_words(waited.status)
    why = f" Reason: {waited.why}" if waited.why else ""
    match waited.outcome:
        case Outcome.SENT_BACK:
            return f"It was sent back to {where}, and has to be applied for again.{why}"
        case Outcome.ENDED:
            return f"It has ended: {where}.{why}"
        case Outcome.AWAY:
            return f"{waited.why} Last seen: {where or 'nothing'}."
        case _:
            return f"It did not get there within {seconds} s. It is in {where}, and goes on."


def _fire(event: str, given: Mapping[str, Any], **more: Any) -> None:
    place: Place = given["place"]
    if given["revision"] is not None:
        more["revision"] = given["revision"]
    key: str = given["key"]
    with _asked(place, given["token"], as_json=given["as_json"], key=key) as (releases, output):
        reply = releases.fire(given["release_id"], event, more, key=key)
        _show(reply, place, output)
        output.ends_with(reply.said.get("id"))


def _some(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: given[name] for name in names if given[name] is not None}


@contextmanager
def _asked(
    place: Place, token: str, *, as_json: bool, key: str = ""
) -> Iterator[tuple[Releases, Output]]:
    """Ask, and end with the code that says how it went. `key`: what is asked changes something."""
    output = Output(as_json=as_json)
    portico = Portico(place, checked_token(token), agent="portico release", told=output.trouble)
    try:
        yield Releases(portico), output
    except DomainError as error:
        output.failed(_with_key(str(error), key), code=error.code)
        _end(output, Exit.UNREACHABLE)
    except KeyboardInterrupt:
        output.failed(_with_key(STOPPED, key), code="stopped")
        _end(output, Exit.STOPPED)
    _end(output, Exit.OK)


def _with_key(sentence: str, key: str) -> str:
    return f"{sentence} {AGAIN.format(key=key)}" if key else sentence


def _show(reply: Reply, place: Place, output: Output) -> None:
    if reply.is_refusal:
        _refused(reply, output)
    said: Said = reply.said
    if not isinstance(said.get("id"), str):
        output.failed("The answer names no release.", code="not_portico")
        _end(output, Exit.UNREACHABLE)
    output.release(said, f"{place.address}/console/releases/{said['id']}/")


def _refused(reply: Reply, output: Output) -> NoReturn:
    output.refused_there(reply)
    _end(output, Exit.REFUSED)


def _end(output: Output, code: int) -> NoReturn:
    output.end(int(code))
    raise SystemExit(int(code))


commands = [release]
