from __future__ import annotations

from base64 import urlsafe_b64encode
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from portico.config.env import (
    DEVELOPMENT_KEY,
    Env,
    development_keys,
    load,
    unsafe_for_production,
)
from portico.config.mail import mail_settings
from portico.config.running.configuration import InvalidConfiguration, configured
from portico.egress.configuration import LOOPBACK, NameServer
from tests.docs import CONFIGURATION, part, settings_table

KEY = urlsafe_b64encode(b"k" * 32).decode()  # the same in every test process
OTHER_KEY = urlsafe_b64encode(b"o" * 32).decode()
SECRET = "s" * 50
SAFE = {
    "PORTICO_MODE": "production",
    "PORTICO_BASE_DOMAIN": "portico.example.com",
    "PORTICO_SECRET_KEY": SECRET,
    "PORTICO_KEY_RING": KEY,
    "PORTICO_MAIL_URL": "smtp://mail.example.com",
    "PORTICO_CONTENT_DOMAIN": "content.example.net",
}


@pytest.fixture(autouse=True)
def _only_what_a_test_sets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "PORTICO_DATA_DIR", "PORTICO_DEFAULT_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def env(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Env:
    """The configuration that these variables give."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Env()


def refusal(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    """What is said of variables that cannot be used."""
    with pytest.raises(ValidationError) as refused:
        env(monkeypatch, **variables)
    return str(refused.value)


def test_a_safe_production_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert unsafe_for_production(env(monkeypatch, **SAFE)) == []


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "", "PORTICO_SECRET_KEY (or PORTICO_SECRET_KEY_FILE) is not set."),
        ("SECRET_KEY", DEVELOPMENT_KEY, "anyone could sign sessions."),
        ("SECRET_KEY", "development" + "x" * 50, "anyone could sign sessions."),
        ("SECRET_KEY", "s" * 49, "PORTICO_SECRET_KEY is shorter than 50 characters."),
        ("KEY_RING", "", "PORTICO_KEY_RING (or PORTICO_KEY_RING_FILE) is not set."),
        ("KEY_RING", " , ", "PORTICO_KEY_RING (or PORTICO_KEY_RING_FILE) is not set."),
        ("DEBUG", "true", "PORTICO_DEBUG is on; its error pages show secrets."),
        ("EGRESS_ALLOW", "127.0.0.0/8", "lets outgoing calls reach this machine itself."),
        ("EGRESS_ALLOW", "10.0.0.0/8, ::/0", "lets outgoing calls reach this machine itself."),
        ("DEMO", "1", "PORTICO_DEMO is on; its passwords are public."),
        ("BASE_DOMAIN", "localhost", "PORTICO_BASE_DOMAIN is still `localhost`."),
        ("BASE_DOMAIN", " LOCALHOST. ", "PORTICO_BASE_DOMAIN is still `localhost`."),
        ("MAIL_URL", "", "PORTICO_MAIL_URL is not set; nobody could reset a password."),
        ("CONTENT_DOMAIN", "", "mini programs need a domain apart from the portal."),
        ("CONTENT_DOMAIN", "content.portico.example.com", "of the portal. Use another one."),
        ("CONTENT_DOMAIN", "Example.com.", "of the portal. Use another one."),
        ("CONTENT_DOMAIN", "portico.example.com", "of the portal. Use another one."),
    ],
)
def test_each_unsafe_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    reasons = unsafe_for_production(env(monkeypatch, **{**SAFE, f"PORTICO_{name}": value}))

    assert len(reasons) == 1
    assert reasons[0].endswith(sentence)


def test_production_has_no_key_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    without = {**SAFE, "PORTICO_SECRET_KEY": ""}

    assert env(monkeypatch, **without).django_secret_key == ""
    assert env(monkeypatch, PORTICO_MODE="development").django_secret_key == DEVELOPMENT_KEY


def test_secrets_are_read_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{SECRET}\n")
    (tmp_path / "ring").write_text(f"{KEY}\n\n  {OTHER_KEY}\n")

    found = env(
        monkeypatch,
        PORTICO_SECRET_KEY_FILE=str(tmp_path / "key"),
        PORTICO_KEY_RING_FILE=str(tmp_path / "ring"),
    )

    assert found.django_secret_key == SECRET
    assert found.key_ring_keys == (KEY, OTHER_KEY)


def test_a_secret_counts_before_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from the file")

    found = env(
        monkeypatch,
        PORTICO_SECRET_KEY=SECRET,
        PORTICO_SECRET_KEY_FILE=str(tmp_path / "key"),
    )

    assert found.django_secret_key == SECRET


def test_a_file_that_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = refusal(monkeypatch, PORTICO_SECRET_KEY_FILE=str(tmp_path / "missing"))

    assert "PORTICO_SECRET_KEY_FILE" in said
    assert "No such file" in said


def test_the_key_ring_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    found = env(monkeypatch, PORTICO_KEY_RING=f" {KEY} ,{OTHER_KEY},")

    assert found.key_ring_keys == (KEY, OTHER_KEY)


@pytest.mark.parametrize("wrong", ["x", "a" * 44, KEY[:-4]])
def test_a_wrong_key_in_the_ring_is_named_by_its_place_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    said = refusal(monkeypatch, PORTICO_KEY_RING=f"{KEY},{wrong}")

    assert "key 2 is not a Fernet key" in said
    assert KEY not in said


@pytest.mark.parametrize(
    "wrong",
    [
        "mail.example.com",
        "https://mail.example.com",
        "smtp://",
        "smtp://host:port",
        "smtp://host:99999",
        "smtp://host?security=tls",
        "smtp://host?security=ssl&security=none",
    ],
)
def test_a_mail_server_that_cannot_be_understood_is_refused_without_its_password(
    monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    said = refusal(monkeypatch, PORTICO_MAIL_URL=wrong.replace("//", "//ada:hush-hush@"))

    assert "smtp://user:password@host:587?security=starttls" in said
    assert "hush-hush" not in said


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://h", {"EMAIL_HOST": "h", "EMAIL_PORT": 587, "EMAIL_USE_TLS": True}),
        ("smtp://h?security=ssl", {"EMAIL_PORT": 465, "EMAIL_USE_SSL": True}),
        ("smtp://h?security=none", {"EMAIL_PORT": 25, "EMAIL_USE_TLS": False}),
        ("smtp://h:2525", {"EMAIL_PORT": 2525, "EMAIL_USE_TLS": True}),
        ("smtp://a%40b:p%2Fw@h", {"EMAIL_HOST_USER": "a@b", "EMAIL_HOST_PASSWORD": "p/w"}),
        ("", {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"}),
    ],
)
def test_the_mail_server_is_set_up_as_its_url_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str, expected: dict[str, object]
) -> None:
    found = mail_settings(env(monkeypatch, PORTICO_MAIL_URL=url), tmp_path)

    assert expected.items() <= found.items()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "http"),
        ("MODE", "prod"),
        ("LOG_FORMAT", "xml"),
        ("DEBUG", "maybe"),
        ("MAIL_PORTS", "587, smtp"),
        ("MAIL_PORTS", ","),
        ("EGRESS_ALLOW", "10.0.0.1/8"),
        ("DNS_SERVERS", "dns.example.com"),
        ("CA_FILE", "/nowhere/ca.pem"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"PORTICO_{name}", value)
    load.cache_clear()

    with pytest.raises(InvalidConfiguration) as refused:
        configured()

    assert str(refused.value).startswith(f"PORTICO_{name} is “{value}”: ")
    assert str(refused.value).endswith(".")


def test_outgoing_calls_are_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    found = env(
        monkeypatch,
        **SAFE,
        PORTICO_MAIL_PORTS="25, 1025",
        PORTICO_EGRESS_ALLOW="10.1.0.0/16",
        PORTICO_DNS_SERVERS="10.0.0.2, [fd00::2]:5353",
    ).egress

    assert found.mail_ports == {25, 1025}
    assert found.allowed == (ip_network("10.1.0.0/16"),)
    assert found.name_servers == (NameServer("10.0.0.2"), NameServer("fd00::2", 5353))


def test_development_reaches_this_machine_and_production_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert env(monkeypatch).egress.allowed == LOOPBACK
    assert env(monkeypatch, **SAFE).egress.allowed == ()


def test_without_a_key_ring_development_has_one_that_stays_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, other = env(monkeypatch), env(monkeypatch, PORTICO_SECRET_KEY=SECRET)

    assert development_keys(first) == development_keys(first) != development_keys(other)
    Fernet(development_keys(first)[0])


def test_a_file_in_the_folder_counts_after_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("PORTICO_PORT=9000\nPORTICO_BASE_DOMAIN=example.org\n")

    found = env(monkeypatch, PORTICO_PORT="9001")

    assert (found.port, found.base_domain) == (9001, "example.org")


def test_the_guide_lists_every_setting_as_it_is() -> None:
    guide = CONFIGURATION.read_text(encoding="utf-8")

    assert part(guide, "settings") == settings_table(), "`make docs` writes it anew."
    assert settings_table().count("\n") == len(Env.model_fields) + 1


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Env.model_fields.values())
