"""The QR code that an authenticator app scans, as an SVG with neither style nor script."""

from __future__ import annotations

from itertools import groupby
from urllib.parse import quote, urlencode

import qrcode  # type: ignore[import-untyped]
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portico.accounts.models import Person


def app_address(person: Person, seed: str, *, issuer: str) -> str:
    """What the QR code says: `otpauth://totp/Issuer:address?secret=…`."""
    issuer = issuer.replace(":", " ").strip() or "Portico"
    label = quote(f"{issuer}:{person.email}", safe="")
    return (
        f"otpauth://totp/{label}?{urlencode({'secret': seed, 'issuer': issuer}, quote_via=quote)}"
    )


def qr_svg(text: str, *, label: str) -> SafeString:
    """Black on white in either color scheme, with the quiet zone that scanners need."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(
        f"M{x} {y}h{width}v1h-{width}z" for y, row in enumerate(rows) for x, width in _runs(row)
    )
    size = len(rows)
    return format_html(
        '<svg class="qr" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<path fill="#fff" d="M0 0h{}v{}H0z"/>'
        '<path fill="#000" shape-rendering="crispEdges" d="{}"/></svg>',
        size, size, label, size, size, path,
    )  # fmt: skip


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Where dark modules begin, and how many there are side by side."""
    runs, x = [], 0
    for dark, modules in groupby(row):
        width = len(list(modules))
        if dark:
            runs.append((x, width))
        x += width
    return runs
