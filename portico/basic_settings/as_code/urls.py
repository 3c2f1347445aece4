from __future__ import annotations

from django.urls import path

from portico.basic_settings.as_code import views

urlpatterns = [
    path("", views.as_code, name="as_code"),
    path("export/", views.export_as_code, name="export_as_code"),
    path("plan/", views.plan_as_code, name="plan_as_code"),
    path("apply/", views.apply_as_code, name="apply_as_code"),
]
