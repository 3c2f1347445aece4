"""Why a version cannot be published or withdrawn."""

from __future__ import annotations

from portico.kernel.errors import Invalid, gettext_noop


class UnknownLanguage(Invalid):
    code = "unknown_language"
    sentence = gettext_noop("There are documents in these languages: %(known)s.")


class NoSuchDocument(Invalid):
    code = "no_such_document"
    sentence = gettext_noop(
        "There is no such PDF in this workspace. Upload it as a legal document first, then name it."
    )


class LanguageTwice(Invalid):
    code = "language_twice"
    sentence = gettext_noop("There are two documents in the same language; a version has one.")


class NoGoverningLanguage(Invalid):
    code = "no_governing_language"
    sentence = gettext_noop("Say which of the languages counts where the texts differ.")


class SeveralGoverningLanguages(Invalid):
    code = "several_governing_languages"
    sentence = gettext_noop("Only one of the languages can count where the texts differ.")


class MaterialInPart(Invalid):
    code = "material_in_part"
    sentence = gettext_noop(
        "A version is material or a correction in all of its languages; they do not agree."
    )


class FirstIsMaterial(Invalid):
    code = "first_is_material"
    sentence = gettext_noop("The first version corrects nothing: publish it as a material one.")


class NothingNew(Invalid):
    code = "nothing_new"
    sentence = gettext_noop(
        "These are the very documents of version %(number)s. Upload those that you want to publish."
    )


class InThePast(Invalid):
    code = "in_the_past"
    sentence = gettext_noop(
        "A version cannot come into force in the past. Choose a time from now on."
    )


class FarAway(Invalid):
    code = "far_away"
    sentence = gettext_noop(
        "That is more than %(years)s years away. Choose an earlier time for it to come into force."
    )


class OutOfOrder(Invalid):
    """`at` is when the other version comes into force, in words."""

    code = "out_of_order"
    sentence = gettext_noop(
        "Version %(number)s comes into force on %(at)s. Choose a later time, or withdraw that "
        "version first."
    )


class NoSuchVersion(Invalid):
    code = "no_such_version"
    sentence = gettext_noop(
        "There is no version %(number)s of this document. Leave the number out to publish a new "
        "one; the platform gives it its number."
    )


class WasWithdrawn(Invalid):
    code = "was_withdrawn"
    sentence = gettext_noop(
        "Version %(number)s was withdrawn. Publish the document again, as a new version."
    )


class NeverChanges(Invalid):
    code = "never_changes"
    sentence = gettext_noop(
        "Version %(number)s is published and never changes. Publish a new version instead."
    )


class StaysInForce(Invalid):
    """`title` is the kind's, in the language of whoever reads."""

    code = "stays_in_force"
    sentence = gettext_noop(
        "Version %(number)s of %(title)s is in force and cannot be withdrawn or left out. Publish "
        "a new version instead."
    )


class StaysToCome(Invalid):
    """`title` is the kind's, in the language of whoever reads."""

    code = "stays_to_come"
    sentence = gettext_noop(
        "Version %(number)s of %(title)s is to come into force, and is not withdrawn by restoring "
        "or resetting. Withdraw it first, on the page of its versions."
    )
