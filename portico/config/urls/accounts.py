"""Sign-in and what belongs to it: allauth's views, each with our mark and under our address.

Only those that an invitation-only platform needs: there is no sign-up.
"""

from __future__ import annotations

from allauth.account import views as allauth
from django.urls import path, re_path

from portico.accounts import views as accounts
from portico.accounts.second_factor.urls import sign_in_urlpatterns as second_factor
from portico.kernel.access import public
from portico.workspaces import views as workspaces

account_urls = [
    path("sign-in/", accounts.sign_in, name="account_login"),
    *second_factor,
    path(
        "sign-out/", public("Whoever asks to sign out may.")(allauth.logout), name="account_logout"
    ),
    path("signed-in/", workspaces.after_sign_in, name="after_sign_in"),
    path("switch/<slug:slug>/", workspaces.switch, name="switch"),
    path("handoff/", workspaces.handoff, name="handoff"),
    path(
        "account/inactive/",
        public("Says that an account is closed.")(allauth.account_inactive),
        name="account_inactive",
    ),
    path(
        "password/reset/",
        public("Who forgot a password cannot sign in.")(allauth.password_reset),
        name="account_reset_password",
    ),
    path(
        "password/reset/sent/",
        public("Says where the link went.")(allauth.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public("The link itself proves who opens it.")(allauth.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("verify-address/", accounts.ask_for_verification, name="ask_for_verification"),
    path(
        "verify-address/<uuid:person_id>/<str:key>/", accounts.verify_address, name="verify_address"
    ),
    path(
        "password/reset/done/",
        public("Says that the new password is set.")(allauth.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
]
