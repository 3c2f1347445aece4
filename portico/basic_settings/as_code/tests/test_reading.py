"""A file that anybody may have written is read within limits, and refused with its lines."""

from __future__ import annotations

import pytest
import yaml

from portico.basic_settings.as_code.document import SecretWord, read_document
from portico.basic_settings.as_code.faults import FaultyFile
from portico.basic_settings.as_code.reading import LONGEST, MOST_VALUES, read_yaml

LAUGHS = b"a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n"

REFUSED: dict[str, tuple[bytes, int, str]] = {
    "a billion laughs": (LAUGHS, 1, "alias_used"),
    "an alias alone": (b"a: 1\nb: *a\n", 2, "alias_used"),
    "a merge key": (b"a: 1\n<<: *a\n", 2, "alias_used"),
    "an object of Python": (b"a: 1\nb: !!python/object/apply:os.system [id]\n", 2, "tag_used"),
    "a tag of one's own": (b"a: !secret x\n", 1, "tag_used"),
    "a tag that says what it is": (b"a: !!str 5\n", 1, "tag_used"),
    "a key twice": (b"a: 1\nb: 2\na: 3\n", 3, "double_key"),
    "a key twice, deeper": (b"a:\n  b: 1\n  b: 2\n", 3, "double_key"),
    "a key that is a list": (b"a: 1\n? [b]\n: 2\n", 2, "key_is_no_name"),
    "a second document": (b"a: 1\n---\nb: 2\n", 2, "several_documents"),
    "brackets without end": (b"a: " + b"[" * 5000, 1, "too_deep"),
    "braces without end": (b"{a: " * 5000, 1, "too_deep"),
    "too many values": (b"a:\n" + b"- 1\n" * (MOST_VALUES + 1), MOST_VALUES - 0, "too_many_values"),
    "a long number": (b"a: " + b"9" * 5000, 1, "number_too_long"),
    "a number beyond all": (b"a: 1e999", 1, "number_too_long"),
    "no YAML": (b"a: 1\nb: c: d\n", 2, "not_yaml"),
    "a tab for a margin": (b"a:\n\tb: 1\n", 2, "not_yaml"),
    "an open quote": (b'a: 1\nb: "c', 2, "not_yaml"),
    "a NUL": (b"a: \0", 0, "not_yaml"),
    "Latin-1": ("a: é".encode("latin-1"), 0, "not_utf8"),
    "UTF-16": ("a: b".encode("utf-16"), 0, "not_utf8"),
    "a mebibyte and more": (b"#" * (LONGEST + 1), 0, "settings_file_too_long"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_plain_yaml_is_refused_with_its_line(name: str) -> None:
    content, line, code = REFUSED[name]

    with pytest.raises(FaultyFile) as refused:
        read_yaml(content)

    (problem,) = refused.value.problems
    assert problem.error.code == code
    assert abs(problem.line - line) <= 1
    assert str(problem.said).endswith(".")


def test_values_are_what_json_could_say_and_words_stay_words() -> None:
    text = b"""\
text: plain
words: [yes, no, on, off, "true", 2026-11-22, 12:30, 0x1f, 1_000, "5"]
truths: [true, False, null, ~, ]
numbers: [0, -7, 007, 1.5, .5, 1e3]
lines: |
  one
  two
empty:
"""

    assert read_yaml(text).value == {
        "text": "plain",
        "words": ["yes", "no", "on", "off", "true", "2026-11-22", "12:30", "0x1f", "1_000", "5"],
        "truths": [True, False, None, None],
        "numbers": [0, -7, 7, 1.5, 0.5, 1000.0],
        "lines": "one\ntwo\n",
        "empty": None,
    }


def test_the_line_of_every_value_is_known_and_else_that_of_what_is_around_it() -> None:
    text = read_yaml(b"a:\n  b:\n    - 1\n    - c: 2\nd: 3\n")

    assert text.line("a", "b", 1, "c") == 4
    assert text.line("a", "b", 1, "gone") == 4
    assert text.line("a", "b", 7) == 2
    assert text.line("nowhere") == 1


def faults(text: str) -> list[tuple[str, int, str]]:
    with pytest.raises(FaultyFile) as refused:
        read_document(text.encode())
    return [(one.place, one.line, str(one.error)) for one in refused.value.problems]


def test_everything_that_is_wrong_with_the_shape_is_said_at_once() -> None:
    found = faults("""\
portico: 1
workspace: 7
sections:
  about-us:
    revision: first
    values:
      ulr: https://www.example.com/
  brandin: {}
  copyright-notice: a text
  service-email:
    revisionn: 2
    values:
      password: hunter2
owner: me
""")

    assert [(place, line) for place, line, _sentence in found] == [
        ("workspace", 2),
        ("about-us.revision", 5),
        ("about-us.ulr", 7),
        ("brandin", 8),
        ("copyright-notice", 9),
        ("service-email.revisionn", 11),
        ("service-email.password", 13),
        ("owner", 14),
    ]
    said = {place: sentence for place, _line, sentence in found}
    assert said["about-us.ulr"] == "There is no “ulr” here. Is “url” meant?"
    assert said["brandin"] == "There is no “brandin” here. Is “branding” meant?"
    assert "Known are: portico, workspace" in said["owner"]
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    "text", ["", "portico: 2", "portico: true", "portico: '1'", "[]", "1", "sections: {}", "Hello"]
)
def test_a_file_that_does_not_say_its_format_is_refused(text: str) -> None:
    ((place, _line, sentence),) = faults(text)

    assert place == "portico"
    assert "“portico: 1”" in sentence


def test_a_file_may_have_no_sections_and_a_section_no_values() -> None:
    assert read_document(b"portico: 1").sections == ()
    (about,) = read_document(b"portico: 1\nsections: {about-us: }").sections
    assert (about.revision, dict(about.values)) == (None, {})


@pytest.mark.parametrize(
    ("given", "word"), [("{secret: kept}", "kept"), ("{secret: none}", "none"), ("", "kept")]
)
def test_a_secret_is_only_ever_a_word(given: str, word: str) -> None:
    text = f"portico: 1\nsections: {{service-email: {{values: {{password: {given}}}}}}}"

    (mail,) = read_document(text.encode()).sections

    assert mail.secrets == {"password": SecretWord(word)}
    assert mail.values == {}


@pytest.mark.parametrize("given", ["''", "12345", "[a]", "{secret: hunter2}", "{set: true}"])
def test_no_other_word_is_taken_for_a_secret(given: str) -> None:
    text = f"portico: 1\nsections: {{service-email: {{values: {{password: {given}}}}}}}"

    ((place, line, sentence),) = faults(text)

    assert (place, line) == ("service-email.password", 2)
    assert "never written into this file" in sentence
    assert "hunter2" not in sentence


def test_the_pure_python_parser_refuses_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)

    for content, line, code in REFUSED.values():
        with pytest.raises(FaultyFile) as refused:
            read_yaml(content)
        (problem,) = refused.value.problems
        assert (problem.error.code, abs(problem.line - line) <= 1) == (code, True)
