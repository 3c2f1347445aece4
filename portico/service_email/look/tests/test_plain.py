from __future__ import annotations

import pytest

from portico.service_email.look.plain import COLUMNS, aligned, width, wrapped

LONG_URL = "https://acme.example.com/" + "a" * 100


def test_lines_are_as_long_as_mail_programs_like_them() -> None:
    lines = wrapped("A word and another one, and so on. " * 12)

    assert max(map(len, lines)) <= COLUMNS
    assert min(map(len, lines[:-1])) > COLUMNS - 10
    assert " ".join(lines) == ("A word and another one, and so on. " * 12).strip()


def test_an_address_is_never_broken() -> None:
    lines = wrapped(f"Open {LONG_URL} to see it.")

    assert lines == ["Open", LONG_URL, "to see it."]


def test_its_own_line_breaks_stay() -> None:
    assert wrapped("One\n\nTwo") == ["One", "", "Two"]


def test_chinese_breaks_anywhere_but_before_a_full_stop() -> None:
    lines = wrapped("这封邮件由系统自动发送。" * 12)

    assert all(width(line) <= COLUMNS + 2 for line in lines)
    assert all(width(line) >= COLUMNS - 3 for line in lines[:-1])
    assert not any(line.startswith("。") for line in lines)
    assert "".join(lines) == "这封邮件由系统自动发送。" * 12


def test_words_stay_whole_within_chinese() -> None:
    lines = wrapped(
        "请在设置中打开 Service Email Preference 然后发送测试邮件到您自己的地址以确认一切正常。",
        columns=24,
    )

    assert max(map(width, lines)) <= 24
    for word in ("Service", "Email", "Preference"):
        assert sum(line.count(word) for line in lines) == 1


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("你好", 4), ("ｗｉｄｅ", 8), ("e\u0301", 1), ("", 0), ("©", 1)],
)
def test_width_is_what_a_terminal_shows(text: str, columns: int) -> None:
    assert width(text) == columns


def test_facts_stand_below_each_other() -> None:
    lines = aligned([("Port", "587"), ("Mail server", "smtp.example.com"), ("端口", "465")])

    starts = {
        width(line[: line.index(value)])
        for line, value in zip(lines, ["587", "smtp", "465"], strict=True)
    }
    assert starts == {14}


def test_a_long_value_goes_on_below_itself() -> None:
    lines = aligned([("Reason", "because " * 20)])

    assert len(lines) > 1
    assert all(line.startswith(" " * 9) for line in lines[1:])
    assert max(map(len, lines)) <= COLUMNS


def test_a_very_long_label_has_a_line_to_itself() -> None:
    label = "What this setting is called in a language of long words"

    lines = aligned([(label, "yes"), ("Port", "587")])

    assert lines == [f"{label}:", " " * 30 + "yes", "Port:" + " " * 25 + "587"]


def test_a_quote_is_marked_on_each_line() -> None:
    lines = wrapped("word " * 40, first="> ", rest="> ")

    assert len(lines) > 2
    assert all(line.startswith("> word") for line in lines)
    assert max(map(len, lines)) <= COLUMNS
