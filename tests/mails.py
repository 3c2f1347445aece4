"""How every mail reads, kept beside the code: `python -m tests.mails` writes it anew.

Look at what changed before you commit it: these are the words that people get.
"""

from __future__ import annotations

import os
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

SNAPSHOTS = Path(__file__).resolve().parent.parent / "portico/service_email/look/tests/snapshots"
# One white pixel: no drawing of ours, so that no other version of Pillow changes its name.
PIXEL = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAG7buVgAAAABJRU5ErkJggg=="
)


def snapshots() -> Iterator[tuple[Path, str]]:
    """Every registered template in every language, with its sample: where it is kept, and how it
    reads now. Of templates that one function composes, the first alone is kept as HTML, too."""
    from django.conf import settings

    from portico.service_email.look.content import all_templates
    from portico.service_email.look.letterheads import Letterhead, colors_of
    from portico.service_email.look.logos import Logo
    from portico.service_email.look.rendering import render

    letterhead = Letterhead(
        workspace_name="Acme Pay",
        nickname="Acme Pay",
        account="mail@acme.example.com",
        reply_to="",
        contact_url="https://acme.example.com/help",
        copyright="© 2026 Acme Pay. All rights reserved.",
        colors=colors_of("#7a1fa2"),
        logo=Logo(PIXEL, width=160, height=40),
    )
    looks = set[object]()
    for template in all_templates():
        look = getattr(template.compose, "func", template.compose)
        is_first = look not in looks
        looks.add(look)
        for language, _title in settings.LANGUAGES:
            mail = render(template, template.sample, letterhead, language=language, hide_links=True)
            name = f"{template.name}.{language}"
            if is_first:
                yield SNAPSHOTS / f"{name}.html", mail.html
            yield SNAPSHOTS / f"{name}.txt", f"{mail.subject}\n\n{mail.text}"


def write() -> list[Path]:
    """Write all of them, and remove those of templates that are gone; returns what changed."""
    SNAPSHOTS.mkdir(exist_ok=True)
    now = dict(snapshots())
    gone = [path for path in kept() if path not in now]
    changed = [
        path
        for path, text in now.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path in gone:
        path.unlink()
    for path in changed:
        path.write_text(now[path], encoding="utf-8")
    return sorted(gone + changed)


def kept() -> list[Path]:
    """All snapshots that are there."""
    return sorted(path for path in SNAPSHOTS.iterdir() if path.suffix in {".html", ".txt"})


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portico.config.settings")
    django.setup()
    for changed in write():
        print(changed.relative_to(Path.cwd()) if changed.is_relative_to(Path.cwd()) else changed)
