"""How quickly a package is checked, beside plain `zipfile` reading all of its entries.

Checking does more: structures, names, headers, the manifest and what it names. `zipfile` reads each
entry whole; both unpack with zlib and count the CRC.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
import zipfile
from collections.abc import Callable
from io import BytesIO

from portico.miniprograms.packages import read_package
from tests.bench.portal import Row
from tests.packages import make_package

ROUNDS, REPEATS = 9, 3
MIB = 1024 * 1024
WORDS = ("const", "return", "function", "miniapp", "element", "text", "{ }", "=>", "'ok'", ";\n")


def measure() -> list[Row]:
    """Both in turns, in one process, so that a busy moment of the machine hits them alike."""
    return [
        _row("a package of 20 large files", make_package(files=_files(20, MIB))),
        _row("a package of 2,000 small files", make_package(files=_files(2_000, 4096))),
    ]


def _row(what: str, raw: bytes) -> Row:
    file = BytesIO(raw)
    unpacked = read_package(file).unpacked / MIB
    ratios = []
    for _round in range(ROUNDS):
        ours = unpacked / _seconds(lambda: read_package(file))
        theirs = unpacked / _seconds(lambda: _read_with_zipfile(file))
        sys.stderr.write(f"  checked {ours:.0f} MB/s, zipfile {theirs:.0f} MB/s\n")
        ratios.append(ours / theirs)
    return Row(f"checking {what} / zipfile", statistics.median(ratios), ">= 0.5")


def _seconds(work: Callable[[], object]) -> float:
    """The quickest of a few tries."""
    tries = []
    for _try in range(REPEATS):
        begin = time.perf_counter()
        work()
        tries.append(time.perf_counter() - begin)
    return min(tries)


def _read_with_zipfile(file: BytesIO) -> None:
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            archive.read(entry)


def _files(count: int, size: int) -> dict[str, bytes]:
    """Half scripts, half pictures, as far as compression can tell."""
    made = random.Random(1)
    return {
        f"common/{number:05}": _script(made, size) if number % 2 else made.randbytes(size)
        for number in range(count)
    }


def _script(made: random.Random, size: int) -> bytes:
    return " ".join(made.choices(WORDS, k=size // 5)).encode()[:size]
