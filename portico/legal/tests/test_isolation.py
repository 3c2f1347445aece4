"""Talking to the child that reads PDFs: what it says is believed only where it makes sense."""

from __future__ import annotations

import logging

import pytest

from portico.kernel.errors import TooOften
from portico.legal.isolated import protocol
from portico.legal.isolated.protocol import Cleaned, Drawn, Job, Refused, Request
from portico.legal.isolated.refusals import REFUSALS, DamagedPdf, NoSuchPage, TooManyPages
from portico.legal.rules import isolation
from portico.legal.rules.isolation import TooManyReaders, ask_child, draw_page, understood
from tests.pdfs import make_pdf


def test_what_is_asked_and_answered_arrives_as_it_was_sent() -> None:
    request = Request(Job.DRAW, page=3)
    cleaned = Cleaned(b"\n%PDF\n", "Title", ((3, 4),), ("a\nb",), {"script": 2}, True, False)

    assert protocol.parse_request(request.line()) == request
    assert understood(cleaned.message()) == cleaned
    assert understood(Drawn(b"\nPNG\n").message()) == Drawn(b"\nPNG\n")


def test_a_refusal_is_raised_again_with_its_facts() -> None:
    with pytest.raises(TooManyPages, match="has 201 pages; at most 200"):
        understood(Refused("too_many_pages", {"pages": 201, "most": 200}).message())


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"nonsense",
        b"[]\n",
        b"{}\n",
        b'{"pdf": {}}\n',
        b'{"pdf": {"title": "", "pages": [[1]], "texts": [], "removed": {}}}\n',
        b'{"refused": "no_such_code", "facts": {}}\n',
        b'{"refused": "too_many_pages", "facts": {}}\n',
        b"\xff\n",
    ],
)
def test_nonsense_from_the_child_is_a_refusal(message: bytes) -> None:
    with pytest.raises(DamagedPdf):
        understood(message)


def test_a_failure_of_our_own_is_logged_and_said_plainly(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(DamagedPdf):
        ask_child(Request("nothing"), make_pdf())  # type: ignore[arg-type]

    assert "is not a valid Job" in caplog.text


def test_a_page_that_is_not_there_cannot_be_drawn() -> None:
    with pytest.raises(NoSuchPage):
        draw_page(make_pdf(), 2)


def test_who_finds_too_many_readers_is_asked_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(isolation, "WAIT_SECONDS", 0.0)
    for _ in range(isolation.AT_ONCE):
        assert isolation._turns.acquire(timeout=0)

    try:
        with pytest.raises(TooManyReaders) as refusal:
            ask_child(Request(Job.DRAW, 1), make_pdf())
    finally:
        for _ in range(isolation.AT_ONCE):
            isolation._turns.release()

    assert isinstance(refusal.value, TooOften)


def test_every_refusal_has_a_code_of_its_own_and_a_sentence() -> None:
    sentences = [refusal.sentence for refusal in REFUSALS.values()]

    assert len(REFUSALS) == len(set(sentences)) == 16
    assert all(sentence.endswith(".") for sentence in sentences)
