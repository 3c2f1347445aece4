"""Rules about keys and passwords in a package, found by the detectors of detect-secrets.

Only its detectors are used, line by line: they look at text and nothing else. What the library can
do beside that, trying out what it found at the service that it is for, is never called. What was
found is forgotten here; a finding says what kind of secret is on which line.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Final, Protocol

from portico.automated_checks.rules.findings import Finding, Rule, Severity
from portico.automated_checks.rules.subjects import SKIPPED, TOO_MUCH, Sort, Subject, sort_of
from portico.kernel.errors import gettext_noop

# Longer lines are looked at piece by piece; the pieces share some text, so that nothing that lies
# across an edge is missed. Minified scripts are one line.
LONGEST_LINE: Final = 4_000
SHARED: Final = 300
TEXTS: Final = (".txt", ".md", ".xml", ".yml", ".yaml", ".ini", ".cfg", ".conf", ".env", ".map")
NAMES_OF_TEXTS: Final = frozenset((".env", ".npmrc", ".netrc", ".pypirc", ".htpasswd"))
MOST_IN_FILE: Final = 20

# Those with a shape of their own. Left out: what takes any long random text for a secret (in
# minified scripts and pictures within styles there is nothing else), public IP addresses, and
# services whose shape is that of many other things (SoftLayer, IBM, Cloudant, Artifactory).
DETECTORS: Final = (
    ("aws", "AWSKeyDetector", gettext_noop("AWS access key")),
    ("azure_storage_key", "AzureStorageKeyDetector", gettext_noop("Azure storage key")),
    ("basic_auth", "BasicAuthDetector", gettext_noop("password in an address")),
    ("discord", "DiscordBotTokenDetector", gettext_noop("Discord token")),
    ("github_token", "GitHubTokenDetector", gettext_noop("GitHub token")),
    ("gitlab_token", "GitLabTokenDetector", gettext_noop("GitLab token")),
    ("jwt", "JwtTokenDetector", gettext_noop("JSON Web Token")),
    ("mailchimp", "MailchimpDetector", gettext_noop("Mailchimp key")),
    ("npm", "NpmDetector", gettext_noop("npm token")),
    ("openai", "OpenAIDetector", gettext_noop("OpenAI key")),
    ("private_key", "PrivateKeyDetector", gettext_noop("private key")),
    ("pypi_token", "PypiTokenDetector", gettext_noop("PyPI token")),
    ("sendgrid", "SendGridDetector", gettext_noop("SendGrid key")),
    ("slack", "SlackDetector", gettext_noop("Slack token")),
    ("square_oauth", "SquareOAuthDetector", gettext_noop("Square secret")),
    ("stripe", "StripeDetector", gettext_noop("Stripe key")),
    ("telegram_token", "TelegramBotTokenDetector", gettext_noop("Telegram token")),
    ("twilio", "TwilioKeyDetector", gettext_noop("Twilio key")),
)
PRIVATE_KEY: Final = "private key"  # the same words as above
KEYWORD: Final = ("keyword", "KeywordDetector")
# What stands where a secret would, and is none: names, places for values, texts for people.
NO_SECRET: Final = re.compile(
    r"(?:[\w-]{0,40}\.)+[\w-]{0,40}"  # a key of a text or a path of a value: form.password
    r"|[\w .,:;!?'…-]*\s[\w .,:;!?'…-]*"  # words
    r"|.*(?:\$\{|\{\{|<%|process\.env|import\.meta).*"
    r"|[x*•.#_-]+|(?i:example|changeme|change_me|placeholder|password|passwd|secret|true|false"
    r"|null|undefined|none|required|optional|hidden|text|new-password|current-password|string"
    r"|your[-_ ].*|my[-_ ].*|<.*>|test|todo)"
)
# “-----BEGIN …” in Base64, as far as it says what begins.
ENCODED_PEM: Final = re.compile(r"LS0tLS1CRUdJTi[A-Za-z0-9+/]{30}")
SHORTEST_BY_NAME: Final = 6
TOO_MUCH_TO_SEARCH: Final = gettext_noop(
    "the package has more text than is searched for keys in one run"
)

SECRET = Rule(
    "secret",
    Severity.ERROR,
    gettext_noop("This line seems to hold a secret: %(kind)s."),
    gettext_noop(
        "Everybody can read what is in a package. Take it out, and replace it: it counts as known "
        "from now on. Calls that need it belong onto your server."
    ),
)
BY_NAME = Rule(
    "secret-by-name",
    Severity.WARNING,
    gettext_noop("By its name a value on this line is a password or a key."),
    gettext_noop(
        "If it is one, take it out and replace it: everybody can read what is in a package."
    ),
)

RULES = (SECRET, BY_NAME)


class Detector(Protocol):
    """What is used of a detector."""

    def analyze_string(self, string: str) -> Iterator[str]:
        """The secrets in a text."""
        ...


def check_secrets(subject: Subject) -> Iterator[Finding]:
    """Lines that seem to hold a secret."""
    for name in subject.files.names:
        if not _is_looked_at(name):
            continue
        text = subject.files.text(name)
        if text is not None:
            yield from secrets_in(name, text)
    for name, why in sorted(subject.files.skipped.items()):
        if why == TOO_MUCH:
            yield SKIPPED.found(name, why=TOO_MUCH_TO_SEARCH)
        elif sort_of(name) is Sort.OTHER:  # of the rest it is said where scripts are looked at
            yield SKIPPED.found(name, why=why)


def secrets_in(file: str, text: str) -> Iterator[Finding]:
    """Lines of one file that seem to hold a secret; a line with many is one finding a kind."""
    found = 0
    for number, line in enumerate(text.splitlines(), start=1):
        kinds = dict.fromkeys(kind for piece in _pieces(line) for kind in _kinds_in(piece))
        for kind in kinds:
            found += 1
            yield SECRET.found(file, number, kind=kind)
        if not kinds and any(_is_named(piece) for piece in _pieces(line)):
            found += 1
            yield BY_NAME.found(file, number)
        if found >= MOST_IN_FILE:
            return


def _kinds_in(line: str) -> Iterator[str]:
    for kind, detector in _detectors():
        if any(True for _ in detector.analyze_string(line)):
            yield kind
    if any(b" PRIVATE " in b64decode(found) for found in ENCODED_PEM.findall(line)):
        yield PRIVATE_KEY


def _is_named(line: str) -> bool:
    """Whether a value stands beside a name such as `password`, and looks like one."""
    values = [value.strip() for value in _by_name().analyze_string(line) if value]
    return any(
        len(value) >= SHORTEST_BY_NAME and not NO_SECRET.fullmatch(value) for value in values
    )


def _pieces(line: str) -> Iterator[str]:
    step = LONGEST_LINE - SHARED
    return (line[at : at + LONGEST_LINE] for at in range(0, max(len(line) - SHARED, 1), step))


def _is_looked_at(name: str) -> bool:
    lower = name.lower()
    text = sort_of(name) not in {Sort.OTHER, Sort.PICTURE}
    return text or lower.endswith(TEXTS) or lower.rpartition("/")[2] in NAMES_OF_TEXTS


@cache
def _detectors() -> Sequence[tuple[str, Detector]]:
    return [(kind, _made(module, name)) for module, name, kind in DETECTORS]


@cache
def _by_name() -> Detector:
    return _made(*KEYWORD)


def _made(module: str, name: str) -> Detector:
    """A detector of the library, which is not loaded before it is needed: it is large."""
    detector: Detector = getattr(import_module(f"detect_secrets.plugins.{module}"), name)()
    return detector
