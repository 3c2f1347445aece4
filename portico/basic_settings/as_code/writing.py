"""Writing settings as YAML that people read, and that every reader takes for the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from portico.basic_settings.as_code.document import SECRET
from portico.basic_settings.as_code.reading import BROKEN

ODD_BREAK = re.compile("[\x85\u2028\u2029]")  # PyYAML writes them as they are, to be read as others


class _Dumper(yaml.SafeDumper):
    """Plain values, never an anchor, texts of several lines as they stand."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        """Write out what occurs twice: an alias would be refused when it is read."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Indent lists below their name."""
        super().increase_indent(flow, indentless=False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style: str | None
    if ODD_BREAK.search(text):
        style = '"'
    elif "\n" in text:
        style = "|"
    else:
        style = "'" if BROKEN.fullmatch(text) else None  # a number to readers of YAML 1.2
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _mapping(dumper: yaml.SafeDumper, mapping: dict[str, Any]) -> yaml.MappingNode:
    """What is said of a secret fits on its line."""
    in_line = mapping.keys() == {SECRET}
    return dumper.represent_mapping("tag:yaml.org,2002:map", mapping.items(), flow_style=in_line)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(dict, _mapping)


def yaml_of(values: Mapping[str, Any], *, indent: int = 0) -> str:
    """These values as YAML, in their order, indented by so many spaces."""
    text = yaml.dump(
        dict(values),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=False,
        width=10_000,  # a folded line is hard to compare
    )
    margin = " " * indent
    return "\n".join(f"{margin}{line}" if line.strip() else line for line in text.split("\n"))


def comment(sentences: Iterable[str], *, indent: int = 0) -> str:
    """A comment, a line each."""
    margin = " " * indent
    return "".join(
        f"{margin}# {line}".rstrip() + "\n"
        for sentence in sentences
        for line in sentence.splitlines() or [""]
    )
