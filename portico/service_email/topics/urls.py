from __future__ import annotations

from django.urls import path

from portico.service_email.topics import views

urlpatterns = [path("account/e-mails/", views.account_mails, name="account_mails")]
