"""The command's table of commands, and the Makefile's verbs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from portico.config.cli import COMMANDS, main

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_where_the_table_says(name: str) -> None:
    with click.Context(main) as context:
        command = main.get_command(context, name)

    assert command is not None
    assert command.name == name
    assert command.help


def test_help_lists_every_command_and_loads_none_of_them() -> None:
    program = (
        "import sys\n"
        "from portico.config.cli import main\n"
        "main(['--help'], standalone_mode=False)\n"
        "assert not {'django', 'granian', 'psycopg', 'pydantic'} & set(sys.modules)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert all(re.search(rf"^  {name} ", done.stdout, re.MULTILINE) for name in COMMANDS)


def test_doctor_prints_a_new_key_that_the_key_ring_accepts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = CliRunner().invoke(main, ["doctor", "--new-key"]).output.strip()

    monkeypatch.setenv("PORTICO_KEY_RING", key)
    from portico.config.env import Env

    assert Env().key_ring_keys == (key,)


def test_make_alone_prints_its_verbs() -> None:
    # Not as a part of the `make` that may run these tests: it would name its folder.
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(["make"], cwd=ROOT, env=alone, capture_output=True, text=True, check=True)

    verbs = [line.split()[0] for line in done.stdout.splitlines()[1:]]
    assert set("run test check lint types bench soak seed openapi docs fix clean".split()) <= set(
        verbs
    )
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) - {"help", "clean-data"} == set(verbs)
