from __future__ import annotations

from django.urls import path

from portico.accounts.second_factor.views import codes, confirm, overview, passkeys, sign_in

sign_in_urlpatterns = [
    path("sign-in/passkey/", sign_in.passkey_sign_in, name="passkey_sign_in"),
    path("sign-in/passkey/options/", sign_in.passkey_options, name="passkey_options"),
    path("sign-in/second-factor/", sign_in.second_factor, name="second_factor"),
    path(
        "sign-in/second-factor/options/",
        sign_in.second_factor_options,
        name="second_factor_options",
    ),
]
"""At the root of a workspace's host."""

account_urlpatterns = [
    path("account/reauthenticate/", confirm.confirm, name="account_reauthenticate"),
    path("account/reauthenticate/options/", confirm.confirm_options, name="confirm_options"),
    path("account/two-factor/", overview.two_factor, name="two_factor"),
    path("account/two-factor/app/", overview.app, name="authenticator_app"),
    path(
        "account/two-factor/app/remove/",
        overview.remove_app_page,
        name="remove_authenticator_app",
    ),
    path("account/two-factor/codes/", codes.recovery_codes, name="recovery_codes"),
    path(
        "account/two-factor/codes/download/",
        codes.download_recovery_codes,
        name="download_recovery_codes",
    ),
    path("account/two-factor/codes/new/", codes.make_recovery_codes, name="make_recovery_codes"),
    path("account/two-factor/passkeys/new/", passkeys.new_passkey, name="new_passkey"),
    path(
        "account/two-factor/passkeys/new/options/",
        passkeys.new_passkey_options,
        name="new_passkey_options",
    ),
    path(
        "account/two-factor/passkeys/<int:passkey_id>/name/",
        passkeys.rename_passkey_page,
        name="rename_passkey",
    ),
    path(
        "account/two-factor/passkeys/<int:passkey_id>/remove/",
        passkeys.remove_passkey_page,
        name="remove_passkey",
    ),
]
"""Below `settings/`."""
