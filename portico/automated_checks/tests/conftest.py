"""Versions to check, checks that run here, and a reviewer on loopback, with the test's clock."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from portico.audit.services import PLATFORM
from portico.automated_checks.children import Ended, Work
from portico.automated_checks.isolated.process import serve
from portico.automated_checks.isolated.protocol import Question, parse_answer
from portico.automated_checks.models import CheckRun, Review, Reviewer
from portico.automated_checks.reviewers.calling import carry as carry_calls
from portico.automated_checks.reviewers.services import Wanted, make_reviewer
from portico.automated_checks.running import Do, carry
from portico.automated_checks.services import check_uploaded
from portico.egress.calls import Limits
from portico.miniprograms.models import MiniProgram, Version
from portico.outbox.services import publish
from portico.webhooks.signing import signed_headers
from portico.workspaces.models import Workspace
from tests.make import AT, make_program, make_version
from tests.packages import make_manifest, make_package
from tests.peers.receiver import Receiver, receiver

QUICK = Limits(connect=1.0, read=0.5, whole=1.0)
URL = "https://review.acme.example.com/portico"
# What a version needs so that nothing at all is found in it.
TIDY = {
    "description": "Splits a bill among friends, fairly and at once.",
    "lang": "en",
    "icons": [{"src": "common/icon.svg", "sizes": "any"}],
}
PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Tips</title>'
    '<meta name="viewport" content="width=device-width"><p>Hello</p></html>'
)
ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>'


class Clock:
    """Stands still, unless a test moves it."""

    def __init__(self, at: datetime = AT) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **duration: float) -> datetime:
        """Let so much time pass."""
        self.at += timedelta(**duration)
        return self.at


@dataclass(frozen=True)
class Asked:
    """A reviewer, its secret, and where it is."""

    reviewer: Reviewer
    secret: str
    there: Receiver

    @property
    def review(self) -> Review:
        """The only thing that it was asked."""
        return Review.objects.get(reviewer=self.reviewer)


@pytest.fixture
def clock() -> Clock:
    """Time, as this test has it."""
    return Clock()


@pytest.fixture
def program(acme: Workspace) -> MiniProgram:
    """A mini program of acme."""
    return make_program(acme, "com.example.tips")


@pytest.fixture
def there() -> Iterator[Receiver]:
    """A server that is asked."""
    with receiver() as found:
        yield found


@pytest.fixture
def lab(acme: Workspace, there: Receiver) -> Asked:
    """A reviewer of acme that is `there`."""
    return Asked(*make_reviewer(acme, Wanted("Lab", there.url), by=PLATFORM, at=AT), there)


def make_tidy(
    program: MiniProgram, files: Mapping[str, bytes | str] | None = None, **members: object
) -> Version:
    """A version in which nothing is found, unless these files or members of its manifest say
    so."""
    code = program.highest_code + 1
    manifest = make_manifest(program.app_id, code=code, **{**TIDY, **members})
    content = {"common/icon.svg": ICON, "pages/index/index.html": PAGE, **(files or {})}
    package = make_package(program.app_id, code=code, files=content, manifest=manifest)
    return make_version(program, code=code, package=package, manifest=manifest)


def uploaded(version: Version, *, at: datetime = AT) -> CheckRun:
    """Tell that it was uploaded, as the outbox does."""
    payload = {
        "version": str(version.id),
        "app_id": version.program.app_id,
        "code": version.code,
        "name": version.name,
    }
    check_uploaded(
        publish("version.uploaded", workspace_id=version.workspace_id, payload=payload, at=at)
    )
    return CheckRun.objects.get(version=version)


def here(work: Work, question: Question, package: bytes) -> Ended:
    """Do a check as the child does, in this process: quicker, and without its limits."""
    sink = BytesIO()
    asked = replace(question, check=work.name)
    serve(BytesIO(asked.message(package)), sink)
    return Ended(work.name, parse_answer(sink.getvalue()).findings)


def checked(version: Version, *, do: Do = here) -> CheckRun:
    """A version whose checks have run; `do=done`: by the real child processes."""
    uploaded(version)
    carry(0, clock=Clock(), do=do)
    return CheckRun.objects.get(version=version)


def called(asked: Asked, clock: Clock) -> int:
    """Have the reviewer called about what is due; how many calls were made."""
    return carry_calls(asked.reviewer.id, clock=clock, limits=QUICK)


def answer(review: Review, *findings: Mapping[str, object], **more: object) -> str:
    """The body of an answer."""
    return json.dumps({"review": str(review.id), "findings": list(findings), **more})


def signed(body: str, secret: str, *, at: datetime = AT, message: str = "msg_1") -> dict[str, Any]:
    """The headers of an answer."""
    return dict(signed_headers(message, body, keys=[secret], at=at))


def empty_queue() -> None:
    """Forget all jobs."""
    ProcrastinateJob.objects.all()._raw_delete("default")
