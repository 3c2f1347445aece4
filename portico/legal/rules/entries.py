"""What an entry of the settings may say, without looking anything up."""

from __future__ import annotations

import re

from portico.kernel.errors import Invalid, gettext_noop

HASH = re.compile(r"[0-9a-f]{64}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


class NotAFileId(Invalid):
    code = "not_a_file_id"
    sentence = gettext_noop(
        "A file is named by its id: 64 hexadecimal digits, as the upload answers them."
    )


class NotALanguage(Invalid):
    code = "not_a_language"
    sentence = gettext_noop("A language is named by its code, such as en or zh-hans.")


def check_file(file: str) -> str:
    """The id of a file; raises `NotAFileId`."""
    if not HASH.fullmatch(file):
        raise NotAFileId
    return file


def check_language(language: str) -> str:
    """The code of a language in lower case; raises `NotALanguage`."""
    code = language.lower().replace("_", "-")
    if not LANGUAGE.fullmatch(code):
        raise NotALanguage
    return code
