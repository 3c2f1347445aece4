from __future__ import annotations

from django.urls import path

from portico.automated_checks import views

CHECKS = "<str:app_id>/versions/<int:code>/checks/"

urlpatterns = [
    path(CHECKS, views.version_checks, name="version_checks"),
    path(f"{CHECKS}run/", views.run_checks, name="run_checks"),
]
