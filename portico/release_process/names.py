"""How the values of the Release Process are named in its form: `production.ramp.0.percentage`.

The rules name what they refuse the same way, so each error finds its field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from portico.basic_settings.payloads import leaves_of
from portico.release_process.payload import ReleaseProcess

# The lists, and what each row of them has.
ROWS: Final[Mapping[str, tuple[str, ...]]] = {
    "production.ramp": ("percentage", "soak_minutes"),
    "production.windows": ("days", "start", "end"),
    "production.freezes": ("start", "end", "note"),
}
# How many rows a form may come back with: enough to show that there are too many.
MOST_ROWS: Final = 60


def flat(process: ReleaseProcess) -> dict[str, Any]:
    """Each value by the name of its field; for a list, how many rows it has, and their values."""
    found: dict[str, Any] = {}
    for name, value in leaves_of(process).items():
        if name not in ROWS:
            found[name] = _shown(value)
            continue
        found[name] = len(value)
        for place, row in enumerate(value):
            found |= {f"{name}.{place}.{part}": _shown(getattr(row, part)) for part in ROWS[name]}
    return found


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """The payload's shape again, from values by the name of their field."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        place, _, field = name.rpartition(".")
        if name in ROWS:
            rows = [
                {part: values[f"{name}.{row}.{part}"] for part in ROWS[name]}
                # However many there are said to be.
                for row in range(min(value or 0, MOST_ROWS))
                if all(f"{name}.{row}.{part}" in values for part in ROWS[name])
            ]
            found.setdefault(place, {})[field] = rows
        elif "." not in place:
            found.setdefault(place, {})[field] = value
    return found


def _shown(value: object) -> Any:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return [str(one) for one in value]
    return value
