"""The SMTP that smtplib knows, over our wire and in our words."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager

from portico.service_email.smtp.limits import Patience
from portico.service_email.smtp.masks import HIDDEN, Mask, readable
from portico.service_email.smtp.replies import MOST_LINES, Line, Reply, line_of, reply_of
from portico.service_email.smtp.transcript import Transcript
from portico.service_email.smtp.troubles import Condition, Trouble
from portico.service_email.smtp.wire import Wire

NO_EHLO = (500, 502, 504)  # how servers from before 1995 answer to it
TLS_ALERT = b"\x15\x03"
_AUTH = re.compile(r"AUTH [A-Z0-9_-]{1,20}")


class Client(smtplib.SMTP):
    """Commands and extensions are smtplib's; what it does with a socket is replaced, because its
    reads wait without an end and its sign-in cannot be masked.

    It is made without a host, so that it connects nowhere by itself. `name` is how we introduce
    ourselves; without one smtplib would look up its own.
    """

    ehlo_msg = "EHLO"

    def __init__(
        self, wire: Wire, *, name: str, patience: Patience, mask: Mask, transcript: Transcript
    ) -> None:
        super().__init__(local_hostname=name)
        self.wire = wire
        self._patience = patience
        self._mask = mask
        self._transcript = transcript
        self._signing_in = False
        self._last: Reply | None = None

    def ask(self, command: str) -> Reply:
        """Send a command and read its answer."""
        self.putcmd(command)
        return self.read()

    def introduce(self) -> Reply:
        """EHLO, or HELO for a server that does not know it. `esmtp_features` is fresh then."""
        self.does_esmtp = False
        self.ehlo()
        if self._answer().code in NO_EHLO:
            self.helo()
        return self._answer()

    def offered(self, extension: str) -> str | None:
        """The parameters of an extension; None: it is not offered."""
        return self.esmtp_features.get(extension.lower()) if self.does_esmtp else None

    @contextmanager
    def signing_in(self) -> Iterator[None]:
        """As long as this lasts, nothing of what is said comes into the transcript but the verb,
        and of what is asked nothing but the code."""
        self._signing_in = True
        try:
            yield
        finally:
            self._signing_in = False

    def message(self, message: bytes, *, quoted: bytes) -> None:
        """Send a message, quoted and with its end; the transcript shows its size only."""
        self._transcript.client(f"[message, {len(message):,} bytes]")
        self.wire.write(quoted)

    def send(self, s: object) -> None:
        """One command; smtplib calls it."""
        data = s if isinstance(s, bytes) else str(s).encode(self.command_encoding)
        self._transcript.client(self._to_show(data))
        self.wire.write(data)

    def getreply(self) -> tuple[int, bytes]:
        """One answer in the shape that smtplib reads: its extensions are among the lines."""
        lines = self._lines()
        self._last = reply_of(lines, self._mask)
        return self._last.code, b"\n".join(line.rest for line in lines)

    def read(self) -> Reply:
        """One answer."""
        self.getreply()
        return self._answer()

    def _answer(self) -> Reply:
        if self._last is None:
            raise Trouble(Condition.CLOSED)
        return self._last

    def _lines(self) -> list[Line]:
        ends = self._patience.reply_ends()
        lines: list[Line] = []
        while not lines or lines[-1].more:
            try:
                raw = self.wire.line(ends)
            except Trouble as trouble:
                if trouble.condition is Condition.SILENT and lines:
                    raise self._patience.late(begun=True) from None
                raise
            line = line_of(raw)
            hidden = self._signing_in and line is not None and line.code == 334
            self._transcript.server(f"334 {HIDDEN}" if hidden else raw)
            if line is None and raw.startswith(TLS_ALERT) and self.wire.tls is None:
                raise Trouble(Condition.TLS_EXPECTED)
            if line is None:
                raise Trouble(Condition.NONSENSE, said=self._mask.shown(raw)[:200])
            lines.append(line)
            if len(lines) > MOST_LINES:
                raise Trouble(Condition.ENDLESS)
        return lines

    def _to_show(self, data: bytes) -> str:
        line = readable(data)
        if not self._signing_in:
            return line
        verb = _AUTH.match(line)
        return f"{verb[0]} {HIDDEN}" if verb else HIDDEN
