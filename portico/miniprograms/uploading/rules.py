"""What a version may be, and what is said where it may not. No Django."""

from __future__ import annotations

from typing import Final

from portico.kernel.errors import Conflict, DomainError, Invalid, gettext_noop

MOST_PACKED: Final = 20 * 1024 * 1024
MOST_NAME: Final = 60
MIB: Final = 1024 * 1024


class DigestDiffers(Invalid):
    """What arrived is not what was sent, by the sender's own digest of it."""

    code = "digest_differs"
    sentence = gettext_noop(
        "The package does not have the SHA-256 that came with it: it was changed or cut off on its "
        "way. Nothing was kept; please send it again. It arrived with %(found)s."
    )


class UnreadableDigest(Invalid):
    code = "digest_unreadable"
    sentence = gettext_noop(
        "The header %(header)s cannot be read. Accepted is %(accepted)s, with the SHA-256 of the "
        "package in Base64; or leave the header out."
    )


class PackageTooLarge(Invalid):
    """A package that was refused while it came in, by the API with 413."""

    code = "package_too_large"
    sentence = gettext_noop("The package is larger than %(limit)s MiB, the most that is taken.")


class NoPackage(Invalid):
    code = "no_package"
    sentence = gettext_noop(
        "There is no package in the request. Send the ZIP itself as the body, with “Content-Type: "
        "application/zip”."
    )


class PackageCutOff(DomainError):
    """Fewer bytes came than had been announced (400)."""

    code = "package_cut_off"
    sentence = gettext_noop(
        "The upload ended after %(received)s of %(announced)s bytes. Nothing was kept; please send "
        "it again."
    )


class NotAPackageProgram(Conflict):
    code = "program_is_hosted"
    sentence = gettext_noop(
        "%(app_id)s is a hosted mini program: its versions are an entry URL and a manifest, not a "
        "package."
    )


class NotAHostedProgram(Conflict):
    code = "program_takes_packages"
    sentence = gettext_noop(
        "%(app_id)s is a mini program of packages: its versions are uploaded as a ZIP, not named "
        "by an entry URL."
    )


class OtherAppId(Invalid):
    code = "app_id_differs"
    sentence = gettext_noop(
        "The manifest says app_id “%(found)s”; this mini program is “%(expected)s”. Upload the "
        "package to its own mini program, or correct manifest.json."
    )


class CodeNotAbove(Conflict):
    """A `version.code` that was used, or that is below one that was."""

    code = "version_code_not_above"
    sentence = gettext_noop(
        "version.code is %(code)s, and it must be above %(highest)s, the highest that was uploaded "
        "to this mini program. Raise it in manifest.json and upload again."
    )


class CodeUsedOtherwise(Conflict):
    """The highest code once more, with something else behind it."""

    code = "version_code_used"
    sentence = gettext_noop(
        "Version %(code)s was uploaded before, and it is not the same. A version never changes: "
        "give this one a version.code above %(highest)s, the highest so far, and upload it again."
    )


class EntryUnusable(Invalid):
    """The entry URL of a hosted version cannot be used; its kinds follow."""

    code = "entry_url_unusable"
    sentence = gettext_noop("The entry URL cannot be used.")


class EntryRefused(EntryUnusable):
    """Nothing answered there. Says why in the words of the call that was tried, whose code is
    `reason`."""

    code = "entry_url_refused"

    def __init__(self, why: DomainError) -> None:
        self.reason = why.code
        vars(self)["sentence"] = why.sentence
        super().__init__(**why.facts)


class EntryNotSecure(EntryUnusable):
    code = "entry_url_not_secure"
    sentence = gettext_noop(
        "The entry URL, and whatever it leads on to, must begin with https://: it is opened on "
        "other people's devices."
    )


class EntryAnswers(EntryUnusable):
    """A server is there, and does not answer with a page."""

    code = "entry_url_answers_otherwise"
    sentence = gettext_noop(
        "%(host)s answers with “%(status)s”. An entry URL must answer with a page (status 200)."
    )


class EntryLeadsAround(EntryUnusable):
    code = "entry_url_leads_around"
    sentence = gettext_noop(
        "The entry URL leads on and on: more than %(most)s redirects. Give the address of the page "
        "itself."
    )


class NeitherZipNorJson(DomainError):
    """A body of another kind (415): a form of another site could not send these."""

    code = "unsupported_media_type"
    sentence = gettext_noop(
        "Send the package itself, with “Content-Type: application/zip”, or a hosted version as "
        "JSON, with “Content-Type: application/json”."
    )
