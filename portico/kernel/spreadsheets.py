"""Text in a CSV file that people open in a spreadsheet."""

from __future__ import annotations

# What a spreadsheet takes for the beginning of a formula, and what hides one behind it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def guarded(cell: str) -> str:
    """The cell as text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
