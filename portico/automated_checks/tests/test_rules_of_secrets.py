"""Keys and passwords: found, and never told."""

from __future__ import annotations

import base64
import json
import socket
from base64 import b64encode

import pytest

from portico.automated_checks.rules.secrets import LONGEST_LINE
from portico.automated_checks.tests.looking import found_in, rules_in, subject_with


def _token(facts: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(facts).encode()).decode().rstrip("=")


# Put together here, so that no scanner of this repository takes them for somebody's.
SECRETS = {
    "an AWS key": "AKIA" + "IOSFODNN7EXAMPLQ",
    "a GitHub token": "ghp_" + "a1B2c3D4e5" * 3 + "a1B2c3",
    "a GitLab token": "glpat-" + "a1B2c3D4e5F6g7H8i9J0",
    "a Stripe key": "sk_live_" + "a1B2c3D4e5F6g7H8i9J0k1L2",
    "a Slack token": "xoxb-" + "123456789012-123456789012-a1B2c3D4e5F6g7H8i9J0k1L2",
    "a SendGrid key": "SG." + "a1B2c3D4e5F6g7H8i9J0k1" + "." + "a1B2c3D4e5" * 4 + "a1B",
    "an npm token": "//registry.npmjs.org/:_authToken=" + "npm_" + "a1B2c3D4e5" * 3 + "a1B2c3",
    "a JSON Web Token": f"{_token({'alg': 'HS256'})}.{_token({'sub': 'ada'})}.c2lnbmF0dXJl",
    "a password in an address": "https://ada:" + "hunter2x" + "@api.example.com/",
    "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
}
NAMED = {
    "a password": "const password = 'T0p!secret9'",
    "an API key": "config = {apiKey: 'f00ba4-12ab'}",
    "a client's secret": "client_secret: 'q8w7e6r5t4'",
}
NONE = {
    "a label": "const password = 'Enter your password'",
    "a key of a text": "password: 'form.password.label'",
    "a type of a field": "const type = 'password'; password = 'password'",
    "a place for a value": "const apiKey = '${API_KEY}'",
    "nothing yet": "const secret = ''",
    "stars": "password: '********'",
    "a name": "passwordField = form.password",
    "a hash of a picture": "const digest = 'd41d8cd98f00b204e9800998ecf8427e'",
    "ordinary code": "export function split(total, people) { return total / people }",
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
def test_a_secret_is_found_and_not_told(secret: str) -> None:
    found = found_in(subject_with({"app.js": f"\nconst a = '{secret}'\n"}), "secrets")

    assert [(one.rule, one.file, one.line) for one in found] == [("secret", "app.js", 2)]
    assert secret not in repr(found)
    assert secret[8:24] not in repr(found)


@pytest.mark.parametrize("line", NAMED.values(), ids=NAMED.keys())
def test_a_value_beside_a_telling_name_is_found(line: str) -> None:
    found = found_in(subject_with({"app.js": line}), "secrets")

    assert [one.rule for one in found] == ["secret-by-name"]
    assert line.rpartition("'")[0].rpartition("'")[2] not in repr(found)


@pytest.mark.parametrize("line", NONE.values(), ids=NONE.keys())
def test_what_is_no_secret_is_not_taken_for_one(line: str) -> None:
    assert rules_in(subject_with({"app.js": line}), "secrets") == []


@pytest.mark.parametrize("name", ["a.json", "a.html", "a.css", "a.txt", ".env", "a.yml", "a.svg"])
def test_all_kinds_of_text_are_looked_into(name: str) -> None:
    text = f"key: {SECRETS['an AWS key']}"

    assert rules_in(subject_with({name: text}), "secrets") == ["secret"]


@pytest.mark.parametrize("at", [0, LONGEST_LINE - 10, 3 * LONGEST_LINE])
def test_a_secret_in_a_minified_line_is_found_wherever_it_stands(at: int) -> None:
    line = "a;" * (at // 2) + f"k='{SECRETS['an AWS key']}';" + "b;" * 5_000

    assert rules_in(subject_with({"app.js": line}), "secrets") == ["secret"]


def test_a_file_full_of_secrets_is_told_of_a_few_times() -> None:
    text = f"k = '{SECRETS['an AWS key']}'\n" * 100

    assert rules_in(subject_with({"app.js": text}), "secrets") == ["secret"] * 20


def test_nobody_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a detector opened a connection")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    text = "\n".join(SECRETS.values())

    assert len(rules_in(subject_with({"app.js": text}), "secrets")) >= len(SECRETS)


@pytest.mark.parametrize(
    ("kind", "rules"),
    [("PRIVATE KEY", ["secret"]), ("RSA PRIVATE KEY", ["secret"]), ("CERTIFICATE", [])],
)
def test_a_private_key_in_base64_is_found_and_a_certificate_is_none(
    kind: str, rules: list[str]
) -> None:
    pem = f"-----BEGIN {kind}-----\n{'MIIE' * 20}\n"
    script = f"const value = '{b64encode(pem.encode()).decode()}'"

    assert rules_in(subject_with({"app.js": script}), "secrets") == rules
