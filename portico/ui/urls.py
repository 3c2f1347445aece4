"""Where the gallery is, under `/ui/`."""

from __future__ import annotations

from django.urls import path

from portico.ui import views

urlpatterns = [
    path("", views.components, name="ui_components"),
    path("<slug:name>/", views.frame, name="ui_frame"),
]
