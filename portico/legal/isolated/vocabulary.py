"""What a PDF may not hold, by the names that the format has for it (ISO 32000-2, 12.6 and 7.11).

Names of entries mean something in their place alone: a font may be called `/AA`. What is asked of
an entry is therefore its name and the shape of its value.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream, String

from portico.legal.isolated.removals import Removal

BY_ACTION: Final = {
    "/JavaScript": Removal.SCRIPT,
    "/Launch": Removal.LAUNCH,
    "/GoToR": Removal.LAUNCH,
    "/GoToE": Removal.LAUNCH,
    "/GoToDp": Removal.LAUNCH,
    "/Thread": Removal.LAUNCH,
    "/SubmitForm": Removal.FORM,
    "/ImportData": Removal.FORM,
    "/ResetForm": Removal.FORM,
    "/Rendition": Removal.MEDIA,
    "/Movie": Removal.MEDIA,
    "/Sound": Removal.MEDIA,
    "/RichMediaExecute": Removal.MEDIA,
    "/GoTo3DView": Removal.MEDIA,
}
"""Actions that are removed wherever they stand."""

HARMLESS_ACTIONS: Final = frozenset({"/GoTo", "/URI"})
HARMLESS_COMMANDS: Final = frozenset({"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"})
ACTION_SLOTS: Final = frozenset({"/A", "/PA", "/NA", "/OpenAction", "/Next"})
EVENTS: Final = frozenset(
    f"/{event}"
    for event in "E X D U Fo Bl PO PC PV PI O C K F V WC WS DS WP DP".split()  # codespell:ignore
)
SCHEMES: Final = ("http://", "https://", "mailto:")

BY_ANNOTATION: Final = {
    "/FileAttachment": Removal.ATTACHMENT,
    "/Sound": Removal.MEDIA,
    "/Movie": Removal.MEDIA,
    "/Screen": Removal.MEDIA,
    "/3D": Removal.MEDIA,
    "/RichMedia": Removal.MEDIA,
    "/Projection": Removal.MEDIA,
}

FROM_CATALOG: Final = {
    "/URI": Removal.LINK,  # an address that all relative links begin with
    "/Collection": Removal.PRIVATE,
    "/Requirements": Removal.PRIVATE,
    "/SpiderInfo": Removal.PRIVATE,
    "/NeedsRendering": Removal.PRIVATE,
    "/Legal": Removal.PRIVATE,
}
NAMES_KEPT: Final = frozenset({"/Dests", "/AP"})
NAMES_COUNTED: Final = {
    "/JavaScript": Removal.SCRIPT,
    "/EmbeddedFiles": Removal.ATTACHMENT,
    "/Renditions": Removal.MEDIA,
}

FILE_NAMES: Final = frozenset({"/F", "/UF", "/DOS", "/Mac", "/Unix"})
DRAWN: Final = frozenset({"/Form", "/Image"})


def name_in(holder: Object, key: str) -> str:
    """A name that stands in a dictionary or stream, "" where there is none."""
    value = holder.get(key)
    return str(value) if isinstance(value, Name) else ""


def banned_action(value: object) -> Removal | None:
    """What is removed where this is an action that may stand nowhere."""
    if not isinstance(value, Dictionary | Stream):
        return None
    kind = name_in(value, "/S")
    if kind == "/URI" and "/URI" in value:
        return None if _is_plain_link(value.get("/URI")) else Removal.LINK
    return BY_ACTION.get(kind)


def banned_in_slot(value: object) -> Removal | None:
    """The same in a place for actions, where only those that are known to be harmless stay."""
    banned = banned_action(value)
    if banned or not isinstance(value, Dictionary | Stream):
        return banned
    kind = name_in(value, "/S")
    if not kind or kind in HARMLESS_ACTIONS:
        return None
    harmless = kind == "/Named" and name_in(value, "/N") in HARMLESS_COMMANDS
    return None if harmless else Removal.ACTION


def banned_in_list(key: str, value: object) -> dict[int, Removal]:
    """Which of several actions in a place for actions must go, by where they stand."""
    if key not in ACTION_SLOTS or not isinstance(value, Array):
        return {}
    kinds = {index: banned_in_slot(one) for index, one in enumerate(value)}
    return {index: kind for index, kind in kinds.items() if kind is not None}


def banned_entry(holder: Object, key: str, value: object) -> Removal | None:
    """What is removed where an entry of a dictionary or stream must go."""
    if key in ACTION_SLOTS:
        return banned_in_slot(value)
    return banned_action(value) or _banned_by_name(holder, key, value)


def _banned_by_name(holder: Object, key: str, value: object) -> Removal | None:
    rule = _BY_NAME.get(key)
    if rule is not None and rule[1](holder, value):
        return rule[0]
    if isinstance(value, Stream) and name_in(value, "/Subtype") == "/PS":
        return Removal.SCRIPT
    return None


def _are_events(_holder: Object, value: object) -> bool:
    """Also where something else stands among them: a font has no dictionary under such a name."""
    if not isinstance(value, Dictionary | Stream):
        return False
    keys = set(value.keys())
    return keys <= EVENTS or any(
        isinstance(value[key], Dictionary | Stream) for key in keys & EVENTS
    )


def _is_script(_holder: Object, value: object) -> bool:
    if isinstance(value, Stream):
        return name_in(value, "/Subtype") not in DRAWN
    return isinstance(value, String)


def _are_files(_holder: Object, value: object) -> bool:
    if not isinstance(value, Dictionary):
        return False
    keys = set(value.keys())
    return keys <= FILE_NAMES or any(isinstance(value[key], Stream) for key in keys & FILE_NAMES)


def _name_files(_holder: Object, value: object) -> bool:
    specifications = list(value) if isinstance(value, Array) else [value]
    return any(
        isinstance(one, Dictionary) and ("/EF" in one or name_in(one, "/Type") == "/Filespec")
        for one in specifications
    )


def _is_private(_holder: Object, value: object) -> bool:
    return isinstance(value, Dictionary | Stream)


def _is_form_data(_holder: Object, value: object) -> bool:
    """XFA, which is refused where readers look for it."""
    return isinstance(value, Stream | Array)


def _is_odd_matrix(_holder: Object, value: object) -> bool:
    """A font's matrix that is more than numbers: readers have run what stood there."""
    return isinstance(value, Array) and not all(isinstance(one, int | Decimal) for one in value)


def _is_odd_metadata(_holder: Object, value: object) -> bool:
    """XMP that declares something of its own, which has been used for attacks."""
    if not isinstance(value, Stream):
        return False
    try:
        return declares(value.read_bytes())
    except pikepdf.PdfError:
        return True


def _is_elsewhere(holder: Object, _value: object) -> bool:
    """A stream whose bytes are in another file."""
    return isinstance(holder, Stream)


def _is_drawn_elsewhere(holder: Object, _value: object) -> bool:
    """A drawing that is a page of another file."""
    return isinstance(holder, Stream) and name_in(holder, "/Subtype") == "/Form"


_BY_NAME: Final[dict[str, tuple[Removal, Callable[[Object, object], bool]]]] = {
    "/AA": (Removal.ACTION, _are_events),
    "/JS": (Removal.SCRIPT, _is_script),
    "/EF": (Removal.ATTACHMENT, _are_files),
    "/AF": (Removal.ATTACHMENT, _name_files),
    "/XFA": (Removal.FORM, _is_form_data),
    "/FontMatrix": (Removal.SCRIPT, _is_odd_matrix),
    "/OnInstantiate": (Removal.SCRIPT, _is_script),
    "/Metadata": (Removal.PRIVATE, _is_odd_metadata),
    "/OPI": (Removal.LAUNCH, _is_private),
    "/PieceInfo": (Removal.PRIVATE, _is_private),
    "/PresSteps": (Removal.PRIVATE, _is_private),
    "/F": (Removal.LAUNCH, _is_elsewhere),
    "/FFilter": (Removal.LAUNCH, _is_elsewhere),
    "/FDecodeParms": (Removal.LAUNCH, _is_elsewhere),
    "/Ref": (Removal.LAUNCH, _is_drawn_elsewhere),
}


def declares(xmp: bytes) -> bool:
    """Whether XML has declarations, in whatever encoding."""
    plain = xmp.replace(b"\0", b"")
    return b"<!DOCTYPE" in plain or b"<!ENTITY" in plain


def _is_plain_link(value: object) -> bool:
    if not isinstance(value, pikepdf.String):
        return False
    address = bytes(value).strip().lower()
    return address.startswith(tuple(scheme.encode() for scheme in SCHEMES))
