"""What `portico upload` prints: text for people, or one JSON object for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from portico.miniprograms.packages import PackageRefused, Packed
from portico.miniprograms.packages.manifests import VersionOf
from portico.miniprograms.uploading.client.sending import Package, Reply, Said
from portico.miniprograms.uploading.client.waiting import Checked, Finding

MIB = 1024 * 1024
ORDER = {"error": 0, "warning": 1, "info": 2}
COLORS = {"error": "red", "warning": "yellow"}


class Output:
    """Text to standard output as things happen, troubles to standard error; or JSON at the end."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._whole: dict[str, Any] = {}

    def packed(self, folder: Path, packed: Packed) -> None:
        """A folder was packed."""
        self._whole["left_out"] = [
            {"name": one.name, "why": one.why.value} for one in packed.left_out
        ]
        self._say(f"Packed {folder}: {len(packed.package.entries)} files.")
        if packed.left_out:
            names = ", ".join(f"{one.name} ({one.why.value})" for one in packed.left_out)
            self._say(f"Left out: {names}")

    def read(self, name: str, version: VersionOf, app_id: str, package: Package) -> None:
        """A package was read and found to be sound."""
        self._whole["package"] = {
            "app_id": app_id,
            "code": version.code,
            "name": version.name,
            "sha256": package.sha256,
            "size": package.size,
        }
        self._say(f"{name} ({app_id}), version {version.name} ({version.code})")
        self._say(f"SHA-256 {package.sha256}, {_size(package.size)}")

    @contextmanager
    def sending(self, size: int) -> Iterator[Callable[[int], None]]:
        """Shows how much is sent: a bar on a terminal, a line at each quarter elsewhere."""
        if self._as_json:
            yield lambda _sent: None
        elif sys.stdout.isatty():
            with click.progressbar(length=size, label="Uploading") as bar:
                yield lambda sent: bar.update(sent - bar.pos)
        else:
            yield _Quarters(size, self._say).sent

    def uploaded(self, said: Said, address: str) -> None:
        """It is a version now."""
        self._whole["version"] = {**said, "url": address}
        self._say(f"Uploaded as version {said.get('name')} ({said.get('code')}): {address}")

    def waits(self) -> None:
        """The checks are waited for."""
        self._say("Waiting for the automated checks …")

    def checked(self, checked: Checked) -> None:
        """What the checks found."""
        self._whole["checks"] = dict(checked.said)
        findings = sorted(checked.findings, key=lambda one: ORDER.get(one.severity, 3))
        if findings:
            self._table(findings)
        if not checked.over:
            return
        if checked.state == "failed":
            self._say("The checks could not be carried out. Start them again on the page.")
        elif not findings:
            self._say("The checks found nothing.")

    def refused_here(self, error: PackageRefused) -> None:
        """The package was refused before it was sent."""
        problems = [(one.entry, str(one.rule), str(one)) for one in error.problems]
        self._refused("The package cannot be used. Nothing was sent.", "package_refused", problems)

    def refused_there(self, reply: Reply) -> None:
        """The API refused."""
        listed = reply.said.get("errors")
        errors = listed if isinstance(listed, list) else []
        problems = [
            (str(one.get("field", "")), str(one.get("code", "")), str(one.get("detail", "")))
            for one in errors
            if isinstance(one, dict)
        ]
        code = str(reply.said.get("code", reply.status))
        self._refused(str(reply.said.get("detail", "It was refused.")), code, problems)

    def failed(self, sentence: str, *, code: str) -> None:
        """Something else went wrong."""
        self._whole["error"] = {"code": code, "detail": sentence}
        self.trouble(sentence)

    def trouble(self, sentence: str) -> None:
        """Say what is wrong, or what is tried again."""
        if not self._as_json:
            click.echo(f"portico: {_plain(sentence)}", err=True)

    def end(self, status: int) -> None:
        """Print the JSON, if it is wanted."""
        if self._as_json:
            click.echo(json.dumps({"exit": status, **self._whole}, indent=2, ensure_ascii=False))

    def _refused(self, sentence: str, code: str, problems: list[tuple[str, str, str]]) -> None:
        errors = [{"field": entry, "code": rule, "detail": text} for entry, rule, text in problems]
        self._whole["error"] = {"code": code, "detail": sentence, "errors": errors}
        self.trouble(sentence)
        for entry, rule, text in problems:
            self.trouble(f"  {entry or 'the package'}: {rule}: {text}")

    def _table(self, findings: Sequence[Finding]) -> None:
        rows = [("SEVERITY", "RULE", "FILE"), *((f.severity, f.rule, f.place) for f in findings)]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        columns = ["WHAT TO DO", *(finding.advice for finding in findings)]
        for row, advice in zip(rows, columns, strict=True):
            cells = [_plain(text).ljust(width) for text, width in zip(row, widths, strict=True)]
            cells[0] = click.style(cells[0], fg=COLORS.get(row[0]))
            if not self._as_json:
                click.echo("  ".join([*cells, _plain(advice)]))

    def _say(self, text: str) -> None:
        if not self._as_json:
            click.echo(_plain(text))


class _Quarters:
    """Says each quarter once."""

    def __init__(self, size: int, say: Callable[[str], None]) -> None:
        self._size, self._say, self._said = size, say, 0

    def sent(self, count: int) -> None:
        """So many bytes are on their way."""
        quarter = count * 4 // max(self._size, 1)
        if quarter > self._said:
            self._said = quarter
            self._say(f"Sent {_size(count)} of {_size(self._size)}")


def _size(count: int) -> str:
    return f"{count / MIB:.1f} MiB" if count >= MIB else f"{count / 1024:.1f} KiB"


def _plain(text: str) -> str:
    """What a server or a package says, without what would steer a terminal."""
    return "".join(
        character if character.isprintable() or character == "\n" else "�" for character in text
    )
