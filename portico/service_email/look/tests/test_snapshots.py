"""Every mail reads as it was last looked at. `python -m tests.mails` writes the snapshots anew."""

from __future__ import annotations

from django.conf import settings

from portico.service_email.look.content import all_templates
from tests.mails import kept, snapshots


def test_every_mail_reads_as_it_was_last_looked_at() -> None:
    now = dict(snapshots())

    missing = [path.name for path in now if not path.exists()]
    differing = [
        path.name
        for path, text in now.items()
        if path.exists() and path.read_text(encoding="utf-8") != text
    ]

    assert missing == [], "Write them with `python -m tests.mails`, and look at them."
    assert differing == [], "Write them with `python -m tests.mails`, and look at what changed."


def test_no_snapshot_is_left_of_a_template_that_is_gone() -> None:
    expected = {path for path, _text in snapshots()}

    assert set(kept()) == expected
    texts = {path for path in expected if path.suffix == ".txt"}
    assert len(texts) == len(all_templates()) * len(settings.LANGUAGES)


def test_our_own_mails_are_registered_with_samples() -> None:
    samples = {template.name: template.sample for template in all_templates()}

    assert {"test", "settings_changed"} <= set(samples)
    assert all(samples.values())
