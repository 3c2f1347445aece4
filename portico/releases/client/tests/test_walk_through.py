"""The guide to releasing from a pipeline, word for word, against Portico itself."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from django.db import transaction

from conftest import Cast, make_cast
from portico.basic_settings import services as settings_services
from portico.basic_settings.registry import section_named
from portico.config.cli import main
from portico.releases import services
from portico.releases.acting import By
from portico.releases.models import Release, ReleaseEvent
from portico.releases.rules.pipeline import Status
from tests.make import AT, actor, make_app, make_program, make_release, make_token, make_version

GUIDE = Path(__file__).parents[4] / "docs" / "guide" / "releasing-from-ci.md"
AT_URL = "https://pay.example.com"

pytestmark = pytest.mark.django_db(transaction=True)


def lines_of_the_guide() -> Iterator[str]:
    """The commands of the walk-through and of going back, in their order."""
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    for line in "".join(blocks[:2]).splitlines():
        if "portico release" in line:
            yield line


def without_pilot(cast: Cast) -> None:
    """The release process that the guide speaks of."""
    section = section_named("release-process")
    values = {"production": {"pilot_testing": False}}
    settings_services.save(cast.acme, section, values, based_on=0, by=actor(cast.admin), at=AT)


def test_the_guide_does_what_it_says(live_server: Any) -> None:
    cast = make_cast()
    without_pilot(cast)
    program = make_program(cast.acme, "com.example.tips", admin=cast.developer)
    target = make_app(cast.acme, "pay").targets.get(environment="production")
    make_release(program, target, status=Status.FULL)
    with transaction.atomic():
        make_version(program)
    before = make_release(program, target, status=Status.ARCHIVED)
    secret = make_token(cast.developer)[1]
    url = f"http://acme.localhost:{live_server.thread.port}"
    names = {"$before": str(before.id)}
    codes = []

    for line in lines_of_the_guide():
        text = line.replace("$at", f"--url {AT_URL}").replace(AT_URL, url)
        for name, value in names.items():
            text = text.replace(name, value)
        command = re.sub(r"^release=\$\((.*?) \| tail -1\)$", r"\1", text)
        result = CliRunner().invoke(main, shlex.split(command)[1:], env={"PORTICO_TOKEN": secret})
        assert secret not in result.output
        codes.append((result.exit_code, line if result.exit_code == 0 else result.output))
        if text != command:
            names["$release"] = result.output.splitlines()[-1]
            approve(cast, names["$release"])

    assert [code for code, _said in codes] == [0] * 9, codes
    told = ReleaseEvent.objects.filter(release=UUID(names["$release"])).order_by("number")
    assert [event.event for event in told] == [
        *("create", "apply", "approve", "go_live", "scale", "scale", "pause", "resume", "cancel")
    ]
    assert Release.objects.get(rolled_back_to=before).status == Status.FULL


def approve(cast: Cast, release_id: str) -> None:
    """The reviewer approves while the pipeline waits."""
    request = Release.objects.get(id=release_id).request
    assert request is not None
    services.approve(request, by=By(actor(cast.reviewer), cast.reviewer), at=AT)


def test_a_step_that_is_run_again_does_nothing_twice(live_server: Any) -> None:
    cast = make_cast()
    program = make_program(cast.acme, admin=cast.developer)
    release = make_release(program, status=Status.GRAYSCALE, share=1_000)
    secret = make_token(cast.developer)[1]
    step = f"release scale {release.id} 5 --key job-77 --json"
    step += f" --url http://acme.localhost:{live_server.thread.port}"

    first, again = (
        CliRunner().invoke(main, step.split(), env={"PORTICO_TOKEN": secret}) for _ in range(2)
    )

    assert (first.exit_code, again.exit_code) == (0, 0), first.output
    assert json.loads(first.output) == json.loads(again.output)
    assert ReleaseEvent.objects.filter(event="scale").count() == 1


@pytest.mark.parametrize(
    ("command", "status", "event"),
    [
        ("start-pilot {} --user ann --user ben", Status.PILOT, "start_pilot"),
        ("complete-pilot {}", Status.PILOT, "complete_pilot"),
        ("bypass-pilot {} --reason No-testers", Status.PILOT, "bypass_pilot"),
        ("ramp {}", Status.GRAYSCALE, "start_ramp"),
    ],
)
def test_a_pipeline_runs_pilots_and_ramps(
    live_server: Any, command: str, status: Status, event: str
) -> None:
    cast = make_cast()
    program = make_program(cast.acme, admin=cast.developer)
    testers = ["eve"] if event == "complete_pilot" else []
    release = make_release(program, status=status, testers=testers)
    secret = make_token(cast.developer)[1]
    words = f"release {command.format(release.id)} --url".split()

    result = CliRunner().invoke(
        main,
        [*words, f"http://acme.localhost:{live_server.thread.port}"],
        env={"PORTICO_TOKEN": secret},
    )

    assert result.exit_code == 0, result.output
    assert release.events.get(number=2).event == event


def test_a_pilot_without_testers_is_a_usage_error() -> None:
    words = f"release start-pilot {UUID(int=1)} --url {AT_URL}".split()

    result = CliRunner().invoke(main, words, env={"PORTICO_TOKEN": "portico_x"})

    assert result.exit_code == 2
    assert "Name testers" in result.output
