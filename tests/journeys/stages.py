"""A workspace for each story, with the demo's people in it: `python -m tests.journeys.stages N`."""

from __future__ import annotations

import sys

from portico.config.commands.with_django import with_django


@with_django
def main(count: int) -> None:
    """Make `stage-1` to `stage-N`, with one member a role and a second admin in each; and somebody
    who is free to turn two-factor sign-in on, which would keep other stories from signing in."""
    from portico.accounts.models import Person
    from portico.accounts.services import make_person
    from portico.audit.services import PLATFORM
    from portico.config.demo import PASSWORD
    from portico.kernel.clock import now
    from portico.workspaces.permissions import Role
    from portico.workspaces.services import add_member, make_workspace

    second = make_person(
        "second@acme.example.com", name="Sam Second", password=PASSWORD, verified_at=now()
    )
    strong = make_person(
        "strong@acme.example.com", name="Stella Strong", password=PASSWORD, verified_at=now()
    )
    people = {role: Person.objects.get(email=f"{role.value}@acme.example.com") for role in Role}
    for number in range(1, count + 1):
        stage = make_workspace(f"stage-{number}", f"Stage {number}", by=PLATFORM, at=now())
        for role, person in people.items():
            add_member(stage, person, role, by=PLATFORM, at=now())
        add_member(stage, second, Role.ADMIN, by=PLATFORM, at=now())
        add_member(stage, strong, Role.DEVELOPER, by=PLATFORM, at=now())


if __name__ == "__main__":
    main(int(sys.argv[1]))
