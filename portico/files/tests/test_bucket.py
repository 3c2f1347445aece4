"""A bucket as the place of the files: private, typed, within bounds, and said when it fails."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from conftest import Cast
from portico.config import env
from portico.config.cli import main
from portico.files import bucket as bucket_module
from portico.files.bucket import Bucket, BucketUnusable, check_endpoint, check_prefix
from portico.files.models import StoredFile
from portico.files.services import keep_bytes, read, store
from portico.files.storage import BucketStorage
from portico.files.unavailable import FilesUnavailable
from portico.files.views import url_of
from tests.make import AT
from tests.peers.objects import make_bucket

PNG = "image/png"
NOBODY = "http://127.0.0.1:9"  # the discard port, at which nobody listens
DENIED = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>No</Message></Error>"
BROKEN = b"<html>502"


@pytest.fixture
def bucket(settings: Any) -> Bucket:
    """The bucket that holds the files."""
    made = make_bucket()
    use(made, settings)
    return made


def use(bucket: Bucket, settings: Any) -> None:
    """Keep files there from now on."""
    options = {"BACKEND": "portico.files.storage.BucketStorage", "OPTIONS": {"bucket": bucket}}
    settings.STORAGES = {**settings.STORAGES, "default": options}


@contextmanager
def answering(status: int, body: bytes) -> Iterator[tuple[str, list[str]]]:
    """A store that answers all the same; and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            asked.append(f"{self.command} {self.path}")
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_PUT = do_HEAD = do_DELETE = answer  # noqa: N815 - as http.server has it

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def elsewhere(endpoint: str) -> Bucket:
    return Bucket("files", endpoint=endpoint, key_id="key", secret_key="hunter2")


def test_an_object_is_private_typed_and_below_its_prefix(cast: Cast, bucket: Bucket) -> None:
    stored = store(cast.acme, b"content", content_type=PNG, at=AT)

    key = f"portico/files/{cast.acme.id}/{stored.sha256[:2]}/{stored.sha256}"
    found = bucket.client().get_object(Bucket=bucket.name, Key=key)
    grants = bucket.client().get_object_acl(Bucket=bucket.name, Key=key)["Grants"]
    assert (found["ContentType"], found["Body"].read()) == (PNG, b"content")
    assert "AllUsers" not in repr(grants)
    with pytest.raises(ValueError, match="not accessible via a URL"):
        default_storage.url(stored.path)


def test_nothing_is_ever_written_over(cast: Cast, bucket: Bucket) -> None:
    name = default_storage.save("a/b", ContentFile(b"first"))
    other = default_storage.save("a/b", ContentFile(b"second"))

    assert name == "a/b" != other
    with default_storage.open(name) as file:
        assert file.read() == b"first"


def test_bytes_that_came_between_are_not_named_by_a_row(
    cast: Cast, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BucketStorage, "exists", lambda _self, name: name == "a/b")
    monkeypatch.setattr(BucketStorage, "size", lambda _self, _name: 1)
    monkeypatch.setattr(BucketStorage, "delete", lambda _self, _name: None)

    with pytest.raises(FileExistsError):
        keep_bytes("a/b", b"content", content_type=PNG)


def test_what_is_missing_is_missing_as_in_a_folder(bucket: Bucket) -> None:
    for ask in (default_storage.open, default_storage.size, default_storage.get_modified_time):
        with pytest.raises(FileNotFoundError):
            ask("a/b")
    default_storage.delete("a/b")
    assert not default_storage.exists("a/b")
    assert default_storage.listdir("a") == ([], [])


def test_a_file_leaves_its_workspace_no_other_way(bucket: Bucket) -> None:
    for name in ("../../secrets", "a/../../../b", "/etc/passwd/../../.."):
        with pytest.raises(Exception, match=r"denied|Attempted|traversal"):
            default_storage.open(name)


@pytest.mark.parametrize("answer", [(500, BROKEN), (503, b""), (403, DENIED)])
def test_a_store_that_fails_is_a_503_and_nothing_is_kept(
    cast: Cast,
    browse: Callable[..., Client],
    settings: Any,
    answer: tuple[int, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bucket_module, "TRIES", 1)
    stored = store(cast.acme, b"content", content_type=PNG, at=AT, is_public=True)
    with answering(*answer) as (endpoint, asked):
        use(elsewhere(endpoint), settings)

        page = browse(cast.acme).get(url_of(stored))
        with pytest.raises(FilesUnavailable):
            store(cast.acme, b"other", content_type=PNG, at=AT)

    assert page.status_code == 503
    assert "cannot be reached right now" in page.content.decode()
    assert page.headers["Retry-After"] == "5"
    assert len(asked) == 2
    assert StoredFile.objects.get() == stored


def test_a_store_that_is_not_there_is_given_up_within_bounds(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_module, "TRIES", 1)
    for one in (elsewhere(NOBODY), replace(make_bucket(), name="nowhere")):
        use(one, settings)
        with pytest.raises(FilesUnavailable):
            store(cast.acme, b"content", content_type=PNG, at=AT)

    config = elsewhere(NOBODY).client_config()
    assert (config.connect_timeout, config.read_timeout) == (5, 20)
    assert config.retries["total_max_attempts"] == 1


def test_a_probe_writes_reads_and_deletes(bucket: Bucket) -> None:
    bucket.probe()

    assert "Contents" not in bucket.client().list_objects_v2(Bucket=bucket.name)


def test_why_a_bucket_cannot_be_used_is_said_in_one_sentence() -> None:
    with answering(403, DENIED) as (denied, _asked), answering(404, BROKEN) as (gone, _asked_too):
        cases = {
            replace(make_bucket(), name="nowhere"): "there is no such bucket",
            elsewhere(denied): "this key may not do that there",
            elsewhere(gone): "there is no such bucket",
            elsewhere(NOBODY): "Could not connect",
        }
        for one, why in cases.items():
            with pytest.raises(BucketUnusable) as refused:
                one.probe()
            assert why in str(refused.value)
            assert str(refused.value).count("\n") == 0
            assert "hunter2" not in str(refused.value)


def test_the_secret_is_in_no_representation() -> None:
    one = elsewhere(NOBODY)

    assert "hunter2" not in repr(one)
    assert "hunter2" not in repr(BucketStorage(one))


def test_with_keys_neither_home_nor_the_clouds_metadata_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The home names another region, other keys and a role; the metadata service would be asked at
    an address that says so."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(
        "[default]\nregion = mars-1\nendpoint_url = http://x\n"
    )
    (tmp_path / ".aws" / "credentials").write_text(
        "[default]\naws_access_key_id = theirs\naws_secret_access_key = theirs\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    with answering(200, b"{}") as (metadata, asked):
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata)
        one = Bucket("b", endpoint=NOBODY, key_id="ours", secret_key="ours-only-here")
        client = one.client()

        credentials = one.session().get_credentials()
        client.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})

    assert credentials is not None
    assert (credentials.access_key, credentials.secret_key) == ("ours", "ours-only-here")
    assert (client.meta.region_name, client.meta.endpoint_url) == ("us-east-1", NOBODY)
    assert asked == []


@pytest.mark.parametrize(
    "text", ["s3.example.com", "ftp://x", "https://", "https://a/b", "https://u:p@a", "http://a:x"]
)
def test_an_endpoint_is_an_address_without_a_path(text: str) -> None:
    with pytest.raises(ValueError, match="must look like"):
        check_endpoint(text)
    assert check_endpoint(" https://s3.example.com/ ") == "https://s3.example.com"
    assert check_endpoint("") == ""


def test_a_prefix_is_names_with_slashes_between_them() -> None:
    assert check_prefix("/portico/files/") == "portico/files"
    for text in ("a//b", "../a", "a/./b"):
        with pytest.raises(ValueError, match="names with slashes"):
            check_prefix(text)


def copy(cast: Cast, bucket: Bucket, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(
        env,
        "load",
        lambda: env.Env(
            data_dir=folder.parent,
            s3_bucket=bucket.name,
            s3_endpoint=bucket.endpoint,
            s3_access_key_id=bucket.key_id,
            s3_secret_access_key=bucket.secret_key,
            s3_prefix=bucket.prefix,
        ),
    )
    return CliRunner().invoke(main, ["files", "copy-to-bucket"])


def folder_of(settings: Any) -> Path:
    """Where files are kept without a bucket."""
    return Path(settings.STORAGES["default"]["OPTIONS"]["location"])


def test_files_move_from_the_folder_into_a_bucket(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [store(cast.acme, content, content_type=PNG, at=AT) for content in (b"one", b"two")]
    folder, bucket = folder_of(settings), make_bucket()
    use(bucket, settings)

    done = copy(cast, bucket, folder, monkeypatch)
    again = copy(cast, bucket, folder, monkeypatch)

    assert done.exit_code == 0, done.output
    assert "2 files copied" in done.output
    assert "0 files copied" in again.output
    assert [read(stored) for stored in kept] == [b"one", b"two"]


def test_what_is_damaged_or_missing_is_named_and_left_out(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad, gone = (
        store(cast.acme, content, content_type=PNG, at=AT) for content in (b"a", b"b", b"c")
    )
    folder, bucket = folder_of(settings), make_bucket()
    (folder / bad.path).write_bytes(b"x")
    (folder / gone.path).unlink()
    use(bucket, settings)

    done = copy(cast, bucket, folder, monkeypatch)

    assert done.exit_code == 1
    assert f"Damaged, and not copied: {bad.sha256}" in done.output
    assert f"Neither in the folder nor in the bucket: {gone.sha256}" in done.output
    assert read(good) == b"a"
    assert not default_storage.exists(bad.path)
