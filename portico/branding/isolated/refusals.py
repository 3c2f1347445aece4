"""Why a file is refused while it is read. Raised in the child, raised again in the parent."""

from __future__ import annotations

from portico.kernel.errors import Invalid, gettext_noop


class UnusablePicture(Invalid):
    """Any reason for which a file cannot become a logo or a favicon."""

    code = "unusable_picture"
    sentence = gettext_noop("This picture cannot be used.")


class NotAPicture(UnusablePicture):
    """`accepted` lists names of formats, such as "PNG, JPEG, WebP, SVG"."""

    code = "not_a_picture"
    sentence = gettext_noop("This file is not a picture that can be read. Accepted: %(accepted)s.")


class WrongFormat(UnusablePicture):
    """`kind` is the format that the file has, whatever its name says."""

    code = "wrong_format"
    sentence = gettext_noop("The format of this file is %(kind)s. Accepted: %(accepted)s.")


class Animated(UnusablePicture):
    code = "animated"
    sentence = gettext_noop("This picture is animated. Save one still frame of it and upload that.")


class Truncated(UnusablePicture):
    code = "truncated"
    sentence = gettext_noop(
        "This file is damaged or ends too early. Export the picture again and upload the new file."
    )


class TooManyPixels(UnusablePicture):
    code = "too_many_pixels"
    sentence = gettext_noop(
        "This picture has more than %(most)s megapixels. Scale it down and upload it again."
    )


class Overstuffed(UnusablePicture):
    code = "overstuffed"
    sentence = gettext_noop(
        "Texts hidden in this file unpack to far more than a picture needs. "
        "Export the picture again without extra information (metadata)."
    )


class Blank(UnusablePicture):
    code = "blank"
    sentence = gettext_noop(
        "Nothing of this picture can be seen: it is transparent or empty. "
        "Upload one that shows something."
    )


class BrokenSvg(UnusablePicture):
    code = "broken_svg"
    sentence = gettext_noop(
        "This SVG cannot be read: it is damaged on line %(line)s. Export it again."
    )


class DefinesEntities(UnusablePicture):
    code = "svg_defines_entities"
    sentence = gettext_noop(
        "This SVG defines words of its own in its first lines (DOCTYPE with entities), "
        "which can be used for attacks. Export it as plain SVG."
    )


class TooComplexSvg(UnusablePicture):
    """`most` is the number of parts that are accepted."""

    code = "svg_too_complex"
    sentence = gettext_noop(
        "This SVG draws more than %(most)s parts. Simplify it, or upload it as a PNG."
    )


class TooDeepSvg(UnusablePicture):
    """`most` is the number of groups within groups that are accepted."""

    code = "svg_too_deep"
    sentence = gettext_noop(
        "This SVG has more than %(most)s groups within each other. "
        "Ungroup its parts, or upload it as a PNG."
    )


class SvgWithoutSize(UnusablePicture):
    code = "svg_without_size"
    sentence = gettext_noop(
        "This SVG does not say how large it is. Give it a width and a height, or a viewBox."
    )


class UnsafeSvg(UnusablePicture):
    code = "unsafe_svg"
    sentence = gettext_noop(
        "This SVG contains parts that are not safe and that cannot be taken out. "
        "Export it as plain SVG, or upload it as a PNG."
    )


class Undrawable(UnusablePicture):
    code = "undrawable"
    sentence = gettext_noop(
        "This SVG cannot be drawn. Export it as plain SVG, or upload it as a PNG."
    )


class TooDemanding(UnusablePicture):
    code = "too_demanding"
    sentence = gettext_noop(
        "Drawing this picture takes more memory or time than is allowed. "
        "Simplify it, or upload it as a PNG of at most 2,000 pixels."
    )


REFUSALS: dict[str, type[UnusablePicture]] = {
    refusal.code: refusal for refusal in UnusablePicture.__subclasses__()
}
"""Every refusal of this module by its code."""
