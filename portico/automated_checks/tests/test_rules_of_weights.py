"""How much a package weighs, and what should not have come along."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portico.automated_checks.rules.findings import Severity
from portico.automated_checks.rules.subjects import MIB, MOST_TEXT, MOST_TEXT_IN_ALL
from portico.automated_checks.tests.looking import found_in, rules_in, subject_with

LEFT = {
    "a source map": ("app.js.map", "source-map"),
    "a hidden file": (".DS_Store", "hidden-file"),
    "settings of a machine": (".env", "hidden-file"),
    "a hidden folder": (".git/config", "hidden-file"),
    "a hidden folder within": ("common/.svn/entries", "hidden-file"),
    "a key": ("certs/server.pem", "key-file"),
    "a hidden key": (".ssh/id.key", "key-file"),
    "a key store": ("release.JKS", "key-file"),
    "what Windows leaves": ("common/Thumbs.db", "file-not-needed"),
    "what macOS leaves": ("__MACOSX/a.txt", "file-not-needed"),
    "a package of npm": ("package.json", "file-not-needed"),
    "a source": ("app.ts", "file-not-needed"),
    "a style's source": ("app.scss", "file-not-needed"),
    "a copy": ("app.js.bak", "file-not-needed"),
    "modules": ("node_modules/left-pad/index.js", "node-modules"),
}


@pytest.mark.parametrize(("name", "rule"), LEFT.values(), ids=LEFT.keys())
def test_what_should_not_have_come_along(name: str, rule: str) -> None:
    assert rules_in(subject_with({name: "{}"}), "content") == [rule]


@pytest.mark.parametrize(
    "name", ["app.js", "common/map.png.txt", "maps/index.txt", "a.b/c.d", "keys/index.txt"]
)
def test_what_may_come_along(name: str) -> None:
    assert rules_in(subject_with({name: ""}), "content") == []


@pytest.mark.parametrize(
    ("packed", "rules"),
    [
        (2 * MIB, []),
        (2 * MIB + 1, ["package-heavy"]),
        (10 * MIB, ["package-heavy"]),
        (10 * MIB + 1, ["package-very-heavy"]),
    ],
)
def test_the_size_of_a_package(packed: int, rules: list[str]) -> None:
    assert rules_in(subject_with(packed=packed), "content") == rules


def test_the_largest_files_are_named() -> None:
    subject = subject_with({"film.bin": b"x" * 300_000, "b.bin": b"x" * 200_000}, packed=3 * MIB)

    (found,) = found_in(subject, "content")

    assert "3.0 MiB" in found.message
    assert "film.bin (0.3 MiB), b.bin (0.2 MiB)" in found.message


def test_very_many_files_are_noted() -> None:
    subject = subject_with({f"a/{number}.txt": "" for number in range(1_000)})

    assert rules_in(subject, "content") == ["package-many-files"]


def test_a_script_that_leads_to_a_source_map_is_noted() -> None:
    files = {
        "app.js": "a()\n//# sourceMappingURL=app.js.map",
        "app.css": "/*# sourceMappingURL=data:application/json;base64,e30= */",
    }

    (found,) = found_in(subject_with(files), "content")

    assert (found.rule, found.file, found.line) == ("source-map-named", "app.js", 2)


def test_a_file_that_is_too_large_is_named_and_not_read() -> None:
    subject = subject_with({"app.js": "eval(a)\n" + " " * MOST_TEXT})

    (found,) = found_in(subject, "content")

    assert (found.rule, found.file) == ("file-not-checked", "app.js")
    assert "2 MiB" in found.message


def test_beyond_what_is_read_in_one_run_files_are_named_and_not_read() -> None:
    large = " " * (MOST_TEXT - 1_000)
    count = MOST_TEXT_IN_ALL // MOST_TEXT + 2

    found = found_in(subject_with({f"{n:02}.css": large for n in range(count)}), "content")

    assert [one.file for one in found] == [f"{count - 2}.css", f"{count - 1}.css"]


@pytest.mark.parametrize(
    "script",
    [
        "// é\neval(a)".encode("latin-1"),
        "\neval(a)".encode("utf-16"),
        b"\xfe\xff\0\n" + "eval(a)".encode("utf-16-be"),
    ],
    ids=["Latin", "UTF-16", "UTF-16 the other way around"],
)
def test_what_is_no_utf_8_is_looked_into_as_browsers_read_it(script: bytes) -> None:
    found = found_in(subject_with({"app.js": script}), "content")

    assert [(one.rule, one.file, one.line) for one in found] == [
        ("eval", "app.js", 2),
        ("text-other-encoding", "app.js", 0),
    ]


def test_what_is_not_looked_into_keeps_a_version_from_being_clean() -> None:
    (found,) = found_in(subject_with({"app.js": " " * (MOST_TEXT + 1)}), "content")

    assert found.severity is Severity.WARNING


def test_a_text_that_is_not_searched_for_keys_is_named_once() -> None:
    large = " " * (MOST_TEXT + 1)

    found = found_in(subject_with({"app.js": large, "notes.txt": large}))

    assert [(one.rule, one.file) for one in found] == [
        ("file-not-checked", "app.js"),
        ("file-not-checked", "notes.txt"),
    ]


def test_when_too_much_time_was_spent_the_rest_is_named() -> None:
    subject = subject_with({"app.js": "eval(a)", "b.js": "eval(b)"})
    read: list[str] = []

    def noted(name: str) -> bytes:
        read.append(name)
        return subject.files.read(name)

    files = replace(subject.files, read=noted, tired=lambda: "app.js" in read)

    found = found_in(replace(subject, files=files), "content")

    assert ("eval", "app.js") in [(one.rule, one.file) for one in found]
    assert ("file-not-checked", "b.js") in [(one.rule, one.file) for one in found]
