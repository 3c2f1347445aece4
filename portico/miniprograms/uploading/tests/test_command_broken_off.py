"""`portico upload` where something breaks: a server, a disk, a patience. Never a traceback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn

import pytest
from click.testing import CliRunner, Result

from portico.config.cli import main
from portico.config.commands import upload
from portico.miniprograms.uploading.client import sending
from portico.miniprograms.uploading.tests.answering import Raw, Server, serving
from tests.packages import make_package

TOKEN = "pco_a-token-that-must-not-be-seen"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as found:
        yield found


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "tips.zip"
    path.write_bytes(make_package(code=3))
    return path


def run(*arguments: object) -> Result:
    """Run `portico upload`."""
    return CliRunner().invoke(main, ["upload", *map(str, arguments)], env={"PORTICO_TOKEN": TOKEN})


@pytest.mark.parametrize(
    "answer",
    [
        Raw(b'{"code": '),
        Raw(b'{"code": "\xff"}'),
        Raw(b"[" * 100_000 + b"]" * 100_000),
        Raw(b"{}", coding="gzip"),
    ],
    ids=["cut off", "not UTF-8", "too deep", "not gzip"],
)
def test_an_answer_that_cannot_be_read_ends_with_a_sentence(
    server: Server, package: Path, answer: Raw
) -> None:
    server.answers = [(201, answer)]

    result = run(package, "--url", server.url)

    assert result.exit_code == 3, result.output
    assert "does not answer as a Portico does (status 201)" in result.output


def test_what_is_not_encrypted_goes_through_no_proxy(
    server: Server, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
        server.answers = [(201, {"code": 3, "name": "1.0.3"})]

        result = run(package, "--url", server.url, "--no-wait")

        assert result.exit_code == 0, result.output
        assert proxy.asked == []


def test_whoever_stops_it_is_told_that_it_may_be_started_again(
    server: Server, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_arguments: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(sending.Portico, "_once", stop)
    text, whole = (run(package, "--url", server.url, *more) for more in ((), ("--json",)))

    assert (text.exit_code, whole.exit_code) == (130, 130)
    assert "Stopped." in text.output
    assert json.loads(whole.output)["error"]["code"] == "stopped"


def test_a_disk_that_is_full_ends_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_folder: Path, _into: BinaryIO) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(upload, "pack", full)

    result = run(tmp_path, "--url", "https://pay.example.com")

    assert result.exit_code == 1
    assert "No space left on device" in result.output
