"""What can be wrong with a settings file: each says where, and what would be accepted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portico.kernel.errors import DomainError, Invalid, InvalidFields, gettext_noop
from portico.ui.texts import say


@dataclass(frozen=True)
class Problem:
    """Something that keeps a file, or a section in it, from being applied.

    `place` is as `service-email.port`, "" for the file as a whole; `line` 0: nowhere in particular.
    """

    place: str
    error: DomainError
    line: int = 0

    @property
    def said(self) -> DomainError:
        """The error, with the line in front where there is one."""
        return AtLine(self.error, self.line) if self.line else self.error


class _InWords:
    """An error's sentence, in the language of whoever reads it."""

    def __init__(self, error: DomainError) -> None:
        self.error = error

    def __str__(self) -> str:
        return say(self.error)


class AtLine(Invalid):
    """Something that is wrong, and where; its code is that of what is wrong."""

    sentence = gettext_noop("Line %(line)s: %(why)s")

    def __init__(self, error: DomainError, line: int) -> None:
        super().__init__(line=line, why=_InWords(error))
        self.code = error.code  # type: ignore[misc]  # one class for all


def errors_of(problems: Iterable[Problem]) -> dict[str, Any]:
    """Problems as errors by place, the first of each, with their lines."""
    errors: dict[str, DomainError] = {}
    for problem in problems:
        errors.setdefault(problem.place, problem.said)
    return errors


class FaultyFile(InvalidFields):
    """A file that cannot be read as settings; `problems` says each thing that is wrong."""

    code = "faulty_settings_file"
    sentence = gettext_noop("This is not a file of settings that can be used. Nothing was changed.")

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(errors_of(problems))

    def __str__(self) -> str:
        return " ".join(str(one.said) for one in self.problems)


class FileTooLong(Invalid):
    code = "settings_file_too_long"
    sentence = gettext_noop("settings.yaml is larger than %(limit)s KiB, the most that is read.")


class NotUtf8(Invalid):
    code = "not_utf8"
    sentence = gettext_noop("settings.yaml is not a text in UTF-8.")


class NotYaml(Invalid):
    code = "not_yaml"
    sentence = gettext_noop("This is not YAML: %(why)s.")


class SeveralDocuments(Invalid):
    code = "several_documents"
    sentence = gettext_noop("A second document begins here. A settings file holds one.")


class AliasUsed(Invalid):
    """An anchor or an alias: a short text could stand for gigabytes."""

    code = "alias_used"
    sentence = gettext_noop(
        "Anchors (&) and aliases (*) are not read. Write the value out, or put it in quotes."
    )


class TagUsed(Invalid):
    code = "tag_used"
    sentence = gettext_noop("The tag %(tag)s is not read. Write the plain value.")


class TooDeep(Invalid):
    code = "too_deep"
    sentence = gettext_noop("This is nested more than %(most)s levels deep.")


class TooManyValues(Invalid):
    code = "too_many_values"
    sentence = gettext_noop("There are more than %(most)s values in the file.")


class KeyIsNoName(Invalid):
    code = "key_is_no_name"
    sentence = gettext_noop("A name is expected here, followed by a colon.")


class DoubleKey(Invalid):
    code = "double_key"
    sentence = gettext_noop("“%(key)s” was given before, in line %(line)s. Keep one of them.")


class NumberTooLong(Invalid):
    code = "number_too_long"
    sentence = gettext_noop("This number is too long. Put it in quotes if it is a text.")


class UnknownKey(Invalid):
    code = "unknown_key"
    sentence = gettext_noop("There is no “%(key)s” here. Known are: %(known)s.")


class MisspelledKey(Invalid):
    code = "unknown_key"
    sentence = gettext_noop("There is no “%(key)s” here. Is “%(nearest)s” meant?")


class NotAText(Invalid):
    code = "wrong_kind"
    sentence = gettext_noop("“%(key)s” must be a text.")


class NotAMapping(Invalid):
    code = "wrong_kind"
    sentence = gettext_noop("Below “%(key)s” there must be names with values, indented.")


class NotARevision(Invalid):
    code = "wrong_kind"
    sentence = gettext_noop(
        "“revision” must be the number of a revision; 0 where nothing was saved yet."
    )


class OtherFormat(Invalid):
    code = "other_format"
    sentence = gettext_noop(
        "A settings file says “portico: %(known)s”, the version of its format, and this one does "
        "not."
    )


class SecretInFile(Invalid):
    """A secret as text. What was typed is not repeated."""

    code = "secret_in_file"
    sentence = gettext_noop(
        "A secret is never written into this file: write {secret: kept} or {secret: none}, and "
        "give the secret itself when you apply the file."
    )


class SecretMissing(Invalid):
    code = "secret_missing"
    sentence = gettext_noop(
        "Give it when you apply the file: this workspace has none that goes with these values."
    )


class NoSuchSecret(Invalid):
    code = "no_such_secret"
    sentence = gettext_noop("No section of the file has a secret %(name)s. Known are: %(known)s.")


class FileMissing(Invalid):
    code = "file_missing"
    sentence = gettext_noop(
        "The file %(sha256)s is neither among the files that came along nor in this workspace."
    )


class FileDiffers(Invalid):
    code = "file_differs"
    sentence = gettext_noop(
        "What is in the file %(sha256)s is not what its name says. Export the settings again."
    )


class NoSuchBase(Invalid):
    code = "no_such_base"
    sentence = gettext_noop(
        "The file was made from revision %(based_on)s, and there never was one here: revision "
        "%(live)s is live."
    )


class ChangedSince(Invalid):
    """A section was changed after the file was made."""

    code = "changed_since"
    sentence = gettext_noop(
        "%(who)s changed this since the file was made from revision %(based_on)s; revision "
        "%(live)s is live now. Plan the file over that change (rebase), or export again."
    )


class ChangedInBoth(Invalid):
    code = "changed_in_both"
    sentence = gettext_noop(
        "This was changed here since, and in the file as well. Decide what it is to be, and write "
        "“revision: %(live)s” into the section."
    )
