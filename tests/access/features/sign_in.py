"""Signing in, and going from one workspace to another."""

from __future__ import annotations

from portico.kernel.ids import new_id
from tests.access.rows import (
    EVERYBODY,
    NOT_THIS,
    NOTHING,
    SENT,
    Page,
)

PAGES: dict[str, Page] = {
    "mailed_code": Page(SENT, SENT),  # nobody is between password and second factor here
    "send_mailed_code": Page(SENT, SENT),
    "account_login": Page(
        "302 302 302 302 302 302 200",
        "302 302 302 302 302 302 200",
        sent=lambda _: {"login": "admin@acme.example.com", "password": "wrong"},
    ),
    "passkey_options": Page(NOT_THIS, EVERYBODY),
    "passkey_sign_in": Page(NOT_THIS, SENT),
    "second_factor": Page(SENT, SENT),
    "second_factor_options": Page(NOT_THIS, SENT),
    "single_sign_on": Page(NOT_THIS, NOTHING, args=lambda _: {"provider_id": "staff"}),
    "single_sign_on_callback": Page(NOTHING, NOT_THIS, args=lambda _: {"provider_id": "staff"}),
    "account_logout": Page("200 200 200 200 200 200 302", SENT),
    "account_inactive": Page(EVERYBODY, NOT_THIS),
    "account_reset_password": Page(
        EVERYBODY, SENT, sent=lambda scene: {"email": f"{scene.who}@example.com"}
    ),
    "account_reset_password_done": Page(EVERYBODY, NOT_THIS),
    "account_reset_password_from_key": Page(
        EVERYBODY, EVERYBODY, args=lambda _: {"uidb36": "1", "key": "made-up"}
    ),
    "account_reset_password_from_key_done": Page(EVERYBODY, NOT_THIS),
    "ask_for_verification": Page(NOT_THIS, SENT),
    "verify_address": Page(
        EVERYBODY, EVERYBODY, args=lambda _: {"person_id": new_id(), "key": "made-up"}
    ),
    "after_sign_in": Page(SENT, NOT_THIS),
    # From one workspace to another
    "switch": Page(NOT_THIS, "200 200 200 200 200 404 302", args=lambda _: {"slug": "acme"}),
    "handoff": Page("409 409 409 409 409 409 409", "409 409 409 409 409 409 409"),
}
