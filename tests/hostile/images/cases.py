"""What a hostile file is, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from portico.branding.rules import Purpose

PAYLOADS = (
    b"<script",
    b"onload",
    b"javascript:",
    b"foreignobject",
    b"evil.example",
    b"<?php",
    b"<html",
    b"secret-place",
    b"exif\x00",
    b"pk\x03\x04",
    b"<!entity",
    b"/etc/passwd",
)
"""What must be in no byte that is kept or shown, in lower case."""


@dataclass(frozen=True)
class Case:
    """`says` is a part of the refusal, or of the sentences about what was removed ("": none)."""

    name: str
    filename: str
    content: Callable[[], bytes]
    purpose: Purpose
    expect: Literal["refused", "harmless"]
    says: str

    def __str__(self) -> str:
        return self.name


def refused(
    name: str, filename: str, content: Callable[[], bytes], says: str, purpose: str = "logo"
) -> Case:
    return Case(name, filename, content, Purpose(purpose), "refused", says)


def harmless(
    name: str, filename: str, content: Callable[[], bytes], says: str = "", purpose: str = "logo"
) -> Case:
    return Case(name, filename, content, Purpose(purpose), "harmless", says)
