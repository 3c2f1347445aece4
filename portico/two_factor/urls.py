from __future__ import annotations

from django.urls import path

from portico.two_factor import signing_in, views

urlpatterns = [
    path("sign-in/mailed-code/", signing_in.mailed_code, name="mailed_code"),
    path("sign-in/mailed-code/send/", signing_in.send_mailed_code, name="send_mailed_code"),
    path("console/after-two-factor/", signing_in.after_two_factor, name="after_two_factor"),
    path("console/limited-session/", signing_in.limited_session, name="limited_session"),
    path("settings/tenant/two-factor/", views.two_factor_policy, name="two_factor_policy"),
    path(
        "settings/tenant/two-factor/save/",
        views.change_two_factor_policy,
        name="change_two_factor_policy",
    ),
]
