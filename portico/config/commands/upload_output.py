"""What `portico upload` prints: text for people, or one JSON object for programs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from portico.config.commands import printing
from portico.config.commands.printing import plain
from portico.miniprograms.packages import PackageRefused, Packed
from portico.miniprograms.packages.manifests import VersionOf
from portico.miniprograms.uploading.client.sending import Package, Said
from portico.miniprograms.uploading.client.waiting import Checked, Finding

MIB = 1024 * 1024
ORDER = {"error": 0, "warning": 1, "info": 2}
COLORS = {"error": "red", "warning": "yellow"}


class Output(printing.Output):
    """The same, for an upload."""

    def packed(self, folder: Path, packed: Packed) -> None:
        """A folder was packed."""
        self._whole["left_out"] = [
            {"name": one.name, "why": one.why.value} for one in packed.left_out
        ]
        self.say(f"Packed {folder}: {len(packed.package.entries)} files.")
        if packed.left_out:
            names = ", ".join(f"{one.name} ({one.why.value})" for one in packed.left_out)
            self.say(f"Left out: {names}")

    def read(self, name: str, version: VersionOf, app_id: str, package: Package) -> None:
        """A package was read and found to be sound."""
        self._whole["package"] = {
            "app_id": app_id,
            "code": version.code,
            "name": version.name,
            "sha256": package.sha256,
            "size": package.size,
        }
        self.say(f"{name} ({app_id}), version {version.name} ({version.code})")
        self.say(f"SHA-256 {package.sha256}, {_size(package.size)}")

    @contextmanager
    def sending(self, size: int) -> Iterator[Callable[[int], None]]:
        """Shows how much is sent: a bar on a terminal, a line at each quarter elsewhere."""
        if self._as_json:
            yield lambda _sent: None
        elif sys.stdout.isatty():
            with click.progressbar(length=size, label="Uploading") as bar:
                yield lambda sent: bar.update(sent - bar.pos)
        else:
            yield _Quarters(size, self.say).sent

    def uploaded(self, said: Said, address: str) -> None:
        """It is a version now."""
        self._whole["version"] = {**said, "url": address}
        self.say(f"Uploaded as version {said.get('name')} ({said.get('code')}): {address}")

    def waits(self) -> None:
        """The checks are waited for."""
        self.say("Waiting for the automated checks …")

    def checked(self, checked: Checked) -> None:
        """What the checks found."""
        self._whole["checks"] = dict(checked.said)
        findings = sorted(checked.findings, key=lambda one: ORDER.get(one.severity, 3))
        if findings:
            self._table(findings)
        if not checked.over:
            return
        if checked.state == "failed":
            self.say("The checks could not be carried out. Start them again on the page.")
        elif not findings:
            self.say("The checks found nothing.")

    def refused_here(self, error: PackageRefused) -> None:
        """The package was refused before it was sent."""
        problems = [(one.entry, str(one.rule), str(one)) for one in error.problems]
        sentence = "The package cannot be used. Nothing was sent."
        self.refused(sentence, "package_refused", problems, "the package")

    def _table(self, findings: Sequence[Finding]) -> None:
        rows = [("SEVERITY", "RULE", "FILE"), *((f.severity, f.rule, f.place) for f in findings)]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        columns = ["WHAT TO DO", *(finding.advice for finding in findings)]
        for row, advice in zip(rows, columns, strict=True):
            cells = [plain(text).ljust(width) for text, width in zip(row, widths, strict=True)]
            cells[0] = click.style(cells[0], fg=COLORS.get(row[0]))
            if not self._as_json:
                click.echo("  ".join([*cells, plain(advice)]))


class _Quarters:
    """Says each quarter once."""

    def __init__(self, size: int, say: Callable[[str], None]) -> None:
        self._size, self.say, self._said = size, say, 0

    def sent(self, count: int) -> None:
        """So many bytes are on their way."""
        quarter = count * 4 // max(self._size, 1)
        if quarter > self._said:
            self._said = quarter
            self.say(f"Sent {_size(count)} of {_size(self._size)}")


def _size(count: int) -> str:
    return f"{count / MIB:.1f} MiB" if count >= MIB else f"{count / 1024:.1f} KiB"
