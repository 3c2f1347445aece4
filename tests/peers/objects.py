"""A real S3-compatible server on loopback: moto's, in a thread of the test process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from itertools import count

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

from portico.files.bucket import Bucket

_numbers = count(1)


@contextmanager
def object_store() -> Iterator[str]:
    """A server that runs meanwhile, by its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@cache
def shared_store() -> str:
    """A server that runs until the tests end; each of them makes buckets of its own."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}"


def make_bucket(endpoint: str = "", *, prefix: str = "portico/files") -> Bucket:
    """A new, empty bucket."""
    bucket = Bucket(
        name=f"bucket-{next(_numbers)}",
        endpoint=endpoint or shared_store(),
        region="us-east-1",
        key_id="key",
        secret_key="secret",
        prefix=prefix,
    )
    bucket.client().create_bucket(Bucket=bucket.name)
    return bucket


def age(bucket: Bucket, path: str, *, then: datetime) -> None:
    """Have the server believe that an object was written then."""
    key = f"{bucket.prefix}/{path}".lstrip("/")
    s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[bucket.name].keys[key].last_modified = then
