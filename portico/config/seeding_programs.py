"""Making the demo's apps and mini programs, with the sample as two versions of one."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory, TemporaryFile

from portico.audit.services import Actor, Via
from portico.config.seeding_releases import make_releases
from portico.miniprograms.models import MiniProgram, ProgramRole
from portico.miniprograms.packages import pack
from portico.miniprograms.sample import SAMPLE_APP_ID, sample_folder
from portico.miniprograms.services import (
    Particulars,
    add_member,
    make_program,
)
from portico.miniprograms.uploading.services import upload
from portico.targets.models import App
from portico.targets.services import Wanted, make_app
from portico.workspaces.models import Membership, Workspace

BY = Actor(via=Via.COMMAND)
DEVELOPER = "developer@acme.example.com"
OTHER_APP_ID = "com.example.tickets"

APPS = (
    Wanted(name="Acme Wallet", code="wallet"),
    Wanted(name="Acme on the web", code="web", is_web=True),
)
SAMPLE = Particulars(
    name="Split the Bill",
    description="Divide a bill and the tip between friends. Works without a network.",
    category="finance",
)
OTHER = Particulars(
    name="Acme Tickets",
    description="Trains, concerts and museums, paid with Acme Pay.",
    category="travel",
)

VERSIONS = ((1, "1.0.0", timedelta(days=5)), (2, "1.1.0", timedelta(days=2)))


def make_programs(workspace: Workspace, *, at: datetime) -> None:
    """Make apps and mini programs unless there are any; the workspace's developer is Admin of one
    and Developer of the other."""
    if not App.objects.filter(workspace=workspace).exists():
        for wanted in APPS:
            make_app(workspace, wanted, by=BY, at=at)
    if MiniProgram.objects.filter(workspace=workspace).exists():
        return
    developer = Membership.objects.get(workspace=workspace, person__email=DEVELOPER)
    sample = make_program(workspace, SAMPLE_APP_ID, SAMPLE, by=BY, at=at, creator=developer)
    other = make_program(workspace, OTHER_APP_ID, OTHER, by=BY, at=at)
    add_member(other, DEVELOPER, ProgramRole.DEVELOPER, by=BY, at=at)
    for code, name, age in VERSIONS:
        _upload(sample, code, name, at=at - age)
    make_releases(workspace, sample, at=at)


def _upload(program: MiniProgram, code: int, name: str, *, at: datetime) -> None:
    """Upload the sample as this version."""
    with TemporaryDirectory() as scratch, TemporaryFile() as file:
        folder = Path(scratch) / "split"
        copytree(sample_folder(), folder)
        manifest = folder / "manifest.json"
        said = json.loads(manifest.read_text(encoding="utf-8"))
        said["version"] = {"code": code, "name": name}
        manifest.write_text(json.dumps(said, ensure_ascii=False, indent=2), encoding="utf-8")
        pack(folder, file)
        file.seek(0)
        upload(program, file, by=BY, at=at)
