"""What can be done with a mini program: one function per verb.

Whoever calls has asked `portico.miniprograms.access.program_for` for the program, with the act that
the verb is.
"""

from portico.miniprograms.services.errors import (
    AlreadyArchived,
    HasThatProgramRole,
    LastProgramAdmin,
    NeedsNoPlace,
    NoSuchMember,
    NotArchived,
    OperatorsOnlySee,
    OtherWorkspace,
    ProgramArchived,
    ProgramChanged,
    SetUpChanged,
    StillLive,
    StillUnderWay,
    TooManyTesters,
    WorksOnIt,
)
from portico.miniprograms.services.holding import held_in_use, held_program, record_program
from portico.miniprograms.services.members import add_member, change_member, remove_member
from portico.miniprograms.services.programs import (
    Particulars,
    archive_program,
    change_program,
    make_program,
    restore_program,
)
from portico.miniprograms.services.setups import SetUp, check_set_up, put_live, set_up
from portico.miniprograms.services.testers import (
    Added,
    add_testers,
    remove_all_testers,
    remove_tester,
)

__all__ = [
    "Added",
    "AlreadyArchived",
    "HasThatProgramRole",
    "LastProgramAdmin",
    "NeedsNoPlace",
    "NoSuchMember",
    "NotArchived",
    "OperatorsOnlySee",
    "OtherWorkspace",
    "Particulars",
    "ProgramArchived",
    "ProgramChanged",
    "SetUp",
    "SetUpChanged",
    "StillLive",
    "StillUnderWay",
    "TooManyTesters",
    "WorksOnIt",
    "add_member",
    "add_testers",
    "archive_program",
    "change_member",
    "change_program",
    "check_set_up",
    "held_in_use",
    "held_program",
    "make_program",
    "put_live",
    "record_program",
    "remove_all_testers",
    "remove_member",
    "remove_tester",
    "restore_program",
    "set_up",
]
