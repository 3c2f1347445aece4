"""However hostile a package, reading it takes little memory."""

from __future__ import annotations

import json
import random
import tracemalloc
from io import BytesIO

import pytest

from portico.miniprograms.packages import LIMITS, PackageRefused, read_package
from tests.hostile.zip import bombs, manifests
from tests.hostile.zip.building import Piece, package
from tests.packages import make_manifest

MIB = 1024 * 1024


def growth(raw: bytes) -> int:
    """The most bytes that Python held at once while the package was read."""
    file = BytesIO(raw)
    tracemalloc.start()
    try:
        read_package(file)
    except PackageRefused:
        pass
    finally:
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return most


def test_no_hostile_package_takes_64_mib() -> None:
    # The others are a few hundred bytes that unpack to no more.
    packages = ((case.name, case.content()) for case in (*bombs.CASES, *manifests.CASES))

    most = {name: growth(raw) / MIB for name, raw in packages}

    assert {name: size for name, size in most.items() if size >= 64} == {}


@pytest.mark.parametrize("method", [0, 8], ids=["stored", "deflated"])
def test_a_large_package_takes_no_more_than_a_small_one(method: int) -> None:
    content = random.Random(1).randbytes(MIB) * 9
    # Deflate looks 32 KiB back, and so finds no repetition.
    large = package(Piece("noise.bin", content, method=method))
    small = package(Piece("noise.bin", content[:1000], method=method))
    assert len(large) > 9 * MIB

    assert growth(large) < growth(small) + 2 * MIB


@pytest.mark.parametrize("member", ["pages", "icons", "device_type", "widgets"])
def test_a_manifest_with_a_long_list_of_what_is_wrong_takes_little(member: str) -> None:
    manifest = json.dumps({**make_manifest(), member: [0] * 80_000}).encode()
    assert len(manifest) < LIMITS.manifest

    assert growth(package(Piece("manifest.json", manifest))) < 8 * MIB
