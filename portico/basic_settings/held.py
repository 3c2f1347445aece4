"""Secrets typed into a form that came back, for an error elsewhere or somebody else's save.

They are not printed into the page again. They wait, sealed, in the person's session, for half an
hour, and for the values they were typed with: the form that came back names them by a random id,
followed by the fields that they were typed into.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.utils.crypto import get_random_string

from portico.basic_settings.registry import AnySection
from portico.kernel.errors import Invalid, gettext_noop
from portico.secrets.services import Binding, SecretUnusable, seal, unseal
from portico.workspaces.http import MemberRequest

KEY = "portico-typed"
LASTS = timedelta(minutes=30)
LOST = "lost"


class NoLongerHeld(Invalid):
    code = "no_longer_held"
    sentence = gettext_noop(
        "Type it again. What you typed before was kept for half an hour, and only together with "
        "the values that it was typed for."
    )


def hold(
    request: MemberRequest,
    section: AnySection,
    texts: Mapping[str, str],
    *,
    typed_for: Mapping[str, str],
    gone: Iterable[str] = (),
) -> str:
    """Keep what was typed, in place of what was kept before; returns the name to ask for it by.

    `gone` are fields that were typed into, too, and whose text is not kept.
    """
    if not texts:
        return ""
    held_id = get_random_string(22)
    binding = _binding(request, section, held_id, typed_for)
    sealed = {name: seal(text, binding) for name, text in texts.items()}
    request.session[KEY] = {
        **request.session.get(KEY, {}),
        section.name: {"id": held_id, "sealed": sealed},
    }
    return ".".join([held_id, *texts, *gone])


def lost(fields: Iterable[str]) -> str:
    """The name of what is not kept, although it was typed: whoever typed something that was
    refused must not save without it."""
    names = list(fields)
    return ".".join([LOST, *names]) if names else ""


def fields_in(name: str, section: AnySection) -> tuple[str, ...]:
    """The secret fields that something was typed into before the form came back."""
    _held_id, *fields = name.split(".")
    return tuple(field for field in section.secrets if field in fields)


def held(
    request: MemberRequest, section: AnySection, name: str, *, typed_for: Mapping[str, str]
) -> dict[str, str]:
    """What was kept under this name, by field; nothing where it was for other values, or too long
    ago."""
    held_id = name.partition(".")[0]
    kept = request.session.get(KEY, {}).get(section.name)
    if not kept or kept["id"] != held_id:
        return {}
    binding = _binding(request, section, held_id, typed_for)
    try:
        return {
            name: unseal(sealed, binding, lasts=LASTS) for name, sealed in kept["sealed"].items()
        }
    except SecretUnusable:
        return {}


def let_go(request: MemberRequest, section: AnySection) -> None:
    """Forget what was kept for this section."""
    kept = request.session.get(KEY, {})
    if section.name in kept:
        request.session[KEY] = {name: one for name, one in kept.items() if name != section.name}


def _binding(
    request: MemberRequest, section: AnySection, held_id: str, typed_for: Mapping[str, str]
) -> Binding:
    return Binding(
        {
            **{f"for.{name}": value for name, value in typed_for.items()},
            "held": held_id,
            "section": section.name,
            "workspace": str(request.workspace.id),
            "person": str(request.user.pk),
        }
    )
