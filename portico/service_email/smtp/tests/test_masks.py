"""The password appears nowhere, whatever it is and whatever a server sends."""

from __future__ import annotations

import base64

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portico.service_email.smtp.masks import HIDDEN, Mask
from portico.service_email.smtp.replies import line_of, reply_of
from portico.service_email.smtp.stages import Correction, Sentence, Stage, StageName
from portico.service_email.smtp.transcript import FIRST, LAST, Transcript

USERNAME = "service@acme.test"

# Of any letters, but none that our own words around them would hold by chance.
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="*")
PASSWORDS = st.text(LETTERS, min_size=5, max_size=40).filter(lambda text: text.strip() == text)
BITS = st.sampled_from(["{plain}", "{armored}", "{both}", "{scattered}", "{upper}", " ", "x", "="])


def forms(password: str) -> dict[str, str]:
    """What a hostile server can repeat."""
    secret = password.encode()
    both = b"\0" + USERNAME.encode() + b"\0" + secret
    return {
        "{plain}": password,
        "{armored}": base64.b64encode(secret).decode(),
        "{both}": base64.b64encode(both).decode(),
    }


@settings(max_examples=300, deadline=None)
@given(PASSWORDS, st.lists(st.one_of(BITS, st.text(max_size=5)), min_size=1, max_size=8))
def test_no_password_comes_back_from_a_hostile_server(password: str, bits: list[str]) -> None:
    mask, shapes = Mask(USERNAME, password), forms(password)
    shapes |= {"{scattered}": "\x00".join(password), "{upper}": password.upper()}
    echo = "".join(shapes.get(bit, bit) for bit in bits)
    raw = b"535-" + echo.encode(errors="replace")
    line, other = line_of(raw), line_of(b"535 " + echo.encode("latin-1", errors="replace"))
    assert line is not None
    assert other is not None

    transcript = Transcript(mask)
    transcript.server(raw)
    reply = reply_of([line, other], mask)

    for form in forms(password).values():
        bare = form.rstrip("=")
        assert bare not in str(transcript).removeprefix("S: 535-")
        assert bare not in reply.text


@settings(max_examples=200, deadline=None)
@given(PASSWORDS, st.binary(max_size=60), st.binary(max_size=60))
def test_no_password_comes_back_among_bytes_of_any_charset(
    password: str, before: bytes, after: bytes
) -> None:
    mask = Mask(USERNAME, password)
    for charset in ("utf-8", "latin-1"):
        try:
            raw = before + password.encode(charset) + after
        except UnicodeEncodeError:
            continue
        shown = mask.shown(raw)
        assert password not in shown
        assert password.encode(charset).decode("utf-8", "backslashreplace") not in shown


def test_what_is_hidden_leaves_the_rest_readable() -> None:
    mask = Mask(USERNAME, "geheim-9Zq")

    assert mask.shown(b"no: geheim-9Zq is wrong") == f"no: {HIDDEN} is wrong"
    assert mask.shown(b"no: GEHEIM-9zq is wrong") == f"no: {HIDDEN} is wrong"
    assert mask.shown(b"Z2VoZWltLTlacQ== is wrong") == f"{HIDDEN}== is wrong"
    assert mask.shown(b"nothing to hide") == "nothing to hide"


def test_an_occurrence_that_hiding_makes_is_hidden_too() -> None:
    mask = Mask("", "**b")  # what is put in the place of one makes another

    assert "**b" not in mask.shown(b"a**bb")
    assert mask.text("**b" * 50).strip("*") == ""


@pytest.mark.parametrize("password", ["", "*", "*****"])
def test_a_password_that_would_hide_everything_hides_nothing(password: str) -> None:
    assert Mask("", password).shown(b"235 2.7.0 welcome") == "235 2.7.0 welcome"


@pytest.mark.parametrize("password", [" *", "* *", "\ue000*", "**\u0378"])
def test_what_reads_as_asterisks_alone_is_not_hidden_behind_itself(password: str) -> None:
    mask = Mask("", password)

    # Without an end to it, the text would grow until the memory is full.
    assert mask.text("250-2*3") == "250-2*3"
    assert mask.shown(b"250-***") == "250-***"
    assert base64.b64encode(password.encode()).decode() not in mask.text(
        f"535 {base64.b64encode(password.encode()).decode()}"
    )


def test_an_address_that_somebody_chose_does_not_tell_whether_it_holds_the_password() -> None:
    mask = Mask(USERNAME, "geheim-9Zq")
    mask.spare("a.geheim-9zq.b@x.test", "service@acme.test")

    told = "RCPT TO:<a.geheim-9zq.b@x.test>"
    assert mask.text(told) == told
    assert mask.shown(told.encode()) == told
    assert mask.text(f"{told} geheim-9Zq {told}") == f"{told} {HIDDEN} {told}"
    assert mask.shown(b"geheim-9Zq service@acme.test") == f"{HIDDEN} service@acme.test"
    mask.spare("other@x.test")
    assert HIDDEN in mask.text(told)


def test_a_password_that_is_or_holds_an_address_is_hidden_with_it() -> None:
    mask = Mask(USERNAME, "x:Ada@acme.test")
    mask.spare("ada@acme.test", "x:ada@acme.test")

    assert mask.text("535 x:ada@acme.test") == f"535 {HIDDEN}"
    assert mask.shown(b"535 x:ada@acme.test") == f"535 {HIDDEN}"


def test_every_fact_of_a_stage_is_masked() -> None:
    secret = "geheim-9Zq"
    told = Sentence("%(said)s %(port)s", {"said": f"you said {secret}", "port": 25})
    stage = Stage(
        StageName.SIGN_IN,
        ok=False,
        seen=(told,),
        meaning=told,
        cause=told,
        advice=told,
        correction=Correction({"port": 465}, told),
    )

    masked = Mask(USERNAME, secret).stage(stage)

    assert secret not in repr(masked)
    assert masked.seen[0].facts == {"said": f"you said {HIDDEN}", "port": 25}


def test_nothing_can_be_read_off_a_mask() -> None:
    assert "geheim" not in repr(Mask(USERNAME, "geheim-9Zq"))


def test_a_long_talk_keeps_its_beginning_and_its_end() -> None:
    transcript = Transcript(Mask("", ""))
    for number in range(10_000):
        transcript.server(f"250 {number}")

    lines = str(transcript).splitlines()

    assert len(lines) == FIRST + LAST + 1
    assert lines[0] == "S: 250 0"
    assert lines[FIRST] == f"* [{10_000 - FIRST - LAST:,} lines left out]"
    assert lines[-1] == "S: 250 9999"


def test_a_long_line_is_cut() -> None:
    transcript = Transcript(Mask("", ""))
    transcript.server(b"250 " + b"x" * 4000)

    assert len(str(transcript)) < 600
    assert str(transcript).endswith("…")


@given(PASSWORDS)
def test_a_password_across_the_end_of_what_is_shown_is_hidden(password: str) -> None:
    assume(len(password) > 8 and "x" not in password.lower())
    transcript = Transcript(Mask("", password))
    transcript.server("x" * 496 + password)

    assert str(transcript).startswith("S: " + "x" * 496 + HIDDEN[:4])
