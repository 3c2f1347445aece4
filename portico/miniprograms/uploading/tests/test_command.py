"""`portico upload` and `portico sample`: against Portico itself, and against servers that fail."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from conftest import make_cast
from portico.config.cli import main
from portico.miniprograms.models import Version
from portico.miniprograms.uploading.client import sending, waiting
from portico.miniprograms.uploading.client.places import NoPlace, NotSecure, place_of
from portico.miniprograms.uploading.tests.answering import Server, serving
from tests.make import make_program, make_token
from tests.packages import APP_ID, make_package

TOKEN = "pco_a-token-that-must-not-be-seen"
DONE = {"state": "done", "findings": []}


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses between tries."""
    monkeypatch.setattr(sending, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(waiting, "EVERY", 0.0)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as found:
        yield found


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "tips.zip"
    path.write_bytes(make_package(code=3))
    return path


def run(*arguments: object, token: str = TOKEN) -> Result:
    """Run `portico upload`."""
    return CliRunner().invoke(main, ["upload", *map(str, arguments)], env={"PORTICO_TOKEN": token})


def created(code: int = 3) -> tuple[int, object]:
    return 201, {"code": code, "name": f"1.0.{code}"}


@pytest.mark.django_db(transaction=True)
def test_a_folder_becomes_a_version_of_portico_itself(live_server: Any, tmp_path: Path) -> None:
    cast = make_cast()
    make_program(cast.acme, "com.example.split", developer=cast.developer)
    secret = make_token(cast.developer)[1]
    folder = tmp_path / "split"
    assert CliRunner().invoke(main, ["sample", str(folder)]).exit_code == 0
    (folder / ".git").mkdir()
    url = f"http://acme.localhost:{live_server.thread.port}"

    first = run(folder, "--app-id", "com.example.split", "--url", url, "--no-wait", token=secret)
    again = run(folder, "--url", url, "--no-wait", token=secret)

    assert first.exit_code == again.exit_code == 0, first.output + again.output
    assert "Left out: .git (hidden)" in first.output
    assert f"{url}/console/programs/com.example.split/versions/1/" in first.output
    assert Version.objects.get().manifest["app_id"] == "com.example.split"
    assert secret not in first.output + again.output


def test_the_package_goes_out_with_its_digest_and_a_key_of_its_own(
    server: Server, package: Path
) -> None:
    server.answers = [created()]

    result = run(package, "--url", server.url, "--no-wait")

    assert result.exit_code == 0, result.output
    asked, headers, body = server.asked[0]
    assert asked == f"PUT /api/v1/mini-programs/{APP_ID}/versions"
    assert body == package.read_bytes()
    assert headers["Host"] == f"acme.localhost:{server.port}"
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["Content-Digest"].startswith("sha-256=:")
    assert headers["Idempotency-Key"].startswith("upload-")


def test_a_lost_connection_is_tried_again_under_the_same_key(server: Server, package: Path) -> None:
    server.answers = [None, (503, {}), created()]

    result = run(package, "--url", server.url, "--no-wait")

    assert result.exit_code == 0, result.output
    assert len({headers["Idempotency-Key"] for _asked, headers, _body in server.asked}) == 1
    assert [body for _asked, _headers, body in server.asked] == [package.read_bytes()] * 3
    assert result.output.count("Trying again") == 2


@pytest.mark.parametrize(
    ("answers", "exit_code", "says"),
    [
        ([None] * 3, 3, "the connection was lost"),
        ([(502, {})] * 3, 3, "status 502"),
        ([(200, b"<h1>It works!</h1>")], 3, "does not answer as a Portico does"),
        ([(301, {})], 3, "leads on to https://elsewhere.example/"),
        ([(401, {"code": "not_signed_in", "detail": "This needs a token."})], 1, "needs a token"),
        (
            [
                (
                    422,
                    {
                        "code": "package_refused",
                        "detail": "Refused.",
                        "errors": [{"field": "a.js", "code": "link", "detail": "A link\x1b[2J."}],
                    },
                )
            ],
            1,
            "a.js: link: A link�[2J.",
        ),
    ],
    ids=["lost", "unavailable", "other", "redirect", "token", "refused"],
)
def test_what_goes_wrong_there_is_said_with_its_own_exit_code(
    server: Server, package: Path, answers: list[Any], exit_code: int, says: str
) -> None:
    server.answers = answers

    result = run(package, "--url", server.url)

    assert result.exit_code == exit_code, result.output
    assert says in result.output
    assert TOKEN not in result.output


def test_findings_are_waited_for_and_printed_worst_first(server: Server, package: Path) -> None:
    findings = [
        {"rule": "i18n", "severity": "info", "file": "", "line": None, "advice": "Add texts."},
        {"rule": "eval", "severity": "error", "file": "app.js", "line": 7, "advice": "Call it."},
    ]
    server.answers = [
        created(),
        (200, {"state": "queued", "findings": []}),
        (200, {"state": "running", "findings": findings[:1]}),
        (200, {"state": "done", "findings": findings}),
    ]

    result = run(package, "--url", server.url)

    assert result.exit_code == 4, result.output
    lines = [line.split() for line in result.output.splitlines()[-3:]]
    assert lines == [
        ["SEVERITY", "RULE", "FILE", "WHAT", "TO", "DO"],
        ["error", "eval", "app.js:7", "Call", "it."],
        ["info", "i18n", "Add", "texts."],
    ]
    assert server.asked[-1][0] == f"GET /api/v1/mini-programs/{APP_ID}/versions/3/checks"


@pytest.mark.parametrize(
    ("said", "exit_code", "says"),
    [
        (DONE, 0, "The checks found nothing."),
        ({"state": "failed", "findings": []}, 4, "could not be carried out"),
        ({"state": "done", "findings": [{"severity": "warning", "rule": "size"}]}, 0, "size"),
    ],
    ids=["nothing", "failed", "warning"],
)
def test_the_checks_decide_on_the_exit_code(
    server: Server, package: Path, said: object, exit_code: int, says: str
) -> None:
    server.answers = [created(), (200, said)]

    result = run(package, "--url", server.url)

    assert result.exit_code == exit_code, result.output
    assert says in result.output


def test_json_is_one_object_with_everything(server: Server, package: Path) -> None:
    server.answers = [None, created(), (200, DONE)]

    result = run(package, "--url", server.url, "--json")

    whole = json.loads(result.output)
    assert (whole["exit"], whole["version"]["code"]) == (0, 3)
    assert whole["package"]["app_id"] == APP_ID
    assert whole["checks"] == DONE
    assert TOKEN not in result.output


def test_a_package_that_is_refused_here_is_not_sent(server: Server, tmp_path: Path) -> None:
    bad = tmp_path / "bad.zip"
    bad.write_bytes(make_package(files={"../up.js": "x"}))

    text, whole = (run(bad, "--url", server.url, *more) for more in ((), ("--json",)))

    assert (text.exit_code, whole.exit_code) == (1, 1)
    assert "../up.js: parent_segment" in text.output
    assert json.loads(whole.output)["error"]["errors"][0]["code"] == "parent_segment"
    assert server.asked == []


def test_a_package_of_another_program_is_not_sent(server: Server, package: Path) -> None:
    result = run(package, "--url", server.url, "--app-id", "com.example.other")

    assert result.exit_code == 1
    assert "--app-id says “com.example.other”" in result.output
    assert server.asked == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--url", "http://pay.example.com"], "unencrypted"),
        (["--url", "https://ada:secret@pay.example.com"], "not the address of a workspace"),
        (["--url", "pay.example.com"], "not the address of a workspace"),
        ([], "Missing option '--url'"),
    ],
    ids=["plain", "password", "bare", "none"],
)
def test_what_is_not_understood_ends_with_2(package: Path, arguments: list[str], says: str) -> None:
    result = run(package, *arguments)

    assert result.exit_code == 2
    assert says in " ".join(result.output.split())
    assert "secret" not in result.output


@pytest.mark.parametrize("token", ["", "two words", "line\nfeed"])
def test_a_token_that_is_none_is_not_sent(server: Server, package: Path, token: str) -> None:
    result = run(package, "--url", server.url, token=token)

    assert result.exit_code == 2
    assert server.asked == []


@pytest.mark.parametrize(
    ("text", "connects_to", "host"),
    [
        ("https://pay.example.com/", "https://pay.example.com", "pay.example.com"),
        ("http://acme.localhost:8000", "http://127.0.0.1:8000", "acme.localhost:8000"),
        ("https://LOCALHOST", "https://127.0.0.1", "localhost"),
        ("http://[::1]:80", "http://[::1]:80", "[::1]:80"),
    ],
)
def test_names_under_localhost_are_this_machine(text: str, connects_to: str, host: str) -> None:
    place = place_of(text)

    assert (place.connects_to, place.host) == (connects_to, host)


@pytest.mark.parametrize("text", ["https://", "https://a/b", "https://a:x", "ftp://a", "https://ä"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(NoPlace):
        place_of(text)


def test_plain_http_to_another_machine_is_refused() -> None:
    with pytest.raises(NotSecure):
        place_of("http://10.0.0.1")


def test_the_sample_is_not_written_over_anything(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    result = CliRunner().invoke(main, ["sample", str(tmp_path)])

    assert result.exit_code == 1
    assert "is there already" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_command_loads_neither_django_nor_a_database() -> None:
    program = (
        "import sys; import portico.config.commands.upload, portico.config.commands.sample; "
        "print([name for name in ('django', 'psycopg', 'boto3') if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
