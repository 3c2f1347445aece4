"""Which script the letters of a name are of, and which of them look like others.

Unicode's own names of signs tell the script of a letter in their first word, so no table of
scripts is needed. What may be mixed is the "highly restrictive" level of UTS 39.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

import idna

MIXED_BY_CUSTOM: Final = (
    frozenset({"latin", "han", "hiragana", "katakana"}),
    frozenset({"latin", "han", "bopomofo"}),
    frozenset({"latin", "han", "hangul"}),
)
_ALIASES: Final = {"cjk": "han", "kangxi": "han", "ideographic": "han"}
# Signs that go with any script, or with both scripts of Japanese, or depend on their neighbor.
_OF_ALL: Final = frozenset("-·・ー々〆〇\u0375\u05f3\u05f4")
_MARKS_AND_DIGITS: Final = "MN"  # groups of Unicode's categories
# Letters that look like one or several Latin ones in most typefaces.
TWINS: Final = {
    "cyrillic": {
        "а": "a", "ь": "b", "с": "c", "ԁ": "d", "е": "e", "ё": "e", "һ": "h", "і": "i", "ї": "i",
        "ј": "j", "к": "k", "ӏ": "l", "м": "m", "п": "n", "о": "o", "р": "p", "ԛ": "q", "г": "r",
        "ѕ": "s", "т": "t", "ц": "u", "ѵ": "v", "ԝ": "w", "ѡ": "w", "х": "x", "у": "y", "ү": "y",
        "ғ": "f", "ց": "g", "н": "h", "ӓ": "a", "ӧ": "o", "в": "b",
    },
    "greek": {
        "α": "a", "β": "b", "ϲ": "c", "ε": "e", "η": "n", "ι": "i", "κ": "k", "ν": "v", "ο": "o",
        "ρ": "p", "τ": "t", "υ": "u", "χ": "x", "γ": "y", "ω": "w", "ς": "c", "σ": "o",
    },
    "armenian": {
        "ա": "w", "գ": "q", "ե": "t", "զ": "q", "հ": "h", "ո": "n", "ս": "u", "օ": "o", "ց": "g",
        "ք": "p", "լ": "l", "ռ": "n", "ն": "u",
    },
}  # fmt: skip


def mixed_scripts(label: str) -> tuple[str, ...]:
    """The scripts of a label, if they should not be mixed; none: all is well."""
    scripts = _scripts(label)
    if len(scripts) < 2 or any(scripts <= custom for custom in MIXED_BY_CUSTOM):
        return ()
    return tuple(sorted(script.title() for script in scripts))


def runs_both_ways(labels: Sequence[str]) -> bool:
    """Whether a name that has a part written from right to left keeps its order when shown
    (RFC 5893); true where all of it runs from left to right."""
    if all(label.isascii() for label in labels):
        return True
    turned = any(
        unicodedata.bidirectional(sign) in {"R", "AL", "AN"} for label in labels for sign in label
    )
    try:
        return not turned or all(idna.check_bidi(label, check_ltr=True) for label in labels)
    except UnicodeError:
        return False


def twin_in_latin(label: str) -> str:
    """The Latin label that this one of another script looks like; empty: none."""
    for script, twins in TWINS.items():
        if _scripts(label) == {script} and all(sign in twins or sign.isascii() for sign in label):
            return "".join(twins.get(sign, sign) for sign in label)
    return ""


def _scripts(label: str) -> frozenset[str]:
    return frozenset(
        _script(sign)
        for sign in label
        if sign not in _OF_ALL and unicodedata.category(sign)[0] not in _MARKS_AND_DIGITS
    )


def _script(sign: str) -> str:
    first = unicodedata.name(sign, "unknown").split(" ")[0].split("-")[0].lower()
    return _ALIASES.get(first, first)
