"""Forms as the renderer draws them."""

from __future__ import annotations

import re

from django import forms
from django.template import Context, Template
from django.test import override_settings

from portico.kernel.errors import Invalid, InvalidFields
from portico.ui.forms import Choice, ColorInput, CurrentFile, refuse


class MailForm(forms.Form):
    advanced = ("port",)

    sender = forms.EmailField(help_text="Mail comes from here.")
    nickname = forms.CharField(required=False, max_length=20)
    notice = forms.CharField(
        required=False, max_length=200, widget=forms.Textarea(attrs={"data-counter": True})
    )
    secure = forms.BooleanField(required=False)
    mode = forms.ChoiceField(
        widget=forms.RadioSelect(), choices=[("ssl", Choice("TLS", "From the first byte."))]
    )
    logo = forms.FileField(required=False)
    color = forms.CharField(required=False, widget=ColorInput())
    port = forms.IntegerField(initial=25, required=False)
    based_on = forms.IntegerField(widget=forms.HiddenInput())


class TooLong(Invalid):
    code = "too_long"
    sentence = "This has %(used)s characters; at most %(limit)s fit."


def draw(form: forms.Form, source: str = "{% error_summary form %}{% fields form %}") -> str:
    return Template(source).render(Context({"form": form}))


def tag_of(html: str, name: str) -> str:
    """The one control of that name."""
    found = re.findall(rf'<(?:input|textarea|select)[^>]*\bname="{name}"[^>]*>', html)
    assert len(found) == 1, found
    return str(found[0])


def test_a_field_is_described_by_its_help() -> None:
    form = MailForm()

    html = draw(form)

    assert 'aria-describedby="id_sender_helptext"' in tag_of(html, "sender")
    assert '<div id="id_sender_helptext">Mail comes from here.</div>' in html
    assert '<label for="id_sender">Sender</label>' in html


def test_a_wrong_field_is_described_by_its_error_as_well() -> None:
    form = MailForm({"sender": "nobody"})

    html = draw(form)

    assert 'aria-describedby="id_sender_helptext id_sender_error"' in tag_of(html, "sender")
    assert 'aria-invalid="true"' in tag_of(html, "sender")
    assert 'id="id_sender_error"' in html
    assert "aria-invalid" not in tag_of(html, "nickname")


def test_a_group_of_choices_is_a_fieldset_described_by_its_error() -> None:
    form = MailForm({"sender": "a@example.com", "based_on": 1})

    html = draw(form)

    fieldset = re.search(r"<fieldset[^>]*>", html)
    assert fieldset
    assert 'aria-describedby="id_mode_error"' in fieldset.group()
    assert "From the first byte." in html


def test_the_summary_links_to_every_wrong_field() -> None:
    form = MailForm({"sender": "nobody", "port": "x"})

    html = draw(form, "{% error_summary form %}")

    links = re.findall(r'<a href="#([^"]+)"', html)
    assert links == ["id_sender", "id_mode", "id_port"]
    assert all(f'id="{link}"' in draw(form) for link in links)
    assert "Based on: This field is required." in html


def test_nothing_wrong_needs_no_summary() -> None:
    form = MailForm()

    html = draw(form, "{% error_summary form %}")

    assert html.strip() == ""


def test_advanced_fields_are_folded_away() -> None:
    form = MailForm()

    html = draw(form)

    assert re.search(r'<details class="advanced">.*name="port".*</details>', html, re.DOTALL)


def test_advanced_opens_when_something_in_it_is_wrong() -> None:
    form = MailForm({"sender": "a@example.com", "port": "x"})

    html = draw(form)

    assert '<details class="advanced" open>' in html


def test_a_limit_is_counted() -> None:
    form = MailForm(initial={"notice": "twelve signs"})

    html = draw(form)

    assert 'aria-describedby="id_notice_counter"' in tag_of(html, "notice")
    assert re.search(r'data-counter-of="notice">12</span> / 200', html)


def test_optional_fields_say_so_beside_required_ones() -> None:
    form = MailForm()

    html = draw(form)

    assert re.search(r"Nickname<span class=\"optional\">Optional", html)
    assert not re.search(r"Sender<span class=\"optional\">", html)


def test_no_field_says_optional_where_all_are() -> None:
    class AllOptional(forms.Form):
        q = forms.CharField(required=False)

    html = draw(AllOptional())

    assert "Optional" not in html


def test_a_stored_file_is_shown_and_can_be_removed() -> None:
    stored = CurrentFile("logo <1>.svg", "/files/logo.svg", picture=True)
    form = MailForm(initial={"logo": stored})

    html = draw(form)

    assert '<img src="/files/logo.svg" alt="">' in html
    assert "logo &lt;1&gt;.svg" in html
    assert 'type="checkbox"' in tag_of(html, "logo-clear")


def test_leaving_a_file_alone_keeps_it_and_remove_removes_it() -> None:
    stored = CurrentFile("logo.svg", "/files/logo.svg")
    values = {"sender": "a@example.com", "mode": "ssl", "based_on": "1"}

    kept = MailForm(values, initial={"logo": stored})
    removed = MailForm({**values, "logo-clear": "on"}, initial={"logo": stored})

    assert kept.is_valid()
    assert kept.cleaned_data["logo"] is stored
    assert removed.is_valid()
    assert removed.cleaned_data["logo"] is False


def test_a_color_is_a_text_with_a_picker_that_is_not_sent() -> None:
    form = MailForm(initial={"color": "#3a56c8"})

    html = draw(form)

    assert 'type="text"' in tag_of(html, "color")
    assert 'value="#3a56c8"' in tag_of(html, "color")
    assert html.count('type="color"') == 1


def test_a_service_s_refusal_stands_beside_its_field_or_at_the_top() -> None:
    form = MailForm({"sender": "a@example.com", "mode": "ssl", "based_on": "1"})
    assert form.is_valid()
    error = InvalidFields({"nickname": TooLong(used=30, limit=20), "": Invalid()})

    refuse(form, error)

    assert form.errors["nickname"] == ["This has 30 characters; at most 20 fit."]
    assert form.non_field_errors() == ["This value cannot be used."]


def test_a_refusal_of_a_field_that_is_not_shown_goes_to_the_top() -> None:
    form = MailForm({"sender": "a@example.com", "mode": "ssl", "based_on": "1"})
    assert form.is_valid()

    refuse(form, InvalidFields({"elsewhere": Invalid()}))

    assert form.non_field_errors() == ["This value cannot be used."]


def test_what_was_typed_and_what_is_wrong_with_it_stay_text() -> None:
    hostile = '"><script>alert(1)</script>'
    form = MailForm({"sender": hostile, "nickname": hostile, "mode": hostile, "color": hostile})

    html = draw(form)

    assert "<script>" not in html


@override_settings(FORM_RENDERER="portico.ui.forms.Renderer")
def test_a_form_printed_whole_has_summary_and_fields() -> None:
    form = MailForm({"sender": "nobody"})

    html = str(form)

    assert "data-error-summary" in html
    assert 'name="sender"' in html


def test_a_field_from_elsewhere_can_be_renamed() -> None:
    form = MailForm()
    form.fields["sender"].widget.attrs["placeholder"] = "Email"

    html = draw(form, "{% field form.sender label='Your address' help='' placeholder=False %}")

    assert '<label for="id_sender">Your address</label>' in html
    assert "placeholder" not in html
    assert "Mail comes from here." not in html
