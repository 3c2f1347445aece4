"""The kinds of values that members of a manifest have, and what is said where they do not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Final, NoReturn

from pydantic import AfterValidator, BeforeValidator, Field, Strict
from pydantic_core import PydanticCustomError

from portico.kernel.errors import gettext_noop
from portico.miniprograms.packages.names import broken_rule
from portico.miniprograms.packages.rules import Rule
from portico.miniprograms.packages.structures import MOST_NAME

MOST_APP_ID: Final = 128
MOST_WHOLE: Final = 2**53 - 1  # the largest that JavaScript counts up to without a gap
MOST_PAGES: Final = 1000  # no list of a manifest may be longer
LABEL: Final = r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
APP_ID = re.compile(rf"{LABEL}(?:\.{LABEL})+")
APP_ID_PATTERN: Final = f"^{APP_ID.pattern}$"
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
PAGES, HTML = "pages/", ".html"

# By the type of pydantic's error: the rule, and a sentence about the member.
SENTENCES: Final[Mapping[str, tuple[Rule, str]]] = {
    "missing": (
        Rule.MANIFEST_MEMBER_MISSING,
        gettext_noop("The manifest lacks “%(member)s”. Add it."),
    ),
    "string_type": (
        Rule.MANIFEST_TYPE,
        gettext_noop("“%(member)s” in the manifest must be a text, in quotation marks."),
    ),
    "int_type": (
        Rule.MANIFEST_TYPE,
        gettext_noop(
            "“%(member)s” in the manifest must be a whole number, without quotation marks and "
            "without a point."
        ),
    ),
    "bool_type": (
        Rule.MANIFEST_TYPE,
        gettext_noop("“%(member)s” in the manifest must be true or false."),
    ),
    "tuple_type": (
        Rule.MANIFEST_TYPE,
        gettext_noop("“%(member)s” in the manifest must be a list, in [ ]."),
    ),
    "model_type": (
        Rule.MANIFEST_TYPE,
        gettext_noop("“%(member)s” in the manifest must be an object, in { }."),
    ),
    "number_or_text": (
        Rule.MANIFEST_TYPE,
        gettext_noop("“%(member)s” in the manifest must be a whole number or a text."),
    ),
    "literal_error": (
        Rule.MANIFEST_VALUE,
        gettext_noop("“%(member)s” in the manifest must be one of %(expected)s."),
    ),
    "too_short": (
        Rule.MANIFEST_VALUE,
        gettext_noop("“%(member)s” in the manifest is empty. Name at least %(min_length)s."),
    ),
    "too_long": (
        Rule.MANIFEST_VALUE,
        gettext_noop("“%(member)s” in the manifest names more than %(max_length)s."),
    ),
    "string_too_short": (
        Rule.MANIFEST_VALUE,
        gettext_noop("“%(member)s” in the manifest is empty. Write something there."),
    ),
    "string_too_long": (
        Rule.MANIFEST_VALUE,
        gettext_noop("“%(member)s” in the manifest has more than %(max_length)s characters."),
    ),
    "greater_than_equal": (
        Rule.MANIFEST_VALUE,
        gettext_noop("“%(member)s” in the manifest must be at least %(ge)s."),
    ),
    "less_than_equal": (
        Rule.MANIFEST_VALUE,
        gettext_noop("“%(member)s” in the manifest must be at most %(le)s."),
    ),
    "invisible_text": (
        Rule.MANIFEST_VALUE,
        gettext_noop(
            "“%(member)s” in the manifest has spaces around it or characters that cannot be seen. "
            "Remove them."
        ),
    ),
    "app_id": (
        Rule.MANIFEST_VALUE,
        gettext_noop(
            "“%(member)s” in the manifest must be a reversed domain name in lower case, such as "
            "com.example.tips."
        ),
    ),
    "language": (
        Rule.MANIFEST_VALUE,
        gettext_noop("“%(member)s” in the manifest must be a language tag, such as en or zh-Hans."),
    ),
    "package_path": (
        Rule.MANIFEST_VALUE,
        gettext_noop(
            "“%(member)s” in the manifest must name a file of the package, from its root, such as "
            "common/icon.png."
        ),
    ),
    "page": (
        Rule.MANIFEST_VALUE,
        gettext_noop(
            "“%(member)s” in the manifest must be a page in the folder pages, such as "
            "pages/index/index."
        ),
    ),
    "page_twice": (
        Rule.MANIFEST_VALUE,
        gettext_noop("“%(member)s” in the manifest names a page twice. Remove one."),
    ),
}


def is_app_id(text: str) -> bool:
    """Whether that is a reversed domain name in lower case, of at least two parts."""
    return len(text) <= MOST_APP_ID and APP_ID.fullmatch(text) is not None


def _app_id(text: str) -> str:
    return text if is_app_id(text) else _refuse("app_id")


def _language(text: str) -> str:
    return text if LANGUAGE.fullmatch(text) else _refuse("language")


def _plain(text: str) -> str:
    seen = text == text.strip() and not any(
        unicodedata.category(one) in {"Cc", "Zl", "Zp"} or one in "\u202a\u202b\u202d\u202e"
        for one in text
    )
    return text if seen else _refuse("invisible_text")


def _package_path(text: str) -> str:
    return _refuse("package_path") if broken_rule(text) or text.endswith("/") else text


def _page(text: str) -> str:
    """The route of a page: W3C MiniApp Manifest lets developers leave out or write .html."""
    route = text.removesuffix(HTML)
    if not route.startswith(PAGES) or route == PAGES or broken_rule(route + HTML):
        _refuse("page")
    return route


def _pages(pages: tuple[str, ...]) -> tuple[str, ...]:
    return pages if len(set(pages)) == len(pages) else _refuse("page_twice")


def _number_or_text(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | str):
        _refuse("number_or_text")
    return value


def _refuse(kind: str) -> NoReturn:
    raise PydanticCustomError(kind, SENTENCES[kind][1])


# The aliases stand here one by one, since type checkers read no computed ones.
AppId = Annotated[
    str,
    Strict(),
    Field(min_length=3, max_length=MOST_APP_ID, json_schema_extra={"pattern": APP_ID_PATTERN}),
    AfterValidator(_app_id),
]
Name = Annotated[str, Strict(), Field(min_length=1, max_length=100), AfterValidator(_plain)]
VersionName = Annotated[str, Strict(), Field(min_length=1, max_length=60), AfterValidator(_plain)]
Line = Annotated[str, Strict(), Field(min_length=1, max_length=200), AfterValidator(_plain)]
Text = Annotated[str, Strict(), Field(max_length=5000)]
Language = Annotated[
    str,
    Strict(),
    Field(min_length=2, max_length=35, json_schema_extra={"pattern": f"^{LANGUAGE.pattern}$"}),
    AfterValidator(_language),
]
PackagePath = Annotated[
    str, Strict(), Field(min_length=1, max_length=MOST_NAME), AfterValidator(_package_path)
]
Address = Annotated[str, Strict(), Field(min_length=1, max_length=2048), AfterValidator(_plain)]
Page = Annotated[
    str,
    Strict(),
    Field(min_length=1, max_length=MOST_NAME, json_schema_extra={"pattern": f"^{PAGES}"}),
    AfterValidator(_page),
]
Pages = Annotated[tuple[Page, ...], Field(max_length=MOST_PAGES), AfterValidator(_pages)]
Whole = Annotated[int, Strict(), Field(ge=0, le=MOST_WHOLE)]
VersionCode = Annotated[int, Strict(), Field(ge=1, le=MOST_WHOLE)]
YesOrNo = Annotated[bool, Strict()]
NumberOrText = Annotated[int | str, BeforeValidator(_number_or_text)]
