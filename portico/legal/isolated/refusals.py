"""Why a PDF is refused. Most are raised in the child, and raised again in the parent."""

from __future__ import annotations

from portico.kernel.errors import Invalid, gettext_noop


class UnusablePdf(Invalid):
    """Any reason for which a file cannot become a legal document."""

    code = "unusable_pdf"
    sentence = gettext_noop("This PDF cannot be used.")


class EmptyPdf(UnusablePdf):
    code = "empty_pdf"
    sentence = gettext_noop("This file is empty. Upload a PDF.")


class PdfTooLarge(UnusablePdf):
    """`limit` is a size in words, such as "10 MiB"."""

    code = "pdf_too_large"
    sentence = gettext_noop(
        "This PDF is larger than %(limit)s, the most that is taken. Export it again with smaller "
        "pictures."
    )


class NotAPdf(UnusablePdf):
    code = "not_a_pdf"
    sentence = gettext_noop(
        "This file is not a PDF, whatever its name says. Export the document as PDF and upload "
        "that."
    )


class OtherFormat(UnusablePdf):
    """`kind` is what the file is by its first bytes, such as "HTML"."""

    code = "other_format"
    sentence = gettext_noop(
        "By its first bytes this file is %(kind)s, not a PDF. Export the document as PDF and "
        "upload that."
    )


class PdfInDisguise(UnusablePdf):
    """A PDF behind something else: other programs would take the file for that."""

    code = "pdf_in_disguise"
    sentence = gettext_noop(
        "This file does not begin as a PDF; there is something else before it. Export the document "
        "as PDF and upload that."
    )


class EncryptedPdf(UnusablePdf):
    code = "encrypted_pdf"
    sentence = gettext_noop(
        "This PDF is encrypted or protected by a password. Everybody must be able to read it: "
        "export it again without protection."
    )


class DamagedPdf(UnusablePdf):
    code = "damaged_pdf"
    sentence = gettext_noop(
        "This PDF is damaged or ends too early. Export the document again and upload the new file."
    )


class PdfWithoutPages(UnusablePdf):
    code = "pdf_without_pages"
    sentence = gettext_noop("This PDF has no pages. Upload one that says something.")


class TooManyPages(UnusablePdf):
    code = "too_many_pages"
    sentence = gettext_noop("This PDF has %(pages)s pages; at most %(most)s are taken.")


class DynamicForm(UnusablePdf):
    """XFA: what is to be read is not on the pages."""

    code = "dynamic_form"
    sentence = gettext_noop(
        "This PDF is a dynamic form (XFA), which most programs cannot show. Print it into a new "
        "PDF and upload that."
    )


class SignedAndUnclean(UnusablePdf):
    """Cleaning it would break the signature."""

    code = "signed_and_unclean"
    sentence = gettext_noop(
        "This PDF is signed, and holds what a legal document must not have, such as scripts, "
        "attachments or actions. Taking that out would break the signature: take it out, sign the "
        "document again and upload that."
    )


class NotCleanable(UnusablePdf):
    code = "not_cleanable"
    sentence = gettext_noop(
        "This PDF holds scripts, attachments or actions in places where they cannot be taken out. "
        "Print it into a new PDF and upload that."
    )


class TooDemandingPdf(UnusablePdf):
    code = "too_demanding_pdf"
    sentence = gettext_noop(
        "Reading this PDF takes more memory or time than is allowed. Export it again in a simpler "
        "form, or print it into a new PDF, and upload that."
    )


class TooMuchText(UnusablePdf):
    code = "too_much_text"
    sentence = gettext_noop(
        "This PDF has more text than %(most)s characters, far more than its pages can show. Export "
        "the document again and upload the new file."
    )


class NoSuchPage(UnusablePdf):
    code = "no_such_page"
    sentence = gettext_noop("There is no page %(page)s in this PDF.")


def _with_subclasses(kind: type[UnusablePdf]) -> list[type[UnusablePdf]]:
    return [kind, *(one for below in kind.__subclasses__() for one in _with_subclasses(below))]


REFUSALS = {refusal.code: refusal for refusal in _with_subclasses(UnusablePdf)}
