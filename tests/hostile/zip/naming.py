"""Names that lead out of the package, hide, or are somebody else's."""

from __future__ import annotations

from collections.abc import Iterable

from portico.miniprograms.packages import Rule
from tests.hostile.zip.building import FOLDER, LINK, Piece, package
from tests.hostile.zip.cases import Case, accepted, refused

TEXT = b"hello"


def named(title: str, name: str | bytes, rule: Rule, shown: str = "", **fields: object) -> Case:
    """A package with an entry of this name."""
    piece = Piece(name, TEXT, **fields)  # type: ignore[arg-type]
    return refused(title, lambda: package(piece), rule, shown or str(name))


def twice(title: str, names: Iterable[str], rule: Rule, entry: str) -> Case:
    pieces = [
        Piece(name, b"" if name.endswith("/") else TEXT, mode=FOLDER if name[-1] == "/" else 0)
        for name in names
    ]
    return refused(title, lambda: package(*pieces), rule, entry)


CASES = (
    named("zip slip", "../../etc/cron.d/evil", Rule.PARENT_SEGMENT),
    named("zip slip in the middle", "pages/../../evil.html", Rule.PARENT_SEGMENT),
    named("zip slip at the end", "pages/..", Rule.PARENT_SEGMENT),
    named("a dot for a folder", "pages/./evil.html", Rule.PARENT_SEGMENT),
    named("absolute", "/etc/passwd", Rule.ABSOLUTE_PATH),
    named("absolute on a network share", "//server/share/x", Rule.ABSOLUTE_PATH),
    named("absolute with backslashes", "\\\\server\\share", Rule.ABSOLUTE_PATH),
    named("a drive", "C:/Windows/evil.dll", Rule.ABSOLUTE_PATH),
    named("a drive without a slash", "c:evil.dll", Rule.ABSOLUTE_PATH),
    named("backslashes", "pages\\..\\evil.html", Rule.BACKSLASH),
    named("two slashes", "pages//evil.html", Rule.EMPTY_SEGMENT),
    named("no name", "", Rule.EMPTY_NAME),
    named("NUL in a name", b"evil.php\x00.png", Rule.CONTROL_CHARACTER, "evil.php\\u{0}.png"),
    named("a newline in a name", "evil\n.html", Rule.CONTROL_CHARACTER, "evil\\u{a}.html"),
    named("a C1 control", "evil\u0085.html", Rule.CONTROL_CHARACTER, "evil\\u{85}.html"),
    named("a name turned around", "gnp.\u202eexe.html", Rule.INVISIBLE_CHARACTER,
          "gnp.\\u{202e}exe.html"),
    named("a name with a zero-width space", "app\u200b.js", Rule.INVISIBLE_CHARACTER,
          "app\\u{200b}.js"),
    named("invalid UTF-8", b"evil\xff.html", Rule.NAME_ENCODING, "evil\\xff.html", flags=0x800),
    named("overlong UTF-8", b"..\xc0\xafevil", Rule.NAME_ENCODING, "..\\xc0\\xafevil",
          flags=0x800),
    named("a surrogate in UTF-8", b"\xed\xa0\x80", Rule.NAME_ENCODING, "\\xed\\xa0\\x80",
          flags=0x800),
    named("letters of an old code page", b"x\x82.html", Rule.NAME_ENCODING, "x\\x82.html",
          flags=0),
    named("a data stream of NTFS", "app.js:evil", Rule.REFUSED_CHARACTER),
    named("a question mark", "pages/x.html?y", Rule.REFUSED_CHARACTER),
    named("a device of Windows", "common/NUL", Rule.RESERVED_NAME),
    named("a device with an ending", "common/com1.tar.gz", Rule.RESERVED_NAME),
    named("a dot at the end", "app.js.", Rule.TRAILING_CHARACTER),
    named("a space at the end", "pages /x.html", Rule.TRAILING_CHARACTER),
    named("a long name", "a" * 256, Rule.NAME_TOO_LONG, "a" * 200 + "…"),
    named("a long name in Chinese", "字" * 86, Rule.NAME_TOO_LONG, "字" * 86),
    named("a long path", "/".join(["a" * 200] * 6), Rule.NAME_TOO_LONG,
          ("/".join(["a" * 200] * 6))[:200] + "…"),
    named("many folders", "a/" * 40 + "x", Rule.TOO_DEEP, "a/" * 40 + "x"),
    twice("the same name twice", ["x.txt", "x.txt"], Rule.DUPLICATE_NAME, "x.txt"),
    twice("the same name after NFC", ["\u00e9.txt", "e\u0301.txt"], Rule.DUPLICATE_NAME,
          "e\u0301.txt"),
    twice("the same name after case folding", ["Stra\u00dfe.txt", "STRASSE.txt"],
          Rule.DUPLICATE_NAME, "STRASSE.txt"),
    twice("the manifest in capitals, too", ["MANIFEST.json"], Rule.DUPLICATE_NAME,
          "MANIFEST.json"),
    twice("the same folder twice", ["x/", "x/"], Rule.DUPLICATE_NAME, "x/"),
    twice("a folder spelled in two ways", ["docs/a.txt", "Docs/b.txt"], Rule.DUPLICATE_NAME,
          "Docs/b.txt"),
    twice("a file in a file", ["x", "x/y"], Rule.FILE_AND_FOLDER, "x"),
    twice("a file and a folder", ["x", "X/"], Rule.FILE_AND_FOLDER, "x"),
    named("a link", "evil", Rule.LINK, mode=LINK),
    named("a link that looks like a folder", "pages2/", Rule.LINK, mode=LINK),
    named("a named pipe", "evil", Rule.SPECIAL_FILE, mode=0o010644),
    named("a device", "evil", Rule.SPECIAL_FILE, mode=0o020644),
    named("a folder with content", "evil/", Rule.FOLDER_WITH_CONTENT, mode=FOLDER),
    named("a folder without a slash", "evil", Rule.FOLDER_WITH_CONTENT, mode=FOLDER),
    named("a folder of DOS without a slash", "evil", Rule.FOLDER_WITH_CONTENT, mode=0, dos=0x10),
    accepted("empty folders", lambda: package(
        Piece("docs/", method=0, mode=FOLDER), Piece("docs/deep/", method=8, mode=FOLDER, dos=0x10)
    )),
    accepted("names in Chinese", lambda: package(Piece("common/图标.txt", TEXT))),
)  # fmt: skip
