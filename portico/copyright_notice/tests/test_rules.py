"""What a copyright notice must hold, and what it says in a given year."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.copyright_notice.rules import (
    InvisibleCharacter,
    LookAlikeSymbol,
    NoOwner,
    NoSymbol,
    NoSymbolNorOwner,
    NoSymbolNorYear,
    NothingOfANotice,
    NoticeTooLong,
    NoYear,
    NoYearNorOwner,
    SeveralLines,
    UnknownPlaceholder,
    check_notice,
    owner_of,
    past_year,
    preview_words,
    render,
    standard_notice,
    year_at,
)
from portico.kernel.errors import Invalid

ACCEPTED = [
    ("© 2026 Acme Pay", "Acme Pay"),
    ("©2026 Acme", "Acme"),
    ("© {year} Acme Pay. All rights reserved.", "Acme Pay"),
    ("© {first_year}-{year} Acme", "Acme"),
    ("© {first_year}–{year} Acme", "Acme"),
    ("© {first_year} Acme", "Acme"),
    ("© 2019-{year} Acme", "Acme"),
    ("© 2019 – {year} Acme", "Acme"),
    ("© 2019, 2021, 2023 Acme", "Acme"),
    ("© 2019-26 Acme", "Acme"),
    ("Copyright 2026 Acme", "Acme"),
    ("COPYRIGHT 2026 ACME", "ACME"),
    ("copyright {year} acme", "acme"),
    ("Copyright © {year} Acme, Inc.", "Acme, Inc"),
    ("Copyright (c) 2026 Acme", "Acme"),
    ("Copyright: 2026, Acme", "Acme"),
    ("Acme © 2026", "Acme"),
    ("2026 © Acme", "Acme"),
    ("Acme, Copyright {year}", "Acme"),
    ("©️ 2026 Acme", "\ufe0f Acme"),
    ("© 2026 3M", "3M"),
    ("© 2026 360", "360"),
    ("© 2026 A", "A"),
    ("© 2026 Acme | All Rights Reserved", "Acme"),
    ("© 2026 Acme - ALL  RIGHTS  RESERVED!", "Acme - !"),
    ("All rights reserved. © 2026 Acme", "Acme"),
    ("© 2026 Acme. Alle Rechte vorbehalten.", "Acme"),
    ("© 2026 Société Générale. Tous droits réservés.", "Société Générale"),
    ("© 2026 Banco Ñandú. Todos los derechos reservados", "Banco Ñandú"),
    ("Copyright {year} Müller & Söhne GmbH", "Müller & Söhne GmbH"),
    ("© {year} “Acme” <Pay> & O'Brien's", "“Acme” <Pay> & O'Brien's"),
    ("© 2019-2026 支付宝（中国）网络技术有限公司", "支付宝（中国）网络技术有限公司"),
    ("版权所有 © 2026 支付宝", "支付宝"),
    ("版权所有Copyright2026支付宝All Rights Reserved", "支付宝"),
    ("© 2026年 微信", "年 微信"),
    ("Copyright © ２０２６ 株式会社アクメ", "株式会社アクメ"),
    ("© {year} 카카오페이", "카카오페이"),
    ("حقوق النشر © {year} شركة أكمي", "حقوق النشر شركة أكمي"),
    ("© ٢٠٢٦ شركة أكمي. جميع الحقوق محفوظة", "شركة أكمي"),
    ("© ۱۴۰۵ بانک ملی", "بانک ملی"),
    ("\u200f© {year} שב״ק בע״מ\u200f", "\u200f שב״ק בע״מ\u200f"),
    ("© 2569 ธนาคาร", "ธนาคาร"),
    ("© २०२६ भारतीय बैंक", "भारतीय बैंक"),
    ("© {year} ООО «Акме»", "ООО «Акме»"),
    ("© {year} Ελληνική Τράπεζα", "Ελληνική Τράπεζα"),
    ("© {year} 🚀 Rocket", "🚀 Rocket"),
    ("© {year} 👩‍💻 Dev", "👩‍💻 Dev"),
    ("© {year} Clearance, formerly Copyright Clearance", "Clearance, formerly Clearance"),
]

REFUSED = [
    ("2026 Acme", NoSymbol),
    ("{year} Acme. All rights reserved.", NoSymbol),
    ("Copyrighted 2026 Acme", NoSymbol),
    ("™ 2026 Acme", NoSymbol),
    ("℗ 2026 Acme", NoSymbol),
    ("版权所有 2026 支付宝", NoSymbol),
    ("(c) 2026 Acme", LookAlikeSymbol),
    ("(C) {year} Acme", LookAlikeSymbol),
    ("( c ) 2026 Acme", LookAlikeSymbol),
    ("ⓒ 2026 카카오", LookAlikeSymbol),
    ("&copy; 2026 Acme", LookAlikeSymbol),
    ("&#169; 2026 Acme", LookAlikeSymbol),
    ("© Acme", NoYear),
    ("© 26 Acme", NoYear),
    ("© 20260 Acme", NoYear),
    ("© 0026 Acme", NoYear),
    ("© 9999 Acme", NoYear),
    ("Copyright Acme. All rights reserved.", NoYear),
    ("© MMXXVI Acme", NoYear),
    ("© 2026", NoOwner),
    ("©2026", NoOwner),
    ("© {year}", NoOwner),
    ("© {first_year}-{year}", NoOwner),
    ("© 2019-26", NoOwner),
    ("Copyright © 2026. All Rights Reserved.", NoOwner),
    ("© 2026 all rights reserved", NoOwner),
    ("© 2026 | ALL RIGHTS RESERVED!", NoOwner),
    ("© 2026 版权所有", NoOwner),
    ("© 2026 – Alle Rechte vorbehalten", NoOwner),
    ("© 2026 🚀", NoOwner),
    ("© 2026 ---", NoOwner),
    ("© 2026 \u200b", NoOwner),
    ("© 2026 (c)", NoOwner),
    ("Acme", NoSymbolNorYear),
    ("(c) Acme", NoSymbolNorYear),
    ("All rights reserved by Acme", NoSymbolNorYear),
    ("2026", NoSymbolNorOwner),
    ("(c) 2026", NoSymbolNorOwner),
    ("{year}. All rights reserved.", NoSymbolNorOwner),
    ("©", NoYearNorOwner),
    ("Copyright", NoYearNorOwner),
    ("© All rights reserved", NoYearNorOwner),
    ("All rights reserved.", NothingOfANotice),
    ("...", NothingOfANotice),
    ("🚀", NothingOfANotice),
    ("(c)", NothingOfANotice),
    ("© {years} Acme", UnknownPlaceholder),
    ("© {YEAR} Acme", UnknownPlaceholder),
    ("© {year } Acme", UnknownPlaceholder),
    ("© {} Acme", UnknownPlaceholder),
    ("© {{year}} Acme", UnknownPlaceholder),
    ("© {year Acme", UnknownPlaceholder),
    ("© year} Acme", UnknownPlaceholder),
    ("© {year} {owner}", UnknownPlaceholder),
    ("© {first_year}-{last_year} Acme", UnknownPlaceholder),
    ("© 2026\nAcme", SeveralLines),
    ("© 2026\r\nAcme", SeveralLines),
    ("© 2026\u2028Acme", SeveralLines),
    ("© 2026\u2029Acme", SeveralLines),
    ("© 2026\x85Acme", SeveralLines),
    ("© 2026\tAcme", InvisibleCharacter),
    ("© 2026 \x00Acme", InvisibleCharacter),
    ("© 2026 \x1b[31mAcme", InvisibleCharacter),
    ("© 2026 \x7fAcme", InvisibleCharacter),
    ("© 2026 \u202eemcA", InvisibleCharacter),
    ("© 2026 \u202aAcme\u202c", InvisibleCharacter),
    ("© 2026 \u2067Acme\u2069", InvisibleCharacter),
    ("© 2026 \ud83d Acme", InvisibleCharacter),
]


@pytest.mark.parametrize(("text", "owner"), ACCEPTED)
def test_a_notice_with_symbol_year_and_owner_is_kept_as_it_is(text: str, owner: str) -> None:
    assert check_notice(text) == text
    assert owner_of(text) == owner


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_a_notice_that_lacks_something_is_refused_for_just_that(
    text: str, reason: type[Invalid]
) -> None:
    with pytest.raises(Invalid) as refusal:
        check_notice(text)

    assert type(refusal.value) is reason


def test_no_notice_at_all_is_allowed() -> None:
    assert check_notice("") == ""


def test_a_notice_may_have_200_characters_and_not_one_more() -> None:
    longest = "© {year} ".ljust(200, "支")

    assert check_notice(longest) == longest
    with pytest.raises(NoticeTooLong) as refusal:
        check_notice(longest + "付")
    assert str(refusal.value) == "This notice has 201 characters. At most 200 are accepted."


def test_a_refusal_says_what_is_missing_or_wrong_and_what_would_be_accepted() -> None:
    met = {}
    for text in ("2026 Acme", "(c) 2026 Acme", "Acme", "...", "© {owner}", "© 2026 \u202eAcme"):
        with pytest.raises(Invalid) as refusal:
            check_notice(text)
        met[text] = str(refusal.value)

    assert met == {
        "2026 Acme": "The notice needs a symbol: © or the word “Copyright”.",
        "(c) 2026 Acme": "“(c)” is not the copyright symbol. Write © or the word “Copyright” in "
        "its place.",
        "Acme": "The notice needs a symbol and a year: © or “Copyright”, and {year} or four "
        "digits.",
        "...": "The notice needs a symbol, a year and an owner, for example: © {year} Example Ltd.",
        "© {owner}": "{owner} cannot be filled in. The words in braces that are known are {year} "
        "and {first_year}.",
        "© 2026 \u202eAcme": "This notice holds an invisible character (U+202E) that is not plain "
        "text. Remove it, or type the notice by hand.",
    }


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("© {year} Acme", "© 2026 Acme"),
        ("© {first_year} Acme", "© 2024 Acme"),
        ("© {first_year}-{year} Acme", "© 2024-2026 Acme"),
        ("© {first_year} – {year} Acme", "© 2024 – 2026 Acme"),
        ("© 2019-{year} Acme", "© 2019-2026 Acme"),
        ("© 2026-{year} Acme", "© 2026 Acme"),
        ("© 2026–{year} Acme", "© 2026 Acme"),
        ("© 2026 – {year} Acme", "© 2026 Acme"),
        ("© 2026-2026 Acme", "© 2026 Acme"),
        ("© {year}-{year} Acme", "© 2026 Acme"),
        ("© ٢٠٢٦-{year} Acme", "© 2026 Acme"),
        ("© 2019, {year} Acme", "© 2019, 2026 Acme"),
        ("© 2019 Acme", "© 2019 Acme"),
        ("© {year} Acme 12026-2026", "© 2026 Acme 12026-2026"),
        ("", ""),
    ],
)
def test_the_years_stand_in_their_places(text: str, shown: str) -> None:
    assert render(text, year=2026, first_year=2024) == shown


def test_a_workspace_in_its_first_year_shows_one_year_and_not_a_range() -> None:
    assert render("© {first_year}-{year} Acme", year=2026, first_year=2026) == "© 2026 Acme"
    assert render("© {first_year}-{year} Acme", year=2027, first_year=2026) == "© 2026-2027 Acme"


@pytest.mark.parametrize(
    ("text", "past"),
    [
        ("© 2023 Acme", 2023),
        ("© 2019-2023 Acme", 2023),
        ("© 2023, 2019 Acme", 2023),
        ("© {first_year} Acme", 2024),
        ("© ٢٠٢٣ Acme", 2023),
        ("© 2026 Acme", None),
        ("© 2019-2026 Acme", None),
        ("© 2027 Acme", None),
        ("© {year} Acme", None),
        ("© 2019-{year} Acme", None),
        ("© {year} Acme, founded in 1998", None),
        ("© ۱۴۰۵ Acme", None),
        ("© 2569 Acme", None),
        ("", None),
    ],
)
def test_a_year_that_has_passed_is_noticed_unless_it_renews_itself(
    text: str, past: int | None
) -> None:
    assert past_year(text, year=2026, first_year=2024) == past


@pytest.mark.parametrize(
    ("owner", "notice"),
    [
        ("Acme Pay", "© {year} Acme Pay. All rights reserved."),
        ("Acme Inc.", "© {year} Acme Inc. All rights reserved."),
        ("支付宝", "© {year} 支付宝. All rights reserved."),
    ],
)
def test_the_standard_notice_passes_the_check(owner: str, notice: str) -> None:
    assert standard_notice(owner) == notice
    assert check_notice(notice) == notice


@pytest.mark.parametrize(
    ("time_zone", "year"),
    [
        ("UTC", 2026),
        ("America/New_York", 2026),
        ("Pacific/Pago_Pago", 2026),
        ("Asia/Shanghai", 2027),
        ("Pacific/Kiritimati", 2027),
    ],
)
def test_the_year_turns_when_it_turns_in_the_time_zone(time_zone: str, year: int) -> None:
    last_hour_in_utc = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)

    assert year_at(last_hour_in_utc, time_zone) == year


NOTICES = st.lists(
    st.sampled_from(
        [
            *("©", "Copyright", "(c)", "{year}", "{first_year}", "2026", "2024", "1999", "2026-"),
            *("-", "–", " - ", " ", ".", "Acme", "支付宝", "All rights reserved", "ß", "{", "}"),
            *("\u200f", "٢٠٢٦", "\n", "\u202e", "🚀"),
        ]
    ),
    max_size=12,
).map("".join)
YEARS = st.integers(2020, 2030)


@given(text=st.one_of(NOTICES, st.text(max_size=80)), year=YEARS, first_year=YEARS)
def test_what_is_shown_has_no_placeholder_left_and_still_is_a_notice(
    text: str, year: int, first_year: int
) -> None:
    try:
        kept = check_notice(text)
    except Invalid:
        return

    shown = render(kept, year=year, first_year=first_year)

    assert not set(shown) & set("{}")
    assert bool(owner_of(shown)) is bool(text)
    assert len(shown) <= len(text)


RANGES = st.tuples(
    st.sampled_from(["© ", "Copyright "]),
    st.sampled_from(["", "{first_year}", "2019", "2024", "2026"]),
    st.sampled_from(["-", "–", " - ", " – "]),
    st.sampled_from([" Acme", " 支付宝. All rights reserved."]),
)


@given(parts=RANGES, year=YEARS, age=st.integers(0, 6))
def test_the_live_preview_shows_what_pages_will_show(
    parts: tuple[str, str, str, str], year: int, age: int
) -> None:
    symbol, start, dash, owner = parts
    text = f"{symbol}{start}{dash if start else ''}{{year}}{owner}"

    shown = text
    for word, meaning in preview_words(year=year, first_year=year - age).items():
        shown = shown.replace(word, meaning)

    assert shown == render(text, year=year, first_year=year - age)
