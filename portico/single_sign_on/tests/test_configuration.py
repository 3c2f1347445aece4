from __future__ import annotations

import json
import re

import pytest

from portico.single_sign_on.configuration import providers_in

GOOD = {
    "id": "staff",
    "name": "Staff ID",
    "issuer": "https://id.example.com/realms/staff",
    "client_id": "portico",
    "client_secret": "s3cret",
}


def test_providers_are_read_from_a_list() -> None:
    (found,) = providers_in(json.dumps([{**GOOD, "workspaces": ["acme"]}]))

    assert found.name == "Staff ID"
    assert found.scopes == ("openid", "profile", "email")
    assert found.serves("acme")
    assert not found.serves("zenith")
    assert "s3cret" not in repr(found)


def test_nothing_is_no_provider() -> None:
    assert providers_in("  ") == ()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("{", "not JSON (line 1)"),
        ("{}", "a list"),
        ("[1]", "provider 1 is not an object"),
        (json.dumps([{**GOOD, "secret": "x"}]), "secret, which nothing reads"),
        (json.dumps([{**GOOD, "client_secret": ""}]), "needs client_secret"),
        (json.dumps([{**GOOD, "client_id": 7}]), "needs client_id"),
        (json.dumps([{**GOOD, "id": "Staff ID"}]), "lower-case letters"),
        (json.dumps([GOOD, GOOD]), "the same id"),
        (json.dumps([{**GOOD, "issuer": "http://id.example.com"}]), "begin with https://"),
        (json.dumps([{**GOOD, "issuer": "https://a:b@id.example.com"}]), "plain https address"),
        (json.dumps([{**GOOD, "issuer": "https://id.example.com?x"}]), "plain https address"),
        (json.dumps([{**GOOD, "issuer": "https://["}]), "plain https address"),
        (json.dumps([{**GOOD, "scopes": ["email"]}]), "openid among them"),
        (json.dumps([{**GOOD, "workspaces": "acme"}]), "a list of texts"),
    ],
)
def test_what_is_wrong_is_said_without_what_was_given(given: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)) as raised:
        providers_in(given)

    assert "s3cret" not in str(raised.value)
