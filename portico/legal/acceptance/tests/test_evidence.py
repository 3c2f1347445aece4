"""The evidence bundle: complete, signed, and verified by others' tools."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.test import Client

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.audit.services import erase_person
from portico.files.services import file_of, read
from portico.kernel.clock import now
from portico.kernel.errors import NotFound
from portico.legal.acceptance.coverage import version_to_accept
from portico.legal.acceptance.evidence import evidence_of
from portico.legal.acceptance.exempting import exempt
from portico.legal.acceptance.keys import key_of, public_key_of, sign
from portico.legal.acceptance.tests.papers import accept, decline
from portico.legal.models import LegalKey, LegalKind
from portico.secrets.errors import SecretUnusable
from portico.secrets.models import Secret
from portico.workspaces.models import Workspace
from tests.make import AT, actor, make_legal_version, make_member, make_person

Browse = Callable[..., Client]


def bundle(workspace: Workspace, number: int = 1) -> dict[str, bytes]:
    """The files of the evidence."""
    version = version_to_accept(workspace, LegalKind.TERMS, number)
    with evidence_of(workspace, version, key_url="https://acme.example.com/key", at=AT) as file:
        return unpacked(file.read())


def unpacked(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def a_history(cast: Cast) -> None:
    """A version in two languages, a correction, one of each answer, an exemption; other things."""
    terms = make_legal_version(cast.acme, languages=("en", "zh-hans"))
    make_legal_version(cast.acme, LegalKind.PRIVACY)
    correction = make_legal_version(
        cast.acme, number=2, material=False, effective_at=AT - timedelta(days=1)
    )
    accept(cast.developer, terms)
    decline(cast.operator, correction)
    exempt(cast.acme, cast.reviewer.id, reason="Robot", until=None, by=actor(cast.admin), at=AT)
    accept(cast.outsider, make_legal_version(cast.zenith))


def test_it_holds_the_documents_the_ledger_and_the_members(cast: Cast) -> None:
    a_history(cast)

    files = bundle(cast.acme)

    assert list(files) == [
        "README.txt",
        "documents/terms-of-service-1-en.pdf",
        "documents/terms-of-service-1-zh-hans.pdf",
        "documents/terms-of-service-2-en.pdf",
        "ledger.csv",
        "ledger.json",
        "members.csv",
        "public-key.pem",
        "SHA256SUMS",
        "manifest.json",
        "manifest.json.sig",
    ]
    lines = [json.loads(line) for line in files["ledger.json"].decode().splitlines()]
    rows = list(csv.DictReader(StringIO(files["ledger.csv"].decode())))
    assert rows == lines
    assert [(line["event"], line["person"], line["version"]) for line in lines] == [
        ("shown", "Workspace Developer", "1"),
        ("accepted", "Workspace Developer", "1"),
        ("shown", "Workspace Operator", "2"),
        ("declined", "Workspace Operator", "2"),
        ("exempted", "Workspace Reviewer", ""),
    ]
    pdf = files["documents/terms-of-service-1-en.pdf"]
    assert lines[1]["sha256"] == hashlib.sha256(pdf).hexdigest()
    assert pdf == read(file_of(cast.acme, lines[1]["sha256"]))
    members = list(csv.DictReader(StringIO(files["members.csv"].decode())))
    assert len(members) == 5
    assert b"zenith" not in b"".join(files.values())


def verify(public_pem: bytes, signature: bytes, content: bytes) -> None:
    """Raise `InvalidSignature` unless the key made the signature of the content."""
    key = load_pem_public_key(public_pem)
    assert isinstance(key, Ed25519PublicKey)
    key.verify(signature, content)


def test_the_manifest_names_every_file_and_is_signed(cast: Cast) -> None:
    a_history(cast)

    files = bundle(cast.acme)

    manifest = json.loads(files["manifest.json"])
    assert manifest["files"] == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if not name.startswith("manifest.json")
    }
    assert (manifest["kind"], manifest["number"]) == ("terms-of-service", 1)
    verify(files["public-key.pem"], files["manifest.json.sig"], files["manifest.json"])
    assert files["public-key.pem"].decode() == public_key_of(cast.acme)
    with pytest.raises(InvalidSignature):
        verify(files["public-key.pem"], files["manifest.json.sig"], files["manifest.json"] + b" ")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_verifies_it_as_the_readme_says(cast: Cast, tmp_path: Path) -> None:
    a_history(cast)
    unpack_into(tmp_path, bundle(cast.acme))
    readme = (tmp_path / "README.txt").read_text()
    command = readme[readme.index("openssl pkeyutl") : readme.index("2. The key")]
    arguments = command.replace("\\\n", " ").split()

    done = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, check=False)
    listed, sums = files_verified(tmp_path)
    (tmp_path / "manifest.json").write_text("{}")
    forged = subprocess.run(arguments, cwd=tmp_path, capture_output=True, check=False)

    assert "Signature Verified Successfully" in done.stdout
    assert (listed, sums) == (0, 0)
    assert forged.returncode != 0


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
def test_a_changed_ledger_with_a_changed_list_of_hashes_is_found(
    cast: Cast, tmp_path: Path
) -> None:
    a_history(cast)
    unpack_into(tmp_path, bundle(cast.acme))
    ledger, sums = tmp_path / "ledger.csv", tmp_path / "SHA256SUMS"
    before = hashlib.sha256(ledger.read_bytes()).hexdigest()
    ledger.write_bytes(ledger.read_bytes().replace(b"declined", b"accepted"))
    after = hashlib.sha256(ledger.read_bytes()).hexdigest()
    sums.write_text(sums.read_text().replace(before, after))

    assert files_verified(tmp_path) == (1, 0)


def unpack_into(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


def files_verified(folder: Path) -> tuple[int, int]:
    """What the two commands of the README about files answer."""
    readme = (folder / "README.txt").read_text()
    commands = [line.strip() for line in readme.splitlines() if "SHA256SUMS" in line]
    answers = [
        subprocess.run(["sh", "-c", one], cwd=folder, capture_output=True, check=False).returncode
        for one in commands
        if one.startswith(("grep", "sha256sum"))
    ]
    return answers[0], answers[1]


def test_the_ledger_of_a_later_version_holds_nothing_of_an_earlier_one(cast: Cast) -> None:
    accept(cast.developer, make_legal_version(cast.acme))
    later = make_legal_version(cast.acme, number=2, effective_at=AT - timedelta(days=1))
    accept(cast.operator, later)

    lines = bundle(cast.acme, 2)["ledger.json"].decode().splitlines()

    assert {json.loads(line)["version"] for line in lines} == {"2"}


def test_who_asked_to_be_forgotten_has_no_name_in_it(cast: Cast) -> None:
    gone = make_member(cast.acme, person=make_person("gone@example.com", name="Gone Person"))
    accept(gone, make_legal_version(cast.acme))
    erase_person(gone.person_id, at=AT)
    gone.delete()

    files = bundle(cast.acme)

    assert b"Gone Person" not in b"".join(files.values())
    assert b"gone@example.com" not in b"".join(files.values())
    assert str(gone.person_id).encode() in files["ledger.csv"]


def test_a_workspace_has_one_key_and_its_private_half_is_a_secret(cast: Cast) -> None:
    key = key_of(cast.acme, at=AT)

    assert key_of(cast.acme, at=AT) == key
    assert LegalKey.objects.count() == 1
    assert key_of(cast.zenith, at=AT).public_pem != key.public_pem
    secret = Secret.objects.get(id=key.secret_id)
    assert "PRIVATE" not in secret.ciphertext
    verify(key.public_pem.encode(), sign(key, b"something"), b"something")


def test_a_key_cannot_be_passed_off_as_another_workspaces(cast: Cast) -> None:
    ours, theirs = key_of(cast.acme, at=AT), key_of(cast.zenith, at=AT)
    LegalKey.objects.filter(workspace=cast.zenith).update(secret_id=ours.secret_id)
    theirs.refresh_from_db()

    with pytest.raises(SecretUnusable):
        sign(theirs, b"something")


def test_the_public_key_is_published_once_there_is_one(cast: Cast, browse: Browse) -> None:
    address = "/.well-known/portico-legal-key.pem"
    visitor = browse(cast.acme)
    with pytest.raises(NotFound):
        public_key_of(cast.acme)
    assert visitor.get(address).status_code == 404

    key = key_of(cast.acme, at=AT)

    answer = visitor.get(address)
    assert answer.content.decode() == key.public_pem
    assert answer.headers["Content-Type"] == "application/x-pem-file"
    assert browse(cast.zenith).get(address).status_code == 404


def test_the_page_hands_it_out_and_that_is_recorded(cast: Cast, browse: Browse) -> None:
    make_legal_version(cast.acme, effective_at=now() + timedelta(days=9))
    address = "/settings/tenant/terms-of-service/coverage/evidence.zip"

    answer = browse(cast.acme, cast.admin).get(f"{address}?version=terms-of-service-1")

    files = unpacked(answer.getvalue())
    verify(files["public-key.pem"], files["manifest.json.sig"], files["manifest.json"])
    assert "http://acme.localhost:8000/.well-known/" in files["README.txt"].decode()
    assert answer.headers["Content-Type"] == "application/zip"
    assert AuditEntry.objects.filter(action="legal.evidence_exported").count() == 1
