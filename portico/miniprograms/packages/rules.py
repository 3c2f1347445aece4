"""The rules of a package. Their codes are stable: clients of the API branch on them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from portico.kernel.errors import gettext_noop


class Rule(StrEnum):
    """What a package can break. `docs/guide/packages.md` explains each."""

    # The archive as a whole
    NOT_A_ZIP = "not_a_zip"
    TRUNCATED = "truncated"
    APPENDED_DATA = "appended_data"
    PREPENDED_DATA = "prepended_data"
    TWO_ENDS = "two_ends"
    LONG_COMMENT = "long_comment"
    SPLIT = "split"
    ZIP64 = "zip64"
    BROKEN_DIRECTORY = "broken_directory"
    OVERLAP = "overlap"
    HIDDEN_DATA = "hidden_data"
    SIGNING_BLOCK = "signing_block"
    # Limits
    TOO_LARGE_PACKED = "too_large_packed"
    TOO_LARGE_UNPACKED = "too_large_unpacked"
    TOO_MANY_ENTRIES = "too_many_entries"
    ZIP_BOMB = "zip_bomb"
    # One entry
    ENCRYPTED = "encrypted"
    METHOD = "method"
    FLAGS = "flags"
    EXTRA_FIELD = "extra_field"
    HEADER_MISMATCH = "header_mismatch"
    DESCRIPTOR_MISMATCH = "descriptor_mismatch"
    LINK = "link"
    SPECIAL_FILE = "special_file"
    FOLDER_WITH_CONTENT = "folder_with_content"
    BROKEN_STREAM = "broken_stream"
    WRONG_SIZE = "wrong_size"
    WRONG_CRC = "wrong_crc"
    # Names
    NAME_ENCODING = "name_encoding"
    EMPTY_NAME = "empty_name"
    ABSOLUTE_PATH = "absolute_path"
    PARENT_SEGMENT = "parent_segment"
    EMPTY_SEGMENT = "empty_segment"
    BACKSLASH = "backslash"
    CONTROL_CHARACTER = "control_character"
    INVISIBLE_CHARACTER = "invisible_character"
    REFUSED_CHARACTER = "refused_character"
    RESERVED_NAME = "reserved_name"
    TRAILING_CHARACTER = "trailing_character"
    NAME_TOO_LONG = "name_too_long"
    TOO_DEEP = "too_deep"
    DUPLICATE_NAME = "duplicate_name"
    FILE_AND_FOLDER = "file_and_folder"
    # The manifest
    MANIFEST_MISSING = "manifest_missing"
    MANIFEST_TOO_LARGE = "manifest_too_large"
    MANIFEST_ENCODING = "manifest_encoding"
    MANIFEST_JSON = "manifest_json"
    MANIFEST_DUPLICATE_KEY = "manifest_duplicate_key"
    MANIFEST_TOO_DEEP = "manifest_too_deep"
    MANIFEST_NUMBER = "manifest_number"
    MANIFEST_TEXT = "manifest_text"
    MANIFEST_MEMBER_MISSING = "manifest_member_missing"
    MANIFEST_TYPE = "manifest_type"
    MANIFEST_VALUE = "manifest_value"
    # What the manifest names
    FILE_MISSING = "file_missing"
    PAGE_MISSING = "page_missing"
    ICON_MISSING = "icon_missing"
    # A folder that is packed
    LINK_OUTSIDE = "link_outside"
    UNREADABLE = "unreadable"


SENTENCES: Final[Mapping[Rule, str]] = {
    Rule.NOT_A_ZIP: gettext_noop("This is not a ZIP file. Upload the ZIP of the package."),
    Rule.TRUNCATED: gettext_noop(
        "The ZIP has no proper end: a part is missing, or something was added. Pack it again, and "
        "upload all of it."
    ),
    Rule.APPENDED_DATA: gettext_noop(
        "There are %(bytes)s bytes after the end of the ZIP. Upload the ZIP alone."
    ),
    Rule.PREPENDED_DATA: gettext_noop(
        "There are %(bytes)s bytes before the ZIP. Upload the ZIP alone, not one that unpacks "
        "itself."
    ),
    Rule.TWO_ENDS: gettext_noop(
        "The ZIP can be read in two ways, since it has two ends. Pack it again without a comment."
    ),
    Rule.LONG_COMMENT: gettext_noop(
        "The comment of the ZIP has %(bytes)s bytes. At most %(most)s are accepted; best, none."
    ),
    Rule.SPLIT: gettext_noop("This is one part of a split ZIP. Pack everything into one file."),
    Rule.ZIP64: gettext_noop(
        "“%(entry)s” uses Zip64, which a package of this size never needs. Pack it without Zip64."
    ),
    Rule.BROKEN_DIRECTORY: gettext_noop(
        "The list of files in the ZIP is broken: it does not agree with the rest. Pack it again."
    ),
    Rule.OVERLAP: gettext_noop(
        "“%(entry)s” lies over something else in the ZIP. Pack it again with a plain ZIP tool."
    ),
    Rule.HIDDEN_DATA: gettext_noop(
        "There are %(bytes)s bytes before “%(entry)s” that belong to no file. Pack it again with "
        "a plain ZIP tool."
    ),
    Rule.SIGNING_BLOCK: gettext_noop(
        "The package has a signing block. Signatures are not read here; upload the package without "
        "one."
    ),
    Rule.TOO_LARGE_PACKED: gettext_noop(
        "The ZIP has %(bytes)s bytes. At most %(most)s are accepted. Leave out what the program "
        "does not need, or make pictures smaller."
    ),
    Rule.TOO_LARGE_UNPACKED: gettext_noop(
        "The files unpack to %(bytes)s bytes. At most %(most)s are accepted. Leave out what the "
        "program does not need."
    ),
    Rule.TOO_MANY_ENTRIES: gettext_noop(
        "The ZIP has %(count)s entries. At most %(most)s are accepted. Leave out what the program "
        "does not need, such as node_modules."
    ),
    Rule.ZIP_BOMB: gettext_noop(
        "“%(entry)s” unpacks to more than %(ratio)s times its packed size, as bombs do. Make the "
        "file smaller, or store it without compression."
    ),
    Rule.ENCRYPTED: gettext_noop("“%(entry)s” is encrypted. Pack it without a password."),
    Rule.METHOD: gettext_noop(
        "“%(entry)s” is compressed by method %(method)s. Accepted are stored (0) and Deflate (8)."
    ),
    Rule.FLAGS: gettext_noop(
        "“%(entry)s” uses a feature of ZIP that is not accepted (flags %(flags)s, version "
        "%(version)s). Pack it with a plain ZIP tool."
    ),
    Rule.EXTRA_FIELD: gettext_noop(
        "The extra fields of “%(entry)s” are broken or say another name. Pack it again with a "
        "plain ZIP tool."
    ),
    Rule.HEADER_MISMATCH: gettext_noop(
        "The ZIP says two things about “%(entry)s”: its list of files and its header differ "
        "(%(field)s). Pack it again."
    ),
    Rule.DESCRIPTOR_MISMATCH: gettext_noop(
        "What follows “%(entry)s” in the ZIP does not agree with the list of files. Pack it again."
    ),
    Rule.LINK: gettext_noop(
        "“%(entry)s” is a link. Put the file itself into the package in its place."
    ),
    Rule.SPECIAL_FILE: gettext_noop(
        "“%(entry)s” is neither a file nor a folder. Leave it out of the package."
    ),
    Rule.FOLDER_WITH_CONTENT: gettext_noop(
        "“%(entry)s” is a folder and has content of its own, or is marked as both file and folder. "
        "Pack it again with a plain ZIP tool."
    ),
    Rule.BROKEN_STREAM: gettext_noop(
        "“%(entry)s” cannot be unpacked: its content is damaged. Pack it again."
    ),
    Rule.WRONG_SIZE: gettext_noop(
        "“%(entry)s” does not unpack to the %(bytes)s bytes that the ZIP says. Pack it again."
    ),
    Rule.WRONG_CRC: gettext_noop(
        "The checksum of “%(entry)s” is wrong: its content is damaged. Pack it again."
    ),
    Rule.NAME_ENCODING: gettext_noop(
        "The name “%(entry)s” is not marked and written as UTF-8. Pack it with a tool that writes "
        "names in UTF-8, or use plain letters."
    ),
    Rule.EMPTY_NAME: gettext_noop("An entry of the ZIP has no name. Pack it again."),
    Rule.ABSOLUTE_PATH: gettext_noop(
        "“%(entry)s” is an absolute path. Pack names that begin at the root of the package, such "
        "as pages/index/index.html."
    ),
    Rule.PARENT_SEGMENT: gettext_noop(
        "“%(entry)s” has a part that is “.” or “..”. Names must not lead out of the package."
    ),
    Rule.EMPTY_SEGMENT: gettext_noop(
        "“%(entry)s” has two slashes in a row. Write one between two names."
    ),
    Rule.BACKSLASH: gettext_noop("“%(entry)s” has a backslash. Write / between two names."),
    Rule.CONTROL_CHARACTER: gettext_noop(
        "The name “%(entry)s” has a control character. Rename the file."
    ),
    Rule.INVISIBLE_CHARACTER: gettext_noop(
        "The name “%(entry)s” has a character that cannot be seen, such as one that turns the "
        "direction of the text. Rename the file."
    ),
    Rule.REFUSED_CHARACTER: gettext_noop(
        'The name “%(entry)s” has one of < > : " | ? *, which some systems cannot store. Rename '
        "the file."
    ),
    Rule.RESERVED_NAME: gettext_noop(
        "“%(entry)s” has a part that Windows keeps for itself, such as con or nul. Rename it."
    ),
    Rule.TRAILING_CHARACTER: gettext_noop(
        "“%(entry)s” has a name that ends with a dot or a space. Rename it."
    ),
    Rule.NAME_TOO_LONG: gettext_noop(
        "The name “%(entry)s” is too long. A file or folder may have 255 bytes in UTF-8, the whole "
        "path 1,024."
    ),
    Rule.TOO_DEEP: gettext_noop(
        "“%(entry)s” lies in more than %(most)s folders. Use fewer levels."
    ),
    Rule.DUPLICATE_NAME: gettext_noop(
        "“%(entry)s” and “%(other)s” are the same name, or differ only in capitals or in how "
        "letters are encoded. Rename one."
    ),
    Rule.FILE_AND_FOLDER: gettext_noop(
        "“%(entry)s” is a file and a folder at once. Rename one of them."
    ),
    Rule.MANIFEST_MISSING: gettext_noop(
        "There is no manifest.json at the root of the package. Add one."
    ),
    Rule.MANIFEST_TOO_LARGE: gettext_noop(
        "The manifest has %(bytes)s bytes. At most %(most)s are accepted."
    ),
    Rule.MANIFEST_ENCODING: gettext_noop("The manifest is not in UTF-8. Save it as UTF-8."),
    Rule.MANIFEST_JSON: gettext_noop(
        "The manifest is not valid JSON: line %(line)s, column %(column)s cannot be read."
    ),
    Rule.MANIFEST_DUPLICATE_KEY: gettext_noop(
        "The manifest has “%(member)s” twice in one object. Remove one of them."
    ),
    Rule.MANIFEST_TOO_DEEP: gettext_noop(
        "The manifest is nested deeper than %(most)s levels. Make it flatter."
    ),
    Rule.MANIFEST_NUMBER: gettext_noop(
        "The manifest has the number %(number)s, which JSON does not know or which is too large or "
        "too small."
    ),
    Rule.MANIFEST_TEXT: gettext_noop(
        "“%(member)s” in the manifest has a character that cannot be kept (%(code_point)s). "
        "Remove it."
    ),
    Rule.MANIFEST_MEMBER_MISSING: gettext_noop("The manifest lacks “%(member)s”. Add it."),
    Rule.MANIFEST_TYPE: gettext_noop("“%(member)s” in the manifest is of another type."),
    Rule.MANIFEST_VALUE: gettext_noop("“%(member)s” in the manifest cannot be used."),
    Rule.FILE_MISSING: gettext_noop(
        "The package has no “%(entry)s”. Add it at the root; it may be empty."
    ),
    Rule.PAGE_MISSING: gettext_noop(
        "The manifest names the page “%(page)s”, and the package has no “%(entry)s”. Add the file, "
        "or remove the page."
    ),
    Rule.ICON_MISSING: gettext_noop(
        "The manifest names the icon “%(entry)s”, and the package has no such file. Add it, or "
        "remove the icon."
    ),
    Rule.LINK_OUTSIDE: gettext_noop(
        "“%(entry)s” is a link that leads out of the folder, in a circle or to nothing. Put the "
        "file itself there."
    ),
    Rule.UNREADABLE: gettext_noop("“%(entry)s” cannot be read. Check its permissions."),
}
