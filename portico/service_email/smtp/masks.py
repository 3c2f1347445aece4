"""Keeping a password out of everything that is shown.

Masking by state (`client.py`) hides what we send. This hides what comes back: a server, or
whoever sits in its place, may repeat the password in any reply after it has heard it.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import AnyStr, Final

from portico.service_email.smtp.stages import Correction, Sentence, Stage
from portico.service_email.smtp.troubles import Fact

HIDDEN = "********"
_ASTERISK: Final = frozenset({"*", ord("*")})  # in a text, and among bytes


def one_line(text: str) -> str:
    """The text on one line: no control characters and nothing invisible, single spaces."""
    spaced = " ".join(text.split())
    if spaced.isascii() and spaced.isprintable():
        return spaced
    return "".join(letter for letter in spaced if not unicodedata.category(letter).startswith("C"))


def readable(raw: bytes) -> str:
    """Bytes of any charset as one line. What is not UTF-8 is shown as escapes, so that nothing is
    guessed and nothing lost."""
    return one_line(raw.decode("utf-8", errors="backslashreplace"))


class Mask:
    """Hides a password and other secrets, and the forms that they take on the wire."""

    def __init__(self, username: str, *secrets: str) -> None:
        self._raw: re.Pattern[bytes] | None = None
        self._text: re.Pattern[str] | None = None
        self._username = username
        self._secrets: tuple[str, ...] = ()
        self._spared: tuple[str, ...] = ()
        self.hide(*secrets)

    def hide(self, *secrets: str) -> None:
        """Hide these, too, from now on."""
        # Asterisks alone would be hidden behind themselves.
        self._secrets += tuple(secret for secret in secrets if secret.strip("*"))
        if not self._secrets:
            return
        raw = {form for secret in self._secrets for form in _forms(self._username, secret)}
        text = {form for secret in self._secrets for form in (secret, one_line(secret))}
        text |= {readable(form) for form in raw}
        self._raw = re.compile(b"|".join(_longest_first(raw)), re.IGNORECASE)
        self._text = re.compile("|".join(_longest_first(text)), re.IGNORECASE)

    def __repr__(self) -> str:
        return "Mask()"

    def spare(self, *addresses: str) -> None:
        """Leave these addresses of a mail as they are, from now on and in place of others.

        Were they masked, whoever chooses them would learn by trying what the password is.
        """
        secrets = "\0".join(self._secrets).lower()
        self._spared = tuple(one for one in addresses if one and one.lower() not in secrets)

    def shown(self, raw: bytes) -> str:
        """What a server sent, readable and without the password."""
        if self._raw is None:
            return readable(raw)
        parts = _around([address.encode() for address in self._spared], raw)
        parts[::2] = [self._raw.sub(HIDDEN.encode(), part) for part in parts[::2]]
        return self.text(readable(b"".join(parts)))

    def text(self, text: str) -> str:
        """The text without the password."""
        if self._text is None:
            return text
        parts = _around(self._spared, text)
        parts[::2] = [_hidden(self._text, part) for part in parts[::2]]
        return "".join(parts)

    def stage(self, stage: Stage) -> Stage:
        """The stage, with every fact masked."""
        return replace(
            stage,
            seen=tuple(self._sentence(seen) for seen in stage.seen),
            meaning=stage.meaning and self._sentence(stage.meaning),
            cause=stage.cause and self._sentence(stage.cause),
            advice=stage.advice and self._sentence(stage.advice),
            correction=stage.correction and self._correction(stage.correction),
        )

    def fact(self, fact: Fact) -> Fact:
        """A fact of a sentence without the password."""
        return self.text(fact) if isinstance(fact, str) else fact

    def _sentence(self, sentence: Sentence) -> Sentence:
        facts = {name: self.fact(fact) for name, fact in sentence.facts.items()}
        return Sentence(sentence.text, facts)

    def _correction(self, correction: Correction) -> Correction:
        return replace(correction, why=self._sentence(correction.why))


def _around(spared: Sequence[AnyStr], text: AnyStr) -> list[AnyStr]:
    """The text in parts: every second one, from the second on, is one of those to be spared."""
    parts = [text]
    for one in spared:
        parts = [
            piece
            for number, part in enumerate(parts)
            for piece in ([part] if number % 2 else _split(part, one))
        ]
    return parts


def _split(text: AnyStr, between: AnyStr) -> list[AnyStr]:
    parts = [between] * (2 * text.count(between) + 1)
    parts[::2] = text.split(between)
    return parts


def _hidden(pattern: re.Pattern[str], text: str) -> str:
    """Hiding one occurrence can leave another behind that was not there before, so this goes on
    until none is left."""
    while pattern.search(text):
        text = pattern.sub(HIDDEN, text)
    return text


def _forms(username: str, password: str) -> set[bytes]:
    """The password as bytes, plain and as AUTH LOGIN, AUTH PLAIN and AUTH XOAUTH2 send it.

    Padding is left off base64, so that the form is found without it too.
    """
    forms = set()
    for charset in ("utf-8", "latin-1"):
        try:
            name, secret = username.encode(charset), password.encode(charset)
        except UnicodeEncodeError:
            continue
        whole = (
            b"\0" + name + b"\0" + secret,
            name + b"\0" + name + b"\0" + secret,
            b"user=" + name + b"\1auth=Bearer " + secret + b"\1\1",
        )
        forms |= {secret, *(base64.b64encode(form).rstrip(b"=") for form in (secret, *whole))}
    return forms


def _longest_first(forms: set[AnyStr]) -> list[AnyStr]:
    """The forms as patterns; a short one may be part of a long one.

    Asterisks alone are left out: hidden behind asterisks, they would be hidden again without an
    end.
    """
    usable = [form for form in forms if form.strip() and set(form) - _ASTERISK]
    return [re.escape(form) for form in sorted(usable, key=len, reverse=True)]
