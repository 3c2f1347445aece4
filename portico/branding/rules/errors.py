"""Why a picture that could be read is refused nevertheless: its size or its shape."""

from __future__ import annotations

from portico.branding.isolated.refusals import UnusablePicture
from portico.kernel.errors import gettext_noop


class EmptyFile(UnusablePicture):
    code = "empty_file"
    sentence = gettext_noop("This file is empty. Choose the picture again.")


class TooLarge(UnusablePicture):
    """`size` and `limit` come with their unit, such as "1.2 MiB"."""

    code = "too_large"
    sentence = gettext_noop("This file has %(size)s; at most %(limit)s are accepted.")


class TooLow(UnusablePicture):
    """In pixels."""

    code = "too_low"
    sentence = gettext_noop(
        "This picture is only %(height)s pixels high. "
        "Upload one that is at least %(least)s pixels high, or an SVG."
    )


class TooSmall(UnusablePicture):
    """In pixels."""

    code = "too_small"
    sentence = gettext_noop(
        "This picture is only %(width)s × %(height)s pixels large. "
        "Upload one of at least %(least)s × %(least)s pixels, or an SVG."
    )


class WrongShape(UnusablePicture):
    """`most` is how many times as wide as high a picture may be."""

    code = "wrong_shape"
    sentence = gettext_noop(
        "This picture is %(width)s wide and %(height)s high. "
        "A logo is at least as wide as high, and at most %(most)s times as wide."
    )


class NotSquare(UnusablePicture):
    code = "not_square"
    sentence = gettext_noop(
        "This picture is %(width)s wide and %(height)s high, and a favicon is square. "
        "Choose whether to crop it or to pad it, or upload a square one."
    )


class IconNotSquare(UnusablePicture):
    code = "icon_not_square"
    sentence = gettext_noop(
        "This picture is %(width)s wide and %(height)s high, and an icon is square. "
        "Cut it to a square and upload it again."
    )
