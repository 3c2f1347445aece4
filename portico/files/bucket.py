"""An S3-compatible bucket that holds the files, in place of the data folder. No Django here: it is
looked at before anything starts.

The storage is the operator's, as the database is: outgoing calls to it are not a workspace's, and
the address policy of `portico.egress` is not asked.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from portico.kernel.errors import Invalid, gettext_noop
from portico.kernel.ids import new_id

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config

CONNECT_TIMEOUT = 5  # seconds, for each of at most three tries
READ_TIMEOUT = 20
TRIES = 3
MAKING = Lock()  # of clients and resources: a session is not made for threads

# What the storage answers, and what an operator makes of it.
MEANINGS = {
    "NoSuchBucket": gettext_noop("there is no such bucket"),
    "AccessDenied": gettext_noop("this key may not do that there"),
    "InvalidAccessKeyId": gettext_noop("it does not know the access key"),
    "SignatureDoesNotMatch": gettext_noop("the secret access key does not fit the access key"),
    "403": gettext_noop("this key may not do that there"),
    "404": gettext_noop("there is no such bucket"),
}


class BucketUnusable(Invalid):
    """The bucket cannot be reached, or does not let us do what is needed."""

    code = "bucket_unusable"
    sentence = gettext_noop(
        "The bucket %(bucket)s at %(place)s cannot be used: %(why)s. See PORTICO_S3_ENDPOINT, "
        "PORTICO_S3_BUCKET and the keys."
    )


@dataclass(frozen=True)
class Bucket:
    """Where the files are. Without keys, those that the machine has of its own are used, as a
    server in a cloud has by its role. `endpoint` empty: Amazon's."""

    name: str
    endpoint: str = ""
    region: str = ""
    key_id: str = ""
    secret_key: str = field(default="", repr=False)
    prefix: str = ""

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return self.endpoint or f"Amazon S3 ({self.region or 'us-east-1'})"

    def client_config(self) -> Config:
        """How to talk to it: within bounds, and as stores other than Amazon's understand, too."""
        from botocore.config import Config  # noqa: PLC0415 - slow, and for buckets alone

        return Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            retries={"mode": "standard", "total_max_attempts": TRIES},
            signature_version="s3v4",
            s3={"addressing_style": "path" if self.endpoint else "auto"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            ignore_configured_endpoint_urls=True,
        )

    def session(self) -> boto3.Session:
        """The session of this process that knows these keys. Not for two threads at once: hold
        `MAKING` while a client or a resource is made with it."""
        return _session_for(self.key_id, self.secret_key, self.region)

    def client(self) -> Any:
        """A client of its own."""
        with MAKING:
            return self.session().client(
                "s3", endpoint_url=self.endpoint or None, config=self.client_config()
            )

    def probe(self) -> None:
        """Write a small object, read it and delete it; raises `BucketUnusable`."""
        from boto3.exceptions import Boto3Error  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            self._try_out(self.client())
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            why = MEANINGS.get(code) or f"it answered {code or 'with an error'}"
            raise self._unusable(why) from None
        except (BotoCoreError, Boto3Error, ValueError) as error:
            raise self._unusable(str(error).rstrip(".")) from None

    def _try_out(self, client: Any) -> None:
        """In a place of its own, which no file of a workspace has."""
        key = "/".join(part for part in (self.prefix, f".probe-{new_id()}") if part)
        content = b"Portico looks whether it can write here."
        client.put_object(Bucket=self.name, Key=key, Body=content)
        read = client.get_object(Bucket=self.name, Key=key)["Body"].read()
        client.list_objects_v2(Bucket=self.name, Prefix=key, MaxKeys=1)
        client.delete_object(Bucket=self.name, Key=key)
        if read != content:
            raise self._unusable("what was read is not what had been written")

    def _unusable(self, why: str) -> BucketUnusable:
        return BucketUnusable(bucket=self.name, place=self.place, why=why)


@cache
def _session_for(key_id: str, secret_key: str, region: str) -> boto3.Session:
    """With keys of our own, neither files in somebody's home nor the cloud's metadata service are
    asked for others. One for all: reading what a session has to know takes a while."""
    import boto3  # noqa: PLC0415
    import botocore.session  # noqa: PLC0415

    core = botocore.session.Session()
    if key_id:
        core.set_config_variable("config_file", os.devnull)
        core.set_config_variable("credentials_file", os.devnull)
    return boto3.Session(
        aws_access_key_id=key_id or None,
        aws_secret_access_key=secret_key or None,
        region_name=region or ("us-east-1" if key_id else None),
        botocore_session=core,
    )


def check_endpoint(text: str) -> str:
    """The address of an S3-compatible store, without a slash at its end, or ""; raises
    `ValueError`."""
    endpoint = text.strip().rstrip("/")
    if not endpoint:
        return ""
    try:
        parts = urlsplit(endpoint)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.path or parts.query or parts.username:
        raise ValueError("it must look like https://s3.example.com, without a path")
    return endpoint


def check_prefix(text: str) -> str:
    """What the names of all objects begin with, without slashes around it."""
    prefix = text.strip().strip("/")
    if any(part in {"", ".", ".."} for part in prefix.split("/")) and prefix:
        raise ValueError("it must be names with slashes between them, such as portico/files")
    return prefix
