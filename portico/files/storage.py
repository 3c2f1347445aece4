"""Files in a bucket, behind the same storage API as files in the data folder.

A file is named by what is in it, so nothing is ever written over. Objects are private: they are
served through our views, and have no address of their own.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO, cast

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from portico.files.bucket import MAKING, Bucket
from portico.files.unavailable import FilesUnavailable


@contextmanager
def _said() -> Iterator[None]:
    """Say in one error what a storage that fails says in many; what is missing is no failure."""
    try:
        yield
    except ClientError as error:
        is_missing = error.response["ResponseMetadata"]["HTTPStatusCode"] == 404
        if is_missing and error.response.get("Error", {}).get("Code") != "NoSuchBucket":
            raise FileNotFoundError(str(error)) from error
        raise FilesUnavailable from error
    except (BotoCoreError, Boto3Error) as error:
        raise FilesUnavailable from error


BLOCK = 256 * 1024


class Ranges(io.RawIOBase):
    """An object of a bucket as a file to be read from anywhere, a part at a time."""

    def __init__(self, thing: Any, size: int) -> None:
        self._object = thing
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def seekable(self) -> bool:
        """And from anywhere."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go there; before the beginning is refused."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("There is nothing before the beginning.")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fetch as much as fits, in one request."""
        wanted = min(len(buffer), self._size - self._at)
        if wanted <= 0:
            return 0
        with _said():
            part = f"bytes={self._at}-{self._at + wanted - 1}"
            content: bytes = self._object.get(Range=part)["Body"].read()
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)


class BucketStorage(S3Storage):  # type: ignore[misc]  # the library has no types
    """Django's storage API over a bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self.of = bucket
        super().__init__(
            access_key=bucket.key_id or None,
            secret_key=bucket.secret_key or None,
            security_token=None,
            session_profile=None,
            bucket_name=bucket.name,
            location=bucket.prefix,
            endpoint_url=bucket.endpoint or None,
            region_name=bucket.region or None,
            client_config=bucket.client_config(),
            default_acl=None,
            file_overwrite=False,
            querystring_auth=True,
            custom_domain=None,
            object_parameters={},
            gzip=False,
            max_memory_size=0,
            # Files are small; a pool of threads for each would cost more than it saves.
            transfer_config=TransferConfig(use_threads=False),
        )

    def _create_session(self) -> boto3.Session:
        return self.of.session()

    @property
    def connection(self) -> Any:
        """The connection of this thread."""
        known = getattr(self._connections, "connection", None)
        if known is not None:
            return known
        with MAKING:
            return super().connection

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        with _said():
            file: File[bytes] = super()._open(name, mode)
            file.file  # noqa: B018 - read it here, where a failure is still said
            return file

    def open_ranges(self, name: str) -> BinaryIO:
        """A file to be read from anywhere, of which no more is fetched than is read; raises
        `FileNotFoundError`."""
        with _said():
            thing = self.bucket.Object(self._normalize_name(name))
            ranges = Ranges(thing, thing.content_length)
        return cast(BinaryIO, io.BufferedReader(ranges, BLOCK))

    def _save(self, name: str, content: File[bytes]) -> str:
        with _said():
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        """Delete a file; one that is not there is no error."""
        with _said():
            super().delete(name)

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        with _said():
            return bool(super().exists(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """The folders and the files in a folder; none where there is no such folder."""
        with _said():
            folders, files = super().listdir(path)
        return folders, files

    def size(self, name: str) -> int:
        """How many bytes it has; raises `FileNotFoundError`."""
        with _said():
            return int(super().size(name))

    def get_modified_time(self, name: str) -> datetime:
        """When it was written; raises `FileNotFoundError`."""
        with _said():
            found: datetime = super().get_modified_time(name)
        return found

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> str:  # noqa: ARG002
        """Files are served by our views alone."""
        raise ValueError("This file is not accessible via a URL.")
