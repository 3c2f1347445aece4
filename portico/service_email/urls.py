from __future__ import annotations

from django.urls import path

from portico.service_email import views

urlpatterns = [
    path("tenant/service-email/use-anyway/", views.use_anyway, name="use_mail_server_anyway"),
]
