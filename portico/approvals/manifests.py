"""What differs between two manifests, and between two configurations, member by member."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from pydantic_core import to_json

from portico.miniprograms.rules.variables import in_log
from portico.ui.values import Change, Value

MOST_CHANGES: Final = 100
MOST_ITEMS: Final = 10
LONGEST: Final = 300

Path = tuple[str, ...]

# The members that a manifest has by the standard. Others are called what they are called there.
TITLES: Final[Mapping[Path, Promise]] = {
    ("app_id",): gettext_lazy("App ID"),
    ("name",): gettext_lazy("Name"),
    ("short_name",): gettext_lazy("Short name"),
    ("description",): gettext_lazy("Description"),
    ("icons",): gettext_lazy("Icons"),
    ("pages",): gettext_lazy("Pages"),
    ("version", "code"): gettext_lazy("Version code"),
    ("version", "name"): gettext_lazy("Version name"),
    ("platform_version", "min_code"): gettext_lazy("Lowest version of the platform"),
    ("platform_version", "target_code"): gettext_lazy("Version of the platform it is made for"),
    ("platform_version", "release_type"): gettext_lazy("Kind of that version"),
    ("lang",): gettext_lazy("Language"),
    ("dir",): gettext_lazy("Direction of texts"),
    ("default_language",): gettext_lazy("Language to fall back to"),
    ("color_scheme",): gettext_lazy("Color scheme"),
    ("device_type",): gettext_lazy("Devices"),
    ("req_permissions",): gettext_lazy("Permissions it asks for"),
    ("widgets",): gettext_lazy("Widgets"),
    ("window",): gettext_lazy("Window"),
}
ORDER: Final = {path: place for place, path in enumerate(TITLES)}


def manifest_changes(before: Mapping[str, object], after: Mapping[str, object]) -> list[Change]:
    """Each member that differs, with what is not in the other; those of the standard first.

    Of lists, the items that went and that came; the first `MOST_CHANGES` members in all.
    """
    old, new = dict(_leaves(before)), dict(_leaves(after))
    differing = (
        path for path in sorted({*old, *new}, key=_place) if old.get(path) != new.get(path)
    )
    changes = [
        _change(path, old.get(path), new.get(path)) for path in islice(differing, MOST_CHANGES)
    ]
    more = sum(1 for _path in differing)
    if more:
        text = ngettext("and %(count)s member more", "and %(count)s members more", more)
        changes.append(Change(text % {"count": more}, "", ""))
    return changes


def configuration_changes(
    before: Mapping[str, object], after: Mapping[str, object]
) -> list[Change]:
    """What differs in what a release takes along: its server domains, its variables by name, and
    which users it is for, beside the share.

    Variables go to every device, so their values are no secrets, and are shown.
    """
    changes = []
    old, new = _texts(before.get("server_domains")), _texts(after.get("server_domains"))
    if old != new:
        changes.append(Change(_("Server domains"), *_moved(old, new)))
    old_variables, new_variables = _named(before), _named(after)
    for name in sorted({*old_variables, *new_variables}):
        one, other = old_variables.get(name, ""), new_variables.get(name, "")
        if one != other:
            changes.append(Change(_("Variable %(name)s") % {"name": name}, one, other))
    return changes + _rule_changes(before, after)


def _rule_changes(before: Mapping[str, object], after: Mapping[str, object]) -> list[Change]:
    old, new = (dict(_leaves({"rules": one.get("rules") or {}})) for one in (before, after))
    titles = {
        "regions": _("Only in these regions"),
        "systems": _("Only on these systems"),
        "from": _("Only from this app version on"),
        "to": _("Only up to this app version"),
    }
    return [
        Change(titles.get(path[-1], ".".join(path)), _shown(old.get(path)), _shown(new.get(path)))
        for path in sorted({*old, *new})
        if (old.get(path) or None) != (new.get(path) or None)
    ]


def _leaves(value: Mapping[str, object], above: Path = ()) -> Iterator[tuple[Path, object]]:
    """All that is no object, by where it is, such as `("version", "code")`.

    Not by a text with dots: a member may have a dot in its name, and would hide another.
    """
    for name, inner in value.items():
        path = (*above, name)
        if isinstance(inner, dict) and inner:
            yield from _leaves(inner, path)
        else:
            yield path, inner


def _place(path: Path) -> tuple[int, Path]:
    return ORDER.get(path, len(ORDER)), path


def _change(path: Path, before: object, after: object) -> Change:
    if isinstance(before, list) and isinstance(after, list):
        old, new = [_text(one) for one in before], [_text(one) for one in after]
        return Change(_title(path), *_moved(old, new))
    return Change(_title(path), _shown(before), _shown(after))


def _title(path: Path) -> str:
    if path in TITLES:
        return str(TITLES[path])
    known, rest = TITLES.get(path[:1]), _short(".".join(path[1:]))
    return f"{known}: {rest}" if known and rest else _short(".".join(path))


def _shown(value: object) -> Value:
    if isinstance(value, list):
        return _first([_text(one) for one in value])
    if value is None or isinstance(value, bool):
        return value
    return _short(_text(value))


def _text(value: object) -> str:
    return value if isinstance(value, str) else to_json(value).decode()


def _moved(old: list[str], new: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The items that went and those that came; the same in another order are all told."""
    gone, come = _only(old, new), _only(new, old)
    if not gone and not come:
        return _first(old), _first(new)
    same = len(old) - len(gone)
    if not same:
        return _first(gone), _first(come)
    text = ngettext("(%(count)s unchanged)", "(%(count)s unchanged)", same) % {"count": same}
    return (*_first(gone), text), (*_first(come), text)


def _only(these: list[str], not_those: list[str]) -> list[str]:
    return list((Counter(these) - Counter(not_those)).elements())


def _first(texts: list[str]) -> tuple[str, ...]:
    shown, more = [_short(text) for text in texts[:MOST_ITEMS]], len(texts) - MOST_ITEMS
    if more <= 0:
        return tuple(shown)
    text = ngettext("and %(count)s more", "and %(count)s more", more) % {"count": more}
    return (*shown, text)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []


def _named(configuration: Mapping[str, object]) -> dict[str, str]:
    variables = configuration.get("variables")
    if not isinstance(variables, Mapping):
        return {}
    return {str(name): in_log(str(value)) for name, value in variables.items()}
