"""Files in a bucket, behind the same storage API as files in the data folder.

A file is named by what is in it, so nothing is ever written over. Objects are private: they are
served through our views, and have no address of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

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
