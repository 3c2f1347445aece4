"""Every hostile package, and what must be said of it."""

from __future__ import annotations

from tests.hostile.zip import bombs, manifests, naming, structure
from tests.hostile.zip.cases import Case

__all__ = ["CASES", "Case"]

CASES: tuple[Case, ...] = (*structure.CASES, *naming.CASES, *bombs.CASES, *manifests.CASES)
