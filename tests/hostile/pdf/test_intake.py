"""Every hostile PDF is refused in plain words, or cleaned; and the process lives.

What may break its reader is read in a child, as it always is; what is only to be cleaned is
cleaned here, by the same code.
"""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from portico.legal.isolated.intake import take_in as take_in_here
from portico.legal.isolated.protocol import LONGEST_SIDE
from portico.legal.isolated.refusals import UnusablePdf
from portico.legal.rules.isolation import draw_page, take_in
from tests.hostile.pdf import actions, hidden, scripts, structures
from tests.hostile.pdf.cases import EVIL, WORDS, Case, changed
from tests.pdfs import make_pdf

REFUSED = structures.CASES
CLEANED = (*scripts.CASES, *actions.CASES, *hidden.CASES)


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_a_hostile_pdf_is_refused_in_plain_words(case: Case) -> None:
    content = case.make()

    with pytest.raises(UnusablePdf) as refusal:
        take_in(content)

    assert refusal.value.code == case.code
    assert str(refusal.value).endswith(".")


@pytest.mark.soak
@pytest.mark.parametrize("case", structures.LASTING, ids=str)
def test_a_pdf_that_wears_out_its_reader_is_refused(case: Case) -> None:
    content = case.make()

    with pytest.raises(UnusablePdf) as refusal:
        take_in(content)

    assert refusal.value.code == case.code


@pytest.mark.parametrize("case", CLEANED, ids=str)
def test_a_hostile_pdf_is_cleaned_and_says_of_what(case: Case) -> None:
    content = case.make()

    cleaned = take_in_here(content)

    assert cleaned.removed == {kind.value: count for kind, count in case.removed.items()}
    assert EVIL not in _all_of(cleaned.content)
    assert cleaned.texts == (WORDS,)


@pytest.mark.parametrize("case", CLEANED, ids=str)
def test_what_was_cleaned_is_clean_and_stays_as_it_is(case: Case) -> None:
    cleaned = take_in_here(case.make())

    again = take_in_here(cleaned.content)

    assert again.removed == {}
    assert again.content == cleaned.content


@pytest.mark.parametrize("name", structures.DRAWABLE)
def test_a_strange_pdf_is_drawn_within_bounds(name: str) -> None:
    cleaned = take_in(structures.DRAWABLE[name]())

    picture = Image.open(BytesIO(draw_page(cleaned.content, 1)))

    assert picture.format == "PNG"
    assert max(picture.size) <= LONGEST_SIDE
    assert picture.size == cleaned.pages[0]


def test_plain_links_stay() -> None:
    content = changed(actions.with_plain_links)

    cleaned = take_in(content)

    assert cleaned.removed == {}
    kept = _all_of(cleaned.content)
    assert all(address in kept for address in actions.PLAIN_LINKS)


def test_what_stands_behind_the_end_goes() -> None:
    content = make_pdf(WORDS) + b"\nPK\x03\x04 an archive of " + EVIL.encode()

    cleaned = take_in(content)

    assert cleaned.removed == {"trailing": 1}
    assert EVIL.encode() not in cleaned.content


def test_a_signed_pdf_that_is_clean_stays_as_it_is_byte_for_byte() -> None:
    content = structures.signed()

    cleaned = take_in(content)

    assert cleaned.content == content
    assert cleaned.signed


def test_fonts_and_drawings_may_be_called_what_they_like() -> None:
    """Names of resources that elsewhere mean an action, a script or an attachment."""

    def rename(pdf: pikepdf.Pdf) -> None:
        fonts = pdf.pages[0].obj.Resources.Font
        for name in ("/AA", "/JS", "/EF", "/AF", "/A", "/Next", "/F", "/URI", "/JavaScript"):
            fonts[name] = fonts.L
        content = pdf.pages[0].obj.Contents.read_bytes()
        pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, content.replace(b"/L ", b"/AA "))

    cleaned = take_in(changed(rename))

    assert cleaned.removed == {}
    assert cleaned.texts == (WORDS,)


def test_names_of_cases_are_unique() -> None:
    names = [case.name for case in (*REFUSED, *CLEANED)]

    assert len(set(names)) == len(names)
    assert len(names) >= 95


def _all_of(content: bytes) -> str:
    """All that is in a PDF, unpacked, as text."""
    with pikepdf.open(BytesIO(content)) as pdf:
        found = [pdf.trailer.unparse().decode("latin-1")]
        for one in pdf.objects:
            found.append(one.unparse(resolved=True).decode("latin-1"))
            if isinstance(one, pikepdf.Stream):
                found.append(one.read_bytes().decode("latin-1"))
    return "\n".join(found)
