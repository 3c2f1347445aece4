"""The evidence for a version, as one ZIP: the documents, the ledger, who stands how, all signed."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from tempfile import SpooledTemporaryFile
from typing import IO
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet

from portico.files.services import file_of
from portico.kernel.spreadsheets import guarded
from portico.legal.acceptance.coverage import csv_of, members_by_state
from portico.legal.acceptance.keys import key_of, sign
from portico.legal.acceptance.rules import Published, covering
from portico.legal.acceptance.standing import published_in
from portico.legal.models import LegalDocument, LegalLedger
from portico.workspaces.models import Workspace

COLUMNS = (
    "at",
    "event",
    "person_id",
    "person",
    "email",
    "membership_id",
    "document",
    "version",
    "language",
    "sha256",
    "via",
    "browser",
    "session",
    "by",
    "reason",
    "until",
    "id",
)
IN_MEMORY = 4 * 1024 * 1024
AT_A_TIME = 2000
MANIFEST, SIGNATURE, KEY = "manifest.json", "manifest.json.sig", "public-key.pem"
README = """Evidence for {kind}, version {number}
{line}

Workspace: {workspace}
Made at:   {at} (UTC)

What is in it
  documents/      the PDFs of this version and of those after it, one for each language
  ledger.csv      what was shown, opened, accepted and declined, by whom and when, and exemptions
  ledger.json     the same, one JSON object a line
  members.csv     how each active member stood when this was made
  manifest.json   the SHA-256 of each of these files
  manifest.json.sig   the signature of manifest.json (Ed25519)
  public-key.pem  the key that made the signature

A person who asked to be forgotten has no name here; the id stays the same in all lines.

How to verify it
  1. The signature. It must say "Signature Verified Successfully":
       openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin \\
         -in manifest.json -sigfile manifest.json.sig
  2. The key. Compare public-key.pem with the one that the workspace publishes:
       {key_url}
  3. The list of files. The signed manifest.json must name the SHA-256 that SHA256SUMS has; this
     prints the line where it does, and nothing for a list that was changed:
       grep "$(sha256sum < SHA256SUMS | cut -c 1-64)" manifest.json
     Then each file must have the SHA-256 of the list:
       sha256sum -c SHA256SUMS
  4. The documents. The sha256 in the ledger is that of the PDF in documents/.
"""


@dataclass
class _Bundle:
    """A ZIP that is being written, and the hashes of what is in it."""

    zip: ZipFile
    at: datetime
    hashes: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, pieces: Iterator[bytes], *, packed: bool = True) -> None:
        """Write a file, piece by piece."""
        digest = hashlib.sha256()
        entry = ZipInfo(name, date_time=self.at.astimezone(UTC).timetuple()[:6])
        entry.compress_type = ZIP_DEFLATED if packed else ZIP_STORED
        with self.zip.open(entry, "w") as file:
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
        self.hashes[name] = digest.hexdigest()


def evidence_of(
    workspace: Workspace, version: Published, *, key_url: str, at: datetime
) -> IO[bytes]:
    """The ZIP, open at its beginning; the caller closes it.

    It is written to a temporary file, a batch of rows at a time: memory does not grow with the
    number of members. `key_url` is where the public key is published.
    """
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - handed on
    try:
        _write(file, workspace, version, key_url=key_url, at=at)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _write(
    file: IO[bytes], workspace: Workspace, version: Published, *, key_url: str, at: datetime
) -> None:
    versions = covering(version, published_in(workspace))
    key = key_of(workspace, at=at)
    texts = {
        "kind": version.kind,
        "number": version.number,
        "workspace": f"{workspace.name} ({workspace.slug})",
        "at": at.astimezone(UTC).isoformat(),
        "key_url": key_url,
    }
    line = "=" * len(f"Evidence for {version.kind}, version {version.number}")
    with ZipFile(file, "w") as packed:
        bundle = _Bundle(packed, at)
        bundle.add("README.txt", iter([README.format(line=line, **texts).encode()]))
        for name, document in _documents(versions):
            bundle.add(name, _bytes_of(workspace, document), packed=False)
        _add_ledger(bundle, workspace, version, versions)
        members = members_by_state(workspace, version, at=at)
        bundle.add("members.csv", (piece.encode() for piece in csv_of(version, members)))
        bundle.add(KEY, iter([key.public_pem.encode()]))
        sums = "".join(f"{digest}  {name}\n" for name, digest in bundle.hashes.items())
        bundle.add("SHA256SUMS", iter([sums.encode()]))
        manifest = json.dumps({**texts, "files": bundle.hashes}, indent=2, sort_keys=True)
        bundle.add(MANIFEST, iter([manifest.encode()]))
        bundle.add(SIGNATURE, iter([sign(key, manifest.encode())]))


def ledger_of(workspace: Workspace, kind: str, versions: tuple[UUID, ...]) -> QuerySet[LegalLedger]:
    """The lines about these versions, and all about exemptions, in the order of their making."""
    return (
        LegalLedger.objects.filter(workspace=workspace)
        .filter(Q(kind=kind, version__in=versions) | Q(version=None))
        .select_related("person", "by")
        .order_by("id")
    )


def _add_ledger(
    bundle: _Bundle, workspace: Workspace, version: Published, versions: tuple[Published, ...]
) -> None:
    """The ledger twice, from one reading bound: lines that come in meanwhile are in neither."""
    lines = ledger_of(workspace, version.kind, tuple(one.id for one in versions))
    newest = lines.order_by("-id").values_list("id", flat=True).first()
    lines = lines.filter(id__lte=newest) if newest else lines.none()
    bundle.add("ledger.csv", (piece.encode() for piece in _csv(lines)))
    bundle.add("ledger.json", (piece.encode() for piece in _json(lines)))


def _csv(lines: QuerySet[LegalLedger]) -> Iterator[str]:
    written = StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for cells in _rows(lines):
        writer.writerow([guarded(cell) for cell in cells.values()])
        yield written.getvalue()
        written.seek(0)
        written.truncate()
    yield written.getvalue()


def _json(lines: QuerySet[LegalLedger]) -> Iterator[str]:
    for cells in _rows(lines):
        yield json.dumps(cells, ensure_ascii=False) + "\n"


def _rows(lines: QuerySet[LegalLedger]) -> Iterator[dict[str, str]]:
    for line in lines.iterator(chunk_size=AT_A_TIME):
        yield dict(zip(COLUMNS, _cells(line), strict=True))


def _cells(line: LegalLedger) -> tuple[str, ...]:
    return (
        line.at.astimezone(UTC).isoformat(),
        line.event,
        str(line.person_id),
        line.person.name,
        line.person.email,
        str(line.membership_id),
        line.kind,
        str(line.number or ""),
        line.language,
        line.sha256,
        line.via,
        line.browser,
        line.session,
        str(line.by_id or ""),
        line.reason,
        line.until.astimezone(UTC).isoformat() if line.until else "",
        str(line.id),
    )


def _documents(versions: tuple[Published, ...]) -> Iterator[tuple[str, LegalDocument]]:
    found = LegalDocument.objects.filter(version__in=[one.id for one in versions])
    for document in (
        found.select_related("version").defer("text").order_by("version_id", "language")
    ):
        version = document.version
        yield f"documents/{version.kind}-{version.number}-{document.language}.pdf", document


def _bytes_of(workspace: Workspace, document: LegalDocument) -> Iterator[bytes]:
    with default_storage.open(file_of(workspace, document.sha256).path, "rb") as file:
        yield from file.chunks()
