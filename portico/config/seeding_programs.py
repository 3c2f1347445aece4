"""Making the demo's apps and mini programs, with the sample as the first version of one."""

from __future__ import annotations

from datetime import datetime
from tempfile import TemporaryFile

from portico.audit.services import Actor, Via
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
    with TemporaryFile() as file:
        pack(sample_folder(), file)
        file.seek(0)
        upload(sample, file, by=BY, at=at)
