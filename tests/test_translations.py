"""The Chinese catalog: whole, sound, compiled, and seen on the pages.

`make messages` gathers the texts and compiles what is translated; whoever adds a text translates
it in the `.po` in between.
"""

from __future__ import annotations

import ast
import gettext
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import templatize

import portico
from conftest import Cast
from portico.basic_settings import services
from portico.basic_settings.registry import section_named
from portico.config.demo import demo_accounts_of
from portico.kernel.errors import DomainError
from portico.ui.texts import say
from tests.make import AT, actor

ROOT = Path(portico.__file__).parent
PO = ROOT / "locale/zh_Hans/LC_MESSAGES/django.po"
MO = PO.with_suffix(".mo")

# What marks a text, and how many texts it marks: with a context the first is not one of them.
MARKS = {
    "_": (0, 1),
    "gettext": (0, 1),
    "gettext_lazy": (0, 1),
    "gettext_noop": (0, 1),
    "ngettext": (0, 2),
    "ngettext_lazy": (0, 2),
    "pgettext": (1, 2),
    "pgettext_lazy": (1, 2),
    "npgettext": (1, 3),
    "npgettext_lazy": (1, 3),
}
TEXT = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*({TEXT})(?:\s*,\s*({TEXT}))?(?:\s*,\s*({TEXT}))?")
PLACE = re.compile(r"%%|%\(\w+\)[a-z]|%[a-z]|\{\w*\}|</?[a-z][^>]*>")
LINE = re.compile(r'(msgctxt|msgid|msgid_plural|msgstr)?(?:\[\d\])?\s*(".*")')

Browse = Callable[..., Client]


@dataclass(frozen=True)
class Entry:
    """One text of the catalog. `plural` is empty for a text that has none."""

    context: str
    text: str
    plural: str
    translated: str
    fuzzy: bool


def entries() -> list[Entry]:
    """The texts of the `.po`, without its header and without what is no longer used."""
    found = []
    for block in PO.read_text(encoding="utf-8").split("\n\n"):
        parts = {"msgctxt": "", "msgid": "", "msgid_plural": "", "msgstr": ""}
        keyword = ""
        for line in block.splitlines():
            if match := LINE.match(line):
                keyword = match[1] or keyword
                parts[keyword] += ast.literal_eval(match[2])
        flags = " ".join(line for line in block.splitlines() if line.startswith("#,"))
        if parts["msgid"]:
            context, text, plural, translated = parts.values()
            found.append(Entry(context, text, plural, translated, fuzzy="fuzzy" in flags))
    return found


def marked() -> Iterator[tuple[str, tuple[str, str, str]]]:
    """Each marked text of the program with its file: context, text, plural."""
    for path in sorted(ROOT.rglob("*")):
        if "tests" in path.parts or path.suffix not in {".py", ".html", ".txt"}:
            continue
        source = path.read_text(encoding="utf-8")
        for name, texts in _calls_of(source) if path.suffix == ".py" else _tags_of(source):
            begin, end = MARKS[name]
            text, *plural = texts[begin:end]
            where = str(path.relative_to(ROOT))
            yield where, (texts[0] if begin else "", text, plural[0] if plural else "")


def _calls_of(source: str) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = [one.value for one in node.args if isinstance(one, ast.Constant)]
            if name in MARKS and given and all(isinstance(one, str) for one in given):
                yield name, [str(one) for one in given]


def _tags_of(source: str) -> Iterator[tuple[str, list[str]]]:
    for match in CALL.finditer(templatize(source)):
        yield match[1], [ast.literal_eval(text) for text in match.groups()[1:] if text]


def shipped(catalog: gettext.GNUTranslations, entry: Entry) -> str:
    """What the program says for an entry, asked as the program asks."""
    if entry.plural and entry.context:
        return catalog.npgettext(entry.context, entry.text, entry.plural, 2)
    if entry.plural:
        return catalog.ngettext(entry.text, entry.plural, 2)
    if entry.context:
        return catalog.pgettext(entry.context, entry.text)
    return catalog.gettext(entry.text)


def subclasses_of(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    if ".tests." not in kind.__module__:  # tests make errors of their own
        yield kind
    for one in kind.__subclasses__():
        yield from subclasses_of(one)


def test_every_marked_text_is_in_the_catalog() -> None:
    known = {(entry.context, entry.text, entry.plural) for entry in entries()}

    missing = [(where, text) for where, text in marked() if text not in known]

    assert not missing, "`make messages` gathers them; then translate them."


def test_the_catalog_holds_no_text_that_is_gone() -> None:
    used = {text for _where, text in marked()}

    stale = [entry for entry in entries() if (entry.context, entry.text, entry.plural) not in used]

    assert not stale, "`make messages` drops them."


def test_every_sentence_of_an_error_is_in_the_catalog() -> None:
    for module in pkgutil.walk_packages(portico.__path__, "portico."):
        if not {"tests", "__main__", "migrations", "wsgi"} & set(module.name.split(".")):
            importlib.import_module(module.name)
    known = {entry.text for entry in entries()}

    errors = {kind for kind in subclasses_of(DomainError) if kind.__module__.startswith("portico.")}

    assert len(errors) > 50
    assert not [kind for kind in errors if kind.sentence not in known]


def test_every_text_is_translated_for_certain() -> None:
    texts = entries()

    doubtful = [entry for entry in texts if entry.fuzzy or not entry.translated.strip()]

    assert len(texts) > 500
    assert not doubtful


def test_a_translation_has_the_places_of_its_text() -> None:
    different = [
        entry
        for entry in entries()
        if sorted(PLACE.findall(entry.plural or entry.text))
        != sorted(PLACE.findall(entry.translated))
    ]

    assert not different


def test_what_ships_is_what_was_translated() -> None:
    compiled = MO.read_bytes()
    with MO.open("rb") as file:
        catalog = gettext.GNUTranslations(file)
    texts = entries()

    count = int.from_bytes(compiled[8:12], "little")
    different = [entry for entry in texts if shipped(catalog, entry) != entry.translated]

    assert count == len(texts) + 1, "The header is a text too. `make messages` compiles."
    assert not different


@pytest.mark.parametrize(
    ("path", "chinese", "english"),
    [
        ("/", ("欢迎来到 Acme Pay", "登录"), ("Welcome", "Sign in", "Members")),
        (
            "/sign-in/",
            ("邮箱地址", "密码", "忘记密码？"),
            ("Email address", "Password", "Forgot", "Sign in", "Accounts are"),
        ),
        (
            "/settings/tenant/",
            ("设置", "租户", "账号", "基础设置", "Logo 与网站图标", "关于我们链接", "版权声明"),
            ("Settings", "Tenant", "Favicon", "Where used", "Not set", "Nothing was", "Save"),
        ),
    ],
)
def test_a_page_is_wholly_in_chinese(
    cast: Cast, browse: Browse, path: str, chinese: tuple[str, ...], english: tuple[str, ...]
) -> None:
    reader = browse(cast.acme, cast.admin if path.startswith("/settings/") else None)

    page = reader.get(path, headers={"accept-language": "zh-Hans"}).content.decode()

    assert '<html lang="zh-hans"' in page
    assert [words for words in chinese if words not in page] == []
    assert [words for words in english if words in page] == []


def test_an_error_names_the_platform_in_the_language_of_its_reader(cast: Cast) -> None:
    section = section_named("about-us")

    with pytest.raises(services.StaleRevision) as caught:
        services.save(cast.acme, section, {}, based_on=7, by=actor(cast.admin), at=AT)

    with translation.override("zh-hans"):
        assert say(caught.value).startswith("平台 在您编辑期间")


def test_the_demo_names_its_roles_in_the_language_of_the_page() -> None:
    with translation.override("zh-hans"):
        roles = [account.role for account in demo_accounts_of("acme")]

    assert roles[:2] == ["工作空间管理员", "工作空间开发者"]
