from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.utils.translation import gettext as _

from portico.service_email.look.content import HIDDEN, Action, Content
from portico.service_email.look.rendering import Rendered, render
from portico.service_email.look.tests.letters import make_letterhead, make_template

NASTY = '<script>alert("1")</script>\u202e&\r\nBcc: eve@example.com\x00\x1b[31m'
FULL = Content(
    subject="Subject",
    heading="Heading",
    paragraphs=("First paragraph.", "Second\nparagraph."),
    facts=(("Port", "587"),),
    quote="A quote.",
    action=Action("Open it", "https://acme.example.com/open?a=1&b=2"),
    notes=("A note.",),
)


def written(content: Content = FULL, language: str = "en", **letterhead: object) -> Rendered:
    return render(
        make_template(content),
        {},
        make_letterhead(**letterhead),  # type: ignore[arg-type]
        language=language,
    )


def test_everything_that_is_said_is_in_both_parts() -> None:
    mail = written()

    for words in ("Heading", "First paragraph.", "587", "A quote.", "Open it", "A note."):
        assert words in mail.html
        assert words in mail.text
    for part in (mail.html, mail.text):
        assert "Acme Pay sent this message automatically." in part
        assert "https://acme.example.com/help" in part
        assert "© 2026 Acme Pay" in part


def test_links_in_the_text_have_lines_to_themselves() -> None:
    lines = written().text.splitlines()

    assert FULL.action is not None
    assert FULL.action.url in lines
    assert "https://acme.example.com/help" in lines


def test_nothing_in_a_mail_is_loaded_from_anywhere() -> None:
    html = written().html

    sources = re.findall(r'\bsrc="([^"]*)"', html)
    assert len(sources) == 1
    assert sources[0].startswith("cid:logo.")
    assert not re.search(r"url\(|@import|<link|<script|srcset|background=", html)


def test_styles_are_written_into_the_elements_and_media_queries_stay() -> None:
    html = written().html

    assert re.search(r'<h1 class="heading" style="[^"]*font-size: 22px', html)
    assert html.count("<style") == 2  # ours, and the one for Outlook in a comment
    assert "@media (prefers-color-scheme: dark)" in html
    assert "@media (max-width: 480px)" in html
    assert '<meta name="color-scheme" content="light dark">' in html


def test_no_template_tag_and_no_placeholder_is_left() -> None:
    html = written().html

    assert "{%" not in html
    assert "{{" not in html
    assert not re.search(r"#0[1-9]0[1-9]0[1-9]", html)


def test_the_brand_s_color_is_worn_with_text_that_can_be_read_on_it() -> None:
    html = written(color="#7a1fa2").html

    assert "background-color: #7a1fa2" in html
    assert re.search(r'class="press"[^>]*color: #ffffff', html)


def test_a_color_that_could_not_be_read_is_not_worn() -> None:
    html = written(color="#ffee00").html

    assert "#ffee00" not in html
    assert "#3a56c8" in html


def test_texts_with_markup_stay_texts() -> None:
    content = Content(
        subject=NASTY,
        heading=NASTY,
        paragraphs=(NASTY,),
        facts=((NASTY, NASTY),),
        quote=NASTY,
        action=Action(NASTY, "https://acme.example.com/"),
        notes=(NASTY,),
    )

    mail = written(content, nickname="<script>", notice="<script>")

    assert "<script>" not in mail.html
    assert mail.html.count("&lt;script&gt;") >= 8
    for part in (mail.html, mail.text, mail.subject):
        assert not set("\u202e\x00\x1b\r") & set(part)
    assert "\n" not in mail.subject
    assert mail.subject.startswith("<script>")


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://a b/", "https://[", ""],
)
def test_only_addresses_that_lead_somewhere_become_links(url: str) -> None:
    mail = written(replace(FULL, action=Action("Open it", url)))

    assert "Open it" not in mail.html
    assert "Open it" not in mail.text


def test_a_subject_is_cut_where_the_log_has_no_more_room() -> None:
    mail = written(replace(FULL, subject="word " * 100))

    assert len(mail.subject) == 300 or len(mail.subject) == 299
    assert mail.subject.endswith("…")


def test_a_wide_logo_speaks_the_name_where_pictures_are_not_shown() -> None:
    html = written(nickname="Acme & Co").html

    assert 'alt="Acme &amp; Co"' in html
    assert 'class="name"' not in html


def test_without_a_logo_the_name_stands_in_its_place() -> None:
    html = written(logo=None).html

    assert "<img" not in html
    assert re.search(r'<td class="name"[^>]*>Acme Pay</td>', html)


def test_what_a_mail_begins_with_is_shown_in_the_inbox() -> None:
    html = written().html

    assert re.search(
        r'<div class="preheader"[^>]*display: none[^>]*>First paragraph. Second paragraph.</div>',
        html,
    )


def test_a_mail_is_in_the_language_of_its_reader() -> None:
    template = make_template(
        compose=lambda _context, _links: Content(subject=_("Language"), heading="你好")
    )

    english = render(template, {}, make_letterhead(), language="en")
    chinese = render(template, {}, make_letterhead(), language="zh-hans")

    assert '<html lang="en" dir="ltr"' in english.html
    assert '<html lang="zh-hans" dir="ltr"' in chinese.html
    assert (english.subject, chinese.subject) == ("Language", "语言")


def test_a_language_that_is_read_from_the_right_turns_the_page() -> None:
    assert '<html lang="ar" dir="rtl"' in written(language="ar").html


def test_links_with_a_token_are_made_when_a_mail_is_sent_and_hidden_in_the_log() -> None:
    template = make_template(
        compose=lambda _context, links: replace(FULL, action=Action("Accept", links["accept"])),
        links={"accept": lambda context: f"https://acme.example.com/accept/{context['id']}"},
    )

    sent = render(template, {"id": "s3cret"}, make_letterhead(), language="en")
    kept = render(template, {"id": "s3cret"}, make_letterhead(), language="en", hide_links=True)

    assert "accept/s3cret" in sent.html
    assert "accept/s3cret" in sent.text
    assert "s3cret" not in kept.html + kept.text
    assert HIDDEN in kept.html
    assert HIDDEN in kept.text


def test_a_mail_address_as_contact_is_shown_without_its_scheme() -> None:
    mail = written(contact_url="mailto:help@acme.example.com")

    assert 'href="mailto:help@acme.example.com"' in mail.html
    assert ">help@acme.example.com</a>" in mail.html
    assert "help@acme.example.com" in mail.text.splitlines()
