from __future__ import annotations

from django.urls import path

from portico.release_process import views

urlpatterns = [
    path("tenant/release-process/try/", views.try_saved, name="try_release_process"),
    path("tenant/release-process/try/form/", views.try_form, name="try_release_process_form"),
]
