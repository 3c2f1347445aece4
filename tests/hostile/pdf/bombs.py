"""PDFs written byte by byte, and those that unpack to more than a computer has."""

from __future__ import annotations

import zlib

MIB = 1024 * 1024
CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>"


def raw(*objects: bytes, root: int = 1, head: bytes = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n") -> bytes:
    """A PDF of these objects, numbered from 1, with a table that finds them."""
    body, offsets = bytearray(head), []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    body += b"trailer\n<< /Size %d /Root %d 0 R >>\n" % (len(objects) + 1, root)
    return bytes(body + b"startxref\n%d\n%%%%EOF\n" % table)


def bomb_in_content() -> bytes:
    """A page whose content unpacks to 1 GiB of lines that are to be drawn."""
    packed = repeated(b"0 0 m 9 9 l S\n" * 75_000, 1024)
    return _with_content(zlib.compress(packed, 9), b"[/FlateDecode /FlateDecode]")


def bomb_in_objects() -> bytes:
    """A stream of objects that unpacks to 1 GiB."""
    packed = repeated(bytes(MIB), 1024)
    stream = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>" % len(packed)
    return _found_in_stream(stream + b"\nstream\n" + packed + b"\nendstream")


def repeated(block: bytes, times: int) -> bytes:
    """A block packed once and repeated: what `zlib.compress(block * times)` unpacks to."""
    packer = zlib.compressobj(9, wbits=-15)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 1
    for _ in range(times):
        checksum = zlib.adler32(block, checksum)
    return b"\x78\xda" + packed * times + b"\x03\x00" + checksum.to_bytes(4, "big")


def _with_content(packed: bytes, filters: bytes) -> bytes:
    stream = b"<< /Length %d /Filter %s >>\nstream\n%s\nendstream" % (len(packed), filters, packed)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R >>"
    return raw(CATALOG, b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>", page, stream)


def _found_in_stream(stream: bytes) -> bytes:
    """A PDF whose catalog is said to be in the stream of objects 2."""
    head = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    body = head + b"2 0 obj\n" + stream + b"\nendobj\n"
    table = len(body)
    entries = b"".join(
        [
            b"\x00" + (0).to_bytes(4) + b"\xff",
            b"\x02" + (2).to_bytes(4) + b"\x00",
            b"\x01" + len(head).to_bytes(4) + b"\x00",
            b"\x01" + table.to_bytes(4) + b"\x00",
        ]
    )
    xref = b"<< /Type /XRef /Size 4 /W [1 4 1] /Root 1 0 R /Length %d >>" % len(entries)
    body += b"3 0 obj\n" + xref + b"\nstream\n" + entries + b"\nendstream\nendobj\n"
    return body + b"startxref\n%d\n%%%%EOF\n" % table
