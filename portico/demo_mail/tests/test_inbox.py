from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from portico.demo_mail.inbox import KEPT, Inbox, received_at
from portico.demo_mail.ports import HOST
from portico.kernel.clock import now
from tests.make import AT


def test_mails_are_listed_newest_first_and_the_oldest_ones_make_room(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)

    kept = [
        inbox.keep(b"Subject: hi\r\n\r\n", sender="a@example.com", recipients=["b@x.y"], at=AT)
        for _ in range(KEPT + 3)
    ]

    found = list(inbox.ids())
    assert len(found) == KEPT
    assert found == sorted(found, reverse=True)
    assert set(kept) >= set(found)
    assert len(list(inbox.folder.iterdir())) == KEPT


def test_an_inbox_that_nothing_came_to_is_empty(tmp_path: Path) -> None:
    assert list(Inbox(tmp_path).ids()) == []
    assert Inbox(tmp_path).read(uuid4()) is None


def test_a_mail_that_is_still_being_written_is_not_listed(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    number = inbox.keep(b"x", sender="", recipients=[], at=AT)
    (inbox.folder / f".{uuid4()}").write_bytes(b"half a m")

    assert list(inbox.ids()) == [number]


def test_an_id_says_when_the_mail_came(tmp_path: Path) -> None:
    before = now()
    number = Inbox(tmp_path).keep(b"x", sender="", recipients=[], at=before)

    assert before - timedelta(seconds=1) < received_at(number) < now() + timedelta(seconds=1)


def test_a_sender_cannot_forge_the_lines_that_say_how_it_came(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    forged = b"Return-Path: <forged@example.com>\r\n\r\nhello"

    number = inbox.keep(forged, sender="real\udce9@example.com", recipients=["b@x.y"], at=AT)

    raw = inbox.read(number)
    assert raw is not None
    assert raw.startswith(b"Return-Path: <real\xe9@example.com>\r\nDelivered-To: b@x.y\r\n")
    assert raw.endswith(forged)
    assert HOST.encode() in raw
