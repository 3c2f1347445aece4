"""The tables of mini programs: programs, who works on them, how they are set up, versions."""

from portico.miniprograms.models.programs import Kind, MiniProgram, ProgramMember, ProgramRole
from portico.miniprograms.models.setups import ProgramOnTarget, Tester
from portico.miniprograms.models.versions import Version

__all__ = [
    "Kind",
    "MiniProgram",
    "ProgramMember",
    "ProgramOnTarget",
    "ProgramRole",
    "Tester",
    "Version",
]
