"""The Settings page's other areas: the workspace, and everything about one's own account."""

from __future__ import annotations

from django.urls import path

from portico.accounts import views as accounts
from portico.accounts.second_factor.urls import account_urlpatterns as second_factor
from portico.workspaces import views as workspaces

urlpatterns = [
    path("tenant/workspace/", workspaces.workspace, name="workspace"),
    path("account/", accounts.profile, name="account_profile"),
    path("account/password/", accounts.change_password, name="account_change_password"),
    *second_factor,
    path("account/sessions/", accounts.sessions, name="account_sessions"),
    path("account/sessions/end-others/", accounts.end_other_sessions, name="end_other_sessions"),
    path("account/sessions/<int:session_id>/end/", accounts.end_session, name="end_session"),
    path("account/tokens/", workspaces.api_tokens, name="account_tokens"),
    path(
        "account/tokens/<uuid:token_id>/revoke/",
        workspaces.revoke_api_token,
        name="revoke_api_token",
    ),
]
