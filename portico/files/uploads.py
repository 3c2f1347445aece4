"""Uploads that are too large are refused while they stream in, and the rest of the form lives."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from portico.files.spool import spooled

MAX_FILE = 2 * 1024 * 1024
MAX_BODY = 64 * 1024 * 1024


class Paths(NamedTuple):
    """Paths that begin and end like this."""

    start: str
    end: str

    def include(self, path: str) -> bool:
        """Whether it is one of them."""
        return path.startswith(self.start) and path.endswith(self.end)


# What takes larger files.
_larger: dict[Paths, int] = {}


def take_larger(path: str, most: int, *, end: str = "") -> None:
    """Let files of up to so many bytes through wherever a path begins with `path`, and ends with
    `end`."""
    _larger[Paths(path, end)] = most


def most_for(request: HttpRequest | None) -> int:
    """How many bytes a file may have that comes with this request."""
    path = request.path if request is not None else ""
    return max((most for paths, most in _larger.items() if paths.include(path)), default=MAX_FILE)


class LimitedUploadHandler(FileUploadHandler):
    """Drop a file once it passes what is taken there, and remember which field it was for.

    Nothing of it is kept in memory or on disk, and the fields after it are still read, so the
    page can show the form again with all that was typed. A body past `MAX_BODY` is not read.
    """

    chunk_size = 64 * 1024

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ARG002 - Django's signature
        META: Any,  # noqa: ARG002, N803
        content_length: int,
        boundary: Any,  # noqa: ARG002
        encoding: str | None = None,  # noqa: ARG002
    ) -> None:
        """Refuse a body whose declared length is beyond reason before reading any of it."""
        if content_length > MAX_BODY:
            raise RequestDataTooBig("The request is larger than any form here.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin to count."""
        super().new_file(*args, **kwargs)
        self.received = 0
        self.most = most_for(self.request)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the chunk on, or drop the file."""
        self.received = start + len(raw_data)
        if self.received > self.most:
            if self.request is not None and self.field_name:
                oversized(self.request).add(self.field_name)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002
        """Leave the finished file to the handlers that follow."""
        return


class SpoolingUploadHandler(FileUploadHandler):
    """Write a file that is too large for memory to where it vanishes with the process.

    Django's own gives it a name in the folder of the system, and a process that is killed leaves
    it there.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.file: UploadedFile[bytes] = UploadedFile(
            spooled(),
            self.file_name,
            self.content_type,
            0,
            self.charset,
            self.content_type_extra,
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002
        """Write it down."""
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        """The whole file, from its beginning."""
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        """Let go of what has come of it."""
        if hasattr(self, "file"):
            self.file.close()


def oversized(request: HttpRequest) -> set[str]:
    """Names of the fields whose file was dropped for its size."""
    names: set[str] | None = getattr(request, "portico_oversized", None)
    if names is None:
        names = set()
        request.portico_oversized = names  # type: ignore[attr-defined]
    return names
