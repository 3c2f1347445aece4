from __future__ import annotations

from django.urls import path

from portico.single_sign_on import views

urlpatterns = [
    path("sign-in/with/<slug:provider_id>/", views.start, name="single_sign_on"),
    path("sign-in/with/<slug:provider_id>/answer/", views.callback, name="single_sign_on_callback"),
    path("settings/account/linked-sign-ins/", views.linked_sign_ins, name="linked_sign_ins"),
    path(
        "settings/account/linked-sign-ins/<slug:provider_id>/link/",
        views.start_linking,
        name="link_sign_in",
    ),
    path(
        "settings/account/linked-sign-ins/<int:link_id>/unlink/",
        views.unlink,
        name="unlink_sign_in",
    ),
]
