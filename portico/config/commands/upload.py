"""`portico upload`: a folder or a ZIP becomes a version, from any machine."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NoReturn, cast

import click

from portico.config.commands.at_a_workspace import At, Exit, checked_token
from portico.config.commands.upload_output import Output
from portico.kernel.errors import DomainError
from portico.miniprograms.packages import Package as Read
from portico.miniprograms.packages import PackageRefused, Packed, pack, read_package
from portico.miniprograms.uploading.client.places import Place
from portico.miniprograms.uploading.client.sending import Package, Portico, Reply
from portico.miniprograms.uploading.client.waiting import FAILED, Checked, wait_for_checks

OK, REFUSED, UNREACHABLE, STOPPED = Exit.OK, Exit.REFUSED, Exit.UNREACHABLE, Exit.STOPPED
FINDINGS = 4


@click.command()
@click.argument("path", metavar="FOLDER_OR_ZIP", type=click.Path(exists=True, path_type=Path))
@click.option("--app-id", default="", help="The mini program. Default: what the manifest says.")
@click.option(
    "--url", "place", type=At(), required=True, help="The workspace, as https://pay.example.com."
)
@click.option(
    "--token",
    envvar="PORTICO_TOKEN",
    required=True,
    help="An API token with versions:upload and programs:read. Better given as PORTICO_TOKEN: "
    "other users of this machine see what stands in a command line.",
)
@click.option("--no-wait", is_flag=True, help="Do not wait for the automated checks.")
@click.option(
    "--wait",
    "seconds",
    type=click.IntRange(1, 3600),
    default=300,
    show_default=True,
    help="How many seconds to wait for them.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
def upload(
    path: Path,
    app_id: str,
    place: Place,
    token: str,
    *,
    no_wait: bool,
    seconds: int,
    as_json: bool,
) -> None:
    """Upload a package as a version of a mini program.

    A folder is packed first. The package is checked here, sent, and checked there; what the
    automated checks find is printed.

    Ends with 0 when all is well, 1 where the package or the upload was refused, 2 where the command
    was not understood, 3 where there was no answer (or none of the checks in time), 4 where a
    finding is an error, 130 where it was stopped.
    """
    output = Output(as_json=as_json)
    portico = Portico(place, checked_token(token), told=output.trouble)
    try:
        with _packed(path, app_id, output) as (package, of):
            code = _sent(portico, package, of, output)
        if not no_wait:
            _waited(portico, of, code, seconds, output)
    except PackageRefused as error:
        output.refused_here(error)
        _end(output, REFUSED)
    except DomainError as error:
        output.failed(str(error), code=error.code)
        _end(output, UNREACHABLE)
    except OSError as error:
        output.failed(f"The package cannot be read or packed ({error.strerror}).", code="no_files")
        _end(output, REFUSED)
    except KeyboardInterrupt:
        sentence = "Stopped. To start it again is safe: the same package is the same version."
        output.failed(sentence, code="stopped")
        _end(output, STOPPED)
    _end(output, OK)


@contextmanager
def _packed(path: Path, app_id: str, output: Output) -> Iterator[tuple[Package, str]]:
    """The package, checked, and the program that it is for."""
    with tempfile.TemporaryFile() if path.is_dir() else path.open("rb") as opened:
        file = cast(BinaryIO, opened)
        if path.is_dir():
            made: Packed = pack(path, file)
            read: Read = made.package
            output.packed(path, made)
        else:
            read = read_package(file)
        found = read.manifest.app_id
        if app_id and found != app_id:
            sentence = f"The manifest says app_id “{found}”, and --app-id says “{app_id}”."
            output.failed(sentence, code="app_id_differs")
            _end(output, REFUSED)
        package = _hashed(file)
        output.read(read.manifest.name, read.manifest.version, found, package)
        yield package, found


def _hashed(file: BinaryIO) -> Package:
    file.seek(0)
    running = hashlib.sha256()
    while piece := file.read(64 * 1024):
        running.update(piece)
    return Package(file, file.tell(), running.hexdigest())


def _sent(portico: Portico, package: Package, app_id: str, output: Output) -> int:
    """Send it; the code of the version that it is now."""
    with output.sending(package.size) as progress:
        reply = portico.upload(app_id, package, progress=progress)
    if reply.is_refusal:
        _refused(reply, output)
    code = reply.said.get("code")
    if not isinstance(code, int):
        output.failed("The answer names no version.", code="not_portico")
        _end(output, UNREACHABLE)
    address = f"{portico.place.address}/console/programs/{app_id}/versions/{code}/"
    output.uploaded(reply.said, address)
    return code


def _waited(portico: Portico, app_id: str, code: int, seconds: int, output: Output) -> None:
    output.waits()
    checked = wait_for_checks(portico, app_id, code, seconds=seconds)
    if isinstance(checked, Reply):
        _refused(checked, output)
    output.checked(checked)
    if not checked.over:
        sentence = f"The checks have not ended within {seconds} s. The page of the version tells."
        output.failed(sentence, code="checks_go_on")
        _end(output, UNREACHABLE)
    if _is_bad(checked):
        _end(output, FINDINGS)


def _is_bad(checked: Checked) -> bool:
    """Checks that broke off have approved of nothing."""
    return checked.has_errors or checked.state == FAILED


def _refused(reply: Reply, output: Output) -> NoReturn:
    output.refused_there(reply, "the package")
    _end(output, REFUSED)


def _end(output: Output, status: int) -> NoReturn:
    output.end(status)
    raise SystemExit(status)


commands = [upload]
