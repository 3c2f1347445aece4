"""Components draw what they are given, and cannot be broken out of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from portico.ui.frame import Brand, Image, NavItem, initials_of
from portico.ui.icons import ICONS
from portico.ui.values import (
    Address,
    AppIcon,
    Change,
    Fact,
    Mask,
    Picture,
    Stage,
    StageState,
    State,
    Swatch,
)

HOSTILE = "\"><script>alert('x')</script><b onclick=\"y\" '"

COMPONENTS = [
    "{% button x %}",
    "{% button x href=x %}",
    '{% button "a" name=x value=x tone=x size=x type=x %}',
    '{% button "a" hx_get=x data_y=x aria_label=x title=x %}',
    "{% button x icon_only=True icon='cross' %}",
    "{% chip x tone=x %}",
    '{% icon "gear" label=x %}',
    "{% avatar x size=x %}",
    "{% app_icon sign size=x %}",
    "{% app_icon no_sign size=x %}",
    "{% copy x label=x %}",
    "{% copyable x %}",
    "{% card title=x about=x key=x tone=x %}{{ x }}{% endcard %}",
    "{% alert tone=x title=x %}{{ x }}{% endalert %}",
    "{% empty title=x %}{{ x }}{% endempty %}",
    "{% page_head title=x about=x %}{{ x }}{% endpage_head %}",
    "{% preview title=x scheme=x %}{{ x }}{% endpreview %}",
    "{% menu x key=x tone=x %}{{ x }}{% endmenu %}",
    "{% confirm x key=x action=x title=x yes=x tone=x name=x value=x %}{{ x }}{% endconfirm %}",
    "{% toolbar action=x search_name=x search_value=x search_label=x %}{{ x }}{% endtoolbar %}",
    "{% table label=x %}{{ x }}{% endtable %}",
    "{% sort_head x x kind=x current=x %}",
    "{% tabs nav label=x %}",
    "{% browser_tab title=x icon_url=x preview_of=x fallback_url=x %}",
    "{% brand_logo brand %}",
    "{% facts facts %}",
    "{% diff_table changes %}",
    "{% stages stages direction=x %}",
    "{% value x %}",
]


class Reader(HTMLParser):
    """Collects what a browser would make of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def draw(source: str, values: Mapping[str, object] | None = None, *, query: str = "") -> str:
    """What a template makes of these values."""
    request = RequestFactory().get("/log/" + query)
    return Template(source).render(Context({"request": request, **(values or {})}))


def hostile_values() -> dict[str, object]:
    """A value of every kind that tries to break out."""
    image = Image(HOSTILE, 10, 10)
    picture = Picture(HOSTILE, 10, 10, HOSTILE)
    return {
        "x": HOSTILE,
        "nav": [NavItem(HOSTILE, HOSTILE, current=True)],
        "brand": Brand(HOSTILE, image, image),
        "sign": AppIcon(HOSTILE, HOSTILE),
        "no_sign": AppIcon(HOSTILE),
        "facts": [Fact(HOSTILE, picture), Fact("a", (HOSTILE, State(HOSTILE, HOSTILE)))],
        "changes": [Change(HOSTILE, Address(HOSTILE, HOSTILE), HOSTILE)],
        "stages": [Stage(HOSTILE, StageState.NOW, HOSTILE, HOSTILE)],
    }


@pytest.mark.parametrize("source", COMPONENTS)
def test_a_component_keeps_hostile_text_text(source: str) -> None:
    values = hostile_values()

    read = Reader(draw(source, values))

    assert "script" not in read.tags
    assert "b" not in read.tags
    assert not [name for name, _ in read.attributes if name.startswith("on") or "'" in name]
    assert "alert('x')" in read.text + "".join(value for _, value in read.attributes)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " java\tscript:alert(1)",
        "JAVASCRIPT:x",
        "data:text/html,x",
        "vbscript:x",
    ],
)
def test_a_link_never_leads_to_a_script(url: str) -> None:
    values = {"url": url, "fact": [Fact("a", Address(url))], "nav": [NavItem("a", url)]}
    source = (
        "{% button 'a' href=url %}{% facts fact %}{% tabs nav label='a' %}"
        "<a href='{{ url|address }}'></a>"
        "{% confirm 'a' key='a' action=url title='a' yes='a' %}{% endconfirm %}"
    )

    read = Reader(draw(source, values))

    assert [value for name, value in read.attributes if name in {"href", "action"} and value] == [
        "#icon-external"
    ]


@pytest.mark.parametrize("url", ["/a?b=c&d", "#a", "https://example.com/", "mailto:a@example.com"])
def test_a_link_leads_to_the_web_and_to_mail(url: str) -> None:
    html = draw("{% button 'a' href=url %}", {"url": url})

    assert ("href", url) in Reader(html).attributes


@pytest.mark.parametrize("name", ["onclick", "style", "hx_on", "srcdoc"])
def test_a_button_takes_no_attribute_that_our_policy_would_kill(name: str) -> None:
    source = "{% button 'a' " + name + "='b' %}"

    with pytest.raises(TypeError, match=name):
        draw(source)


@pytest.mark.parametrize("color", ["red", "#fff", "#12345g", "#123456;}body{display:none", ""])
def test_a_brand_color_that_is_no_color_is_refused(color: str) -> None:
    logo = Image("/logo.svg", 10, 10)

    with pytest.raises(ValueError, match="#rrggbb"):
        Brand("Acme", logo, color=color)


def test_an_unknown_icon_is_refused() -> None:
    source = "{% icon 'unicorn' %}"

    with pytest.raises(ValueError, match="unicorn"):
        draw(source)


def test_every_icon_is_in_the_sprite() -> None:
    html = draw("{% sprite %}")

    assert set(re.findall(r'id="icon-([a-z-]+)"', html)) == set(ICONS)


def test_values_are_shown_by_their_kind() -> None:
    at = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    shown = [None, "", (), True, False, 0, Mask(is_set=True), Swatch("#3a56c8"), State("Live"), at]

    texts = [Reader(draw("{% value x %}", {"x": value})).text.split() for value in shown]

    assert texts[:3] == [["Not", "set"]] * 3
    assert texts[3:6] == [["On"], ["Off"], ["0"]]
    assert texts[6][0].startswith("••••••••")
    assert texts[7:9] == [["#3a56c8"], ["Live"]]
    assert texts[9]


def test_a_confirmation_opens_by_command_or_as_a_popover_and_posts_with_a_token() -> None:
    source = "{% confirm 'Go' key='a b' action='/do/' title='Go?' yes='Yes' %}{% endconfirm %}"

    read = Reader(draw(source, {"csrf_token": "token-1"}))

    assert {("command", "show-modal"), ("commandfor", "confirm-a-b")} <= set(read.attributes)
    assert {("popovertarget", "confirm-a-b"), ("action", "/do/")} <= set(read.attributes)
    assert ("value", "token-1") in read.attributes


def test_pages_keep_the_query_string() -> None:
    page = Paginator(range(100), 10).page(3)

    html = draw("{% pagination page %}", {"page": page}, query="?q=a%26b&sort=-at&page=3")

    links = [value for name, value in Reader(html).attributes if name == "href"]
    assert "?q=a%26b&sort=-at&page=2" in links
    assert "?q=a%26b&sort=-at&page=4" in links
    assert "21 to 30 of 100" in html


def test_one_page_needs_no_pagination() -> None:
    page = Paginator(range(3), 10).page(1)

    html = draw("{% pagination page %}", {"page": page})

    assert html.strip() == ""


@pytest.mark.parametrize(
    ("query", "direction", "link"),
    [
        ("?q=a&page=4", None, "?q=a&sort=at"),
        ("?sort=at", "ascending", "?sort=-at"),
        ("?sort=-at", "descending", "?sort=at"),
    ],
)
def test_a_head_sorts_one_way_then_the_other(query: str, direction: str | None, link: str) -> None:
    source = "{% sort_head 'When' 'at' %}"

    attributes = dict(Reader(draw(source, query=query)).attributes[:3])

    assert attributes.get("aria-sort") == direction
    assert attributes["href"] == link


@pytest.mark.parametrize(
    ("name", "otherwise", "initials"),
    [
        ("Ada Lovelace", "", "AL"),
        ("Ada", "", "A"),
        ("Ada Mary King Lovelace", "", "AL"),
        ("", "zoe@example.com", "ZC"),
        ("陳大文", "", "陳"),
        ("", "", "?"),
    ],
)
def test_initials_stand_for_a_name(name: str, otherwise: str, initials: str) -> None:
    given = (name, otherwise)

    made = initials_of(*given)

    assert made == initials
