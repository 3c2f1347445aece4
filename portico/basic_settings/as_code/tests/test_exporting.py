from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from django.utils import translation

from conftest import Cast
from portico.basic_settings.as_code.exporting import export
from portico.basic_settings.as_code.packing import opened_at, write_folder, zipped
from portico.basic_settings.as_code.tests.samples import (
    ABOUT,
    NOTICE,
    PASSWORD,
    Hand,
    exported,
    fill,
    save,
    sha256_of,
    upload_logo,
    values_of,
)
from portico.basic_settings.as_code.writing import yaml_of
from portico.basic_settings.registry import all_sections, section_named
from tests.make import AT


def test_an_export_has_every_section_with_the_revision_that_it_was_made_from(cast: Cast) -> None:
    fill(cast.acme)
    save(cast.acme, "about-us", {"url": "https://www.example.com/new"}, based_on=1)

    text = exported(cast.acme).text
    found = yaml.safe_load(text)

    assert found["portico"] == 1
    assert (found["workspace"], found["workspace_id"]) == ("acme", str(cast.acme.id))
    assert found["exported_at"] == "2026-11-22T08:00:00+00:00"
    assert list(found["sections"]) == [section.name for section in all_sections()]
    revisions = {name: given["revision"] for name, given in found["sections"].items()}
    assert revisions["about-us"] == 2
    assert revisions["branding"] == 0
    for section in all_sections():
        assert list(found["sections"][section.name]["values"]) == list(section.schema.model_fields)
    assert found["sections"]["copyright-notice"]["values"]["text"] == NOTICE["text"]


def test_secrets_are_left_out_and_only_said_to_be_there(cast: Cast) -> None:
    fill(cast.acme)

    text = exported(cast.acme).text
    found = yaml.safe_load(text)["sections"]["service-email"]["values"]

    assert found["password"] == {"secret": "kept"}
    assert found["client_secret"] == {"secret": "none"}
    assert PASSWORD not in text
    assert str(values_of(cast.acme, "service-email")["password"]) not in text


def test_an_export_says_what_it_is_to_whoever_opens_it(cast: Cast) -> None:
    text = exported(cast.acme).text

    assert text.startswith("# The settings of Acme Pay.")
    assert "portico settings plan settings.yaml" in text
    for section in all_sections():
        assert f"# {section.title}: {section.about}" in text


def test_the_same_settings_give_the_same_text_in_every_language(cast: Cast) -> None:
    fill(cast.acme)

    with translation.override("zh-hans"):
        chinese = exported(cast.acme).text

    assert chinese == exported(cast.acme).text
    assert zipped(exported(cast.acme)) == zipped(exported(cast.acme))


def test_what_one_may_not_read_is_not_in_it(cast: Cast) -> None:
    text = export(cast.acme, [section_named("about-us")], at=AT).text

    assert list(yaml.safe_load(text)["sections"]) == ["about-us"]


def test_an_export_reads_all_sections_in_one_query(
    cast: Cast, django_assert_num_queries: object
) -> None:
    fill(cast.acme)

    with django_assert_num_queries(1):  # type: ignore[operator]
        exported(cast.acme)


def test_files_lie_beside_it_named_by_what_is_in_them(cast: Cast, tmp_path: Path) -> None:
    logo = upload_logo(cast.acme)
    save(cast.acme, "branding", {"logo": logo, "dark_logo": logo})

    made = exported(cast.acme)
    write_folder(made, tmp_path / "acme")

    (file,) = (tmp_path / "acme" / "files").iterdir()
    assert file.name == f"{logo}.png"
    assert sha256_of(file.read_bytes()) == logo
    about = yaml.safe_load(made.text)["files"]
    assert about == {logo: {"name": "Logo.png", "type": "image/png", "size": file.stat().st_size}}
    with zipfile.ZipFile(BytesIO(zipped(made))) as archive:
        assert archive.namelist() == ["settings.yaml", f"files/{logo}.png"]


@pytest.mark.parametrize("where", ["", "settings.yaml"])
def test_a_folder_is_read_again_as_it_was_written(cast: Cast, tmp_path: Path, where: str) -> None:
    fill(cast.acme)
    save(cast.acme, "branding", {"logo": upload_logo(cast.acme)})
    write_folder(exported(cast.acme), tmp_path)

    plan = Hand(cast, cast.acme).plan(opened_at(tmp_path / where))

    assert not plan.is_refused
    assert not plan.is_pending
    assert {one.section.name for one in plan.sections} == {one.name for one in all_sections()}


ODD = [
    "no", "2026-11-22", "0x1f", "~", "", " ", "#", "a: b", "- a", "'", '"', "\\", "{x}", "*a", "&a",
    "!b", "%", "@", "`", "|", ">", "é 爱 😀", "tab\there", "line one\nline two", "line\n", "\nline",
    " lead\nline", "one\n\n  two\n", "a\rb", "next\x85line", "para\u2029graph", "1e3", "null", "on",
    "\ufeff", "12:30", "<<", "=", "?", "x" * 300, "trailing \nspace", "#\n#",
]  # fmt: skip


@pytest.mark.parametrize("indent", [0, 2])
@pytest.mark.parametrize("text", ODD)
def test_every_text_survives_in_every_reader(text: str, indent: int) -> None:
    from portico.basic_settings.as_code.reading import read_yaml

    values = {"first": text, "list": [text, {"deep": text}], "last": 1}
    around = "top:\n" if indent else ""

    written = around + yaml_of(values, indent=indent)

    expected = {"top": values} if indent else values
    assert yaml.safe_load(written) == expected
    assert read_yaml(written.encode()).value == json.loads(json.dumps(expected))


def test_several_lines_stand_as_they_are(cast: Cast) -> None:
    assert yaml_of({"text": "one\ntwo"}) == "text: |-\n  one\n  two\n"
    assert yaml_of({"list": ["a"]}) == "list:\n  - a\n"
    assert ABOUT["url"] in yaml_of(ABOUT)
