from __future__ import annotations

from django.urls import path

from portico.service_email.doctor import views

urlpatterns = [
    path("", views.test_email, name="test_email"),
    path("<uuid:run_id>/", views.test_run, name="test_run"),
    path("<uuid:run_id>/cancel/", views.cancel_test, name="cancel_test"),
]
