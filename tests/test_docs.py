"""The documents say what is so: their links lead somewhere, and what they name is there."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from procrastinate.contrib.django import app

from portico.basic_settings.registry import all_sections
from portico.config.cli import COMMANDS
from portico.config.contract import document
from portico.config.env import Env
from portico.config.errors import STATUS
from portico.config.problems import API_STATUS
from portico.kernel.errors import DomainError
from portico.kernel.permissions import Permission
from portico.workspaces.permissions import PERMISSIONS, Role

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "portico").rglob("*.md")]
)
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
MOST_LINES_OF_A_DECISION = 60

FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"(?<![\w./<>$-])(?:portico|tests|docs|requirements)/[\w./*-]*[\w*/]")
COMMAND = re.compile(r"(?:\w+=\$\()?(?:\.venv/bin/)?portico\s+([a-z][^|#)]*)")
REGISTRIES = re.compile(
    r"\b(?:pypi|pythonhosted|npmjs|crates|rubygems)\.(?:org|io|com)|index-url|proxy\.golang"
)


def named(paths: list[Path]) -> list[object]:
    return [pytest.param(path, id=str(path.relative_to(ROOT))) for path in paths]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def code_of(text: str) -> list[str]:
    """Each piece of code: the lines of blocks, joined where they go on, and code in sentences."""
    blocks = [block.strip("`").replace("\\\n", " ") for block in FENCED.findall(text)]
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return lines + INLINE.findall(FENCED.sub("", text))


def prose_of(text: str) -> str:
    return INLINE.sub("", FENCED.sub("", text))


def anchors_of(text: str) -> set[str]:
    """What links can point at: the headings, as they are turned into addresses."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def rows_of(text: str, first: str) -> Iterator[list[str]]:
    """The rows of the table whose head begins with this cell, as cells without backticks."""
    table = text[text.index(f"| {first} |") :].partition("\n\n")[0]
    for line in table.splitlines()[2:]:
        yield [cell.strip().strip("`") for cell in line.strip("|").split("|")]


@pytest.mark.parametrize("path", named(DOCUMENTS))
def test_every_link_leads_somewhere(path: Path) -> None:
    broken = []

    for target in LINK.findall(prose_of(path.read_text(encoding="utf-8"))):
        file, _hash, anchor = target.partition("#")
        if re.match(r"[a-z]+:", file):
            continue
        found = (path.parent / file) if file else path
        there = found.exists()
        if not there or (anchor and anchor not in anchors_of(found.read_text(encoding="utf-8"))):
            broken.append(target)

    assert broken == []


@pytest.mark.parametrize("path", named(DOCUMENTS))
def test_every_path_that_is_named_exists(path: Path) -> None:
    code = code_of(path.read_text(encoding="utf-8"))

    wanted = {found for piece in code for found in PATH.findall(piece)}

    assert {one for one in wanted if not any(ROOT.glob(one.rstrip("/")))} == set()


@pytest.mark.parametrize("path", named(DOCUMENTS))
def test_every_verb_of_make_that_is_named_exists(path: Path) -> None:
    verbs = set(re.findall(r"^([a-z][a-z-]*):", read("Makefile"), re.MULTILINE))
    code = code_of(path.read_text(encoding="utf-8"))

    wanted = {verb for piece in code for verb in re.findall(r"^make ([a-z][a-z-]*)", piece)}

    assert wanted <= verbs


@pytest.mark.parametrize("path", named(DOCUMENTS))
def test_every_command_that_is_named_exists_with_its_options(path: Path) -> None:
    for piece in code_of(path.read_text(encoding="utf-8")):
        called = COMMAND.match(piece)
        if called is None:
            continue
        name, *rest = called[1].split()
        assert name in COMMANDS, piece
        command = command_named(name)
        if isinstance(command, click.Group) and rest:
            assert rest[0] in command.commands, piece
            command = command.commands[rest[0]]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= known, piece


def command_named(name: str) -> click.Command:
    module = importlib.import_module(f"portico.config.commands.{COMMANDS[name].module}")
    commands: list[click.Command] = module.commands
    return next(command for command in commands if command.name == name)


@pytest.mark.parametrize("path", named(DOCUMENTS))
def test_no_document_names_a_package_registry(path: Path) -> None:
    assert not REGISTRIES.search(path.read_text(encoding="utf-8"))


def test_the_first_screen_of_the_readme_shows_both_commands_and_a_picture() -> None:
    first_screen = read("README.md").splitlines()[:25]

    code = [line.split("#")[0].strip() for line in first_screen]
    assert {"make run", "make test"} <= set(code)
    assert any(re.match(r"!\[.+\]\(docs/images/.+\)", line) for line in first_screen)
    assert any("http://localhost:8000" in line for line in first_screen)


@pytest.mark.parametrize("path", named(DECISIONS))
def test_a_decision_is_one_screen_with_three_parts(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    parts = re.findall(r"^## (.+)$", text, re.MULTILINE)

    assert parts == ["Context", "Decision", "Consequences"]
    assert len(text.splitlines()) <= MOST_LINES_OF_A_DECISION


def test_decisions_are_numbered_without_a_gap_and_listed() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]

    assert numbers == list(range(1, len(DECISIONS) + 1))
    listed = LINK.findall(read("ARCHITECTURE.md").partition("\n## Decisions")[2])
    assert [Path(target).name for target in listed] == [path.name for path in DECISIONS]


def test_the_architecture_names_every_feature() -> None:
    text = read("ARCHITECTURE.md")

    features = {path.parent.name for path in (ROOT / "portico").glob("*/__init__.py")}

    assert {one for one in features if f"| `portico/{one}/` |" not in text} == set()


def test_the_architecture_names_every_job() -> None:
    listed = {row[0] for row in rows_of(read("ARCHITECTURE.md"), "job")}

    ours = {name for name in app.tasks if not name.startswith(("builtin:", "procrastinate."))}

    assert listed == ours


def test_the_walk_through_names_every_file_of_its_section() -> None:
    folder = ROOT / "portico" / "about_us"
    text = read("CONTRIBUTING.md").partition("## Adding a settings section\n")[2]
    walk = text.partition("\n## ")[0]

    files = {
        str(path.relative_to(ROOT))
        for path in folder.rglob("*.*")
        if path.name != "__init__.py" and path.suffix != ".pyc"
    }

    assert len(files) > 8
    assert {file for file in files if file not in walk} == set()


def test_the_example_of_an_environment_has_every_setting() -> None:
    lines = re.findall(r"^#?([A-Z0-9_]+)=", read(".env.example"), re.MULTILINE)

    fields = Env.model_fields.items()
    known = {str(field.validation_alias or f"PORTICO_{name.upper()}") for name, field in fields}

    assert set(lines) == known
    assert len(lines) == len(known)


def test_the_guide_shows_the_table_of_roles() -> None:
    columns = ("admin", "reviewer", "developer", "operator", "inspector")

    shown = {row[0]: row[2:] for row in rows_of(read("docs/guide/roles.md"), "permission")}

    assert shown == {
        permission.value: [
            "yes" if permission in PERMISSIONS[Role(column)] else "-" for column in columns
        ]
        for permission in Permission
    }


def test_the_guide_shows_every_operation_of_the_api() -> None:
    shown = {
        row[0].replace("<section>", section.name)
        for row in rows_of(read("docs/guide/api.md"), "operation")
        for section in all_sections()
        if section.drafts or "<section>/draft" not in row[0]
    }

    paths = document()["paths"].items()

    assert shown == {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, operations in paths
        for method in operations
    }


def test_the_guide_shows_the_fields_of_every_section() -> None:
    shown = {row[0]: set(re.findall(r"`?([a-z_]{3,})`", row[1] + "`")) for row in _fields()}

    for section in all_sections():
        assert set(section.schema.model_fields) <= shown[section.name]


def _fields() -> Iterator[list[str]]:
    return rows_of(read("docs/guide/api.md"), "section")


def test_the_guide_shows_codes_with_the_status_that_they_have() -> None:
    known = {kind.code: kind for kind in kinds_of(DomainError)}

    for status, code, _meaning in rows_of(read("docs/guide/api.md"), "status"):
        kind = known[code]
        found = next(answer for base, answer in (*API_STATUS, *STATUS) if issubclass(kind, base))
        assert found == int(status), code


def kinds_of(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    """The class and everything below it."""
    yield kind
    for below in kind.__subclasses__():
        yield from kinds_of(below)
