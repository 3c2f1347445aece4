"""`portico settings` on the server."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.basic_settings.as_code.tests.samples import (
    ABOUT,
    PASSWORD,
    fill,
    number_of,
    save,
    upload_logo,
    values_of,
)
from portico.config.cli import main


def portico(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["settings", *map(str, arguments)])


def exported(path: Path, slug: str = "acme") -> Path:
    result = portico("export", path, "--workspace", slug)
    assert result.exit_code == 0, result.output
    return path


@pytest.mark.parametrize("name", ["acme", "acme.zip"])
def test_what_was_exported_needs_nothing_to_be_done(cast: Cast, tmp_path: Path, name: str) -> None:
    fill(cast.acme)
    save(cast.acme, "branding", {"logo": upload_logo(cast.acme)})

    plan = portico("plan", exported(tmp_path / name), "--workspace", "acme")

    assert plan.exit_code == 0
    assert "There is nothing to do." in plan.output
    assert "about-us: Unchanged" in plan.output


def test_a_dash_prints_the_yaml_alone(cast: Cast) -> None:
    result = portico("export", "-", "--workspace", "acme")

    assert result.output.startswith("# The settings of Acme Pay.")


def test_an_edited_file_is_planned_with_3_and_applied_with_0(cast: Cast, tmp_path: Path) -> None:
    save(cast.acme, "about-us", ABOUT)
    file = exported(tmp_path) / "settings.yaml"
    file.write_text(file.read_text().replace(ABOUT["url"], "https://www.example.com/new"))

    plan = portico("plan", file, "--workspace", "acme")
    done = portico("apply", tmp_path, "--workspace", "acme", "--reason", "New site")
    again = portico("apply", tmp_path, "--workspace", "acme")

    assert plan.exit_code == 3
    assert "about-us: Changed (1 -> 2)" in plan.output
    assert f"    Address: {ABOUT['url']} -> https://www.example.com/new" in plan.output
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "Applied.")
    assert (again.exit_code, again.output.splitlines()[-1]) == (0, "There is nothing to do.")
    entry = AuditEntry.objects.get(action="settings.apply")
    assert (entry.via, entry.actor_id, entry.reason) == ("command", None, "New site")


def test_it_is_done_in_the_name_of_an_admin_and_of_nobody_else(cast: Cast, tmp_path: Path) -> None:
    exported(tmp_path)
    file = tmp_path / "settings.yaml"
    file.write_text(file.read_text().replace(" url: ''", " url: https://www.example.com/"))

    refused = [
        portico("apply", tmp_path, "--workspace", "acme", "--as", who)
        for who in ("developer@acme.example.com", "admin@zenith.example.com")
    ]
    done = portico("apply", tmp_path, "--workspace", "acme", "--as", "admin@acme.example.com")

    assert "may not change the settings" in refused[0].output
    assert "no active member" in refused[1].output
    assert all(result.exit_code for result in refused)
    assert done.exit_code == 0, done.output
    entry = AuditEntry.objects.get(action="settings.apply")
    assert (entry.via, entry.actor_id) == ("command", cast.admin.person_id)


def test_a_copy_needs_its_plan_and_its_password(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(cast.acme)
    exported(tmp_path)
    here = ("--workspace", "zenith")
    secret = ("--secret", "service-email.password=env:MAIL_PASSWORD")
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)

    wanting = portico("plan", tmp_path, *here)
    plan = portico("plan", tmp_path, *here, *secret)
    digest = plan.output.splitlines()[-1].rpartition(" ")[2]
    unplanned = portico("apply", tmp_path, *here, *secret)
    done = portico("apply", tmp_path, *here, *secret, "--plan", digest)

    assert wanting.exit_code == 2
    assert "password: Line" in wanting.output
    assert "Needed: --secret service-email.password=env:VARIABLE" in wanting.output
    assert plan.exit_code == 3
    assert "This is a copy of the settings of acme." in plan.output
    assert (unplanned.exit_code, "--plan" in unplanned.output) == (2, True)
    assert done.exit_code == 0, done.output
    assert PASSWORD not in wanting.output + plan.output + done.output
    assert values_of(cast.zenith, "about-us") == ABOUT


def test_a_password_is_read_from_a_file_and_never_taken_from_the_command_line(
    cast: Cast, tmp_path: Path
) -> None:
    fill(cast.acme)
    exported(tmp_path)
    secret = tmp_path / "password"
    secret.write_text(f"{PASSWORD}\n")

    plan = portico(
        "plan", tmp_path, "--workspace", "zenith", "--secret", f"service-email.password=@{secret}"
    )
    wrong = [
        portico("plan", tmp_path, "--workspace", "zenith", "--secret", given)
        for given in (
            "service-email.password=hunter2",
            "hunter2",
            "a=@/gone/hunter2",
            "a=env:NO_SUCH",
        )
    ]

    assert plan.exit_code == 3, plan.output
    assert {result.exit_code for result in wrong} == {2}
    assert "=hunter2" not in "".join(result.output for result in wrong)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("portico: 1\nsections: {brandin: {}}", "Line 2: There is no “brandin” here."),
        ("a: *x", "Line 1: Anchors"),
        ("portico: 1\nsections: {about-us: {values: {url: nowhere}}}", "url: Line 2: "),
    ],
)
def test_what_is_refused_ends_with_2_and_says_why(
    cast: Cast, tmp_path: Path, content: str, sentence: str
) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text(content)

    result = portico("plan", file, "--workspace", "acme")

    assert result.exit_code == 2
    assert sentence in result.output
    assert "Traceback" not in result.output


def test_an_apply_that_is_refused_changes_nothing_and_ends_with_2(
    cast: Cast, tmp_path: Path
) -> None:
    save(cast.acme, "about-us", ABOUT)
    exported(tmp_path)
    file = tmp_path / "settings.yaml"
    file.write_text(file.read_text().replace(ABOUT["url"], "https://www.example.com/mine"))
    save(cast.acme, "about-us", {"url": "https://www.example.com/theirs"}, based_on=1)

    result = portico("apply", tmp_path, "--workspace", "acme")

    assert result.exit_code == 2
    assert "What others changed since the file was made:" in result.output
    assert "Nothing was applied: about-us changed since" in result.output
    assert number_of(cast.acme, "about-us") == 2


def test_the_workspace_must_be_said_where_there_are_several(cast: Cast, tmp_path: Path) -> None:
    unsaid = portico("export", tmp_path)
    unknown = portico("export", tmp_path, "--workspace", "nobody")
    gone = portico("plan", tmp_path / "gone.yaml", "--workspace", "acme")

    assert "Say which workspace" in unsaid.output
    assert "There is no workspace “nobody”" in unknown.output
    assert "cannot be read (No such file or directory)" in gone.output
    assert gone.exit_code == 2


def test_a_strangers_file_does_not_steer_the_terminal(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    strange = r"\e[2J\u202Eacme"
    file.write_text(f'portico: 1\nworkspace: "{strange}"\nsections: {{about-us: {{}}}}\n')
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(f'portico: 1\n"{strange}": 1\n')

    planned = portico("plan", file, "--workspace", "acme")
    refused = portico("plan", wrong, "--workspace", "acme")

    assert (planned.exit_code, refused.exit_code) == (0, 2)
    assert "[2J�acme" in planned.output
    assert not {"\x1b", "\u202e"} & set(planned.output + refused.output)
