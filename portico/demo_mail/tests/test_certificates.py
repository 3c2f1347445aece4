from __future__ import annotations

import ssl
from datetime import timedelta
from pathlib import Path

import pytest

from portico.demo_mail.certificates import ensure_certificates, trust_also
from portico.kernel.clock import now
from tests.make import AT


def test_certificates_are_made_once_and_readable_to_us_alone(tmp_path: Path) -> None:
    folder = tmp_path / "demo-mail"

    made = ensure_certificates(folder, at=AT)
    content = {path.name: path.read_bytes() for path in folder.iterdir()}
    again = ensure_certificates(folder, at=AT + timedelta(days=300))

    assert again == made
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == content
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert b"PRIVATE" not in made.authority.read_bytes()


def test_certificates_are_made_anew_before_they_expire(tmp_path: Path) -> None:
    first = ensure_certificates(tmp_path, at=AT).good.read_bytes()

    later = ensure_certificates(tmp_path, at=AT + timedelta(days=800)).good.read_bytes()

    assert later != first


@pytest.mark.parametrize("name", ["ca.pem", "server.pem", "expired.pem"])
def test_a_lost_or_broken_or_foreign_file_is_mended(tmp_path: Path, name: str) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    ensure_certificates(here, at=AT)
    foreign = ensure_certificates(elsewhere, at=AT)
    for content in (None, b"", b"no certificate", (elsewhere / name).read_bytes()):
        (here / name).unlink()
        if content is not None:
            (here / name).write_bytes(content)

        ensure_certificates(here, at=AT)

        context = ssl.create_default_context(cafile=here / "ca.pem")
        context.load_cert_chain(here / "server.pem")
        assert (here / name).read_bytes() not in {content, foreign.good.read_bytes()}


def test_several_authorities_become_one_file(tmp_path: Path) -> None:
    ours = ensure_certificates(tmp_path / "ours", at=now()).authority
    theirs = ensure_certificates(tmp_path / "theirs", at=now()).authority

    both = trust_also(tmp_path, [theirs, ours])

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=both)
    assert len(context.get_ca_certs()) == 2
