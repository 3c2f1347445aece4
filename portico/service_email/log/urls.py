from __future__ import annotations

from django.urls import path

from portico.service_email.log import views

urlpatterns = [
    path("", views.mail_log, name="mail_log"),
    path("retention/", views.retention, name="mail_retention"),
    path("retry-failed/", views.retry_failed, name="retry_failed_mails"),
    path("<uuid:mail_id>/", views.mail, name="mail"),
    path("<uuid:mail_id>/html/", views.mail_html, name="mail_html"),
    path("<uuid:mail_id>/resend/", views.resend, name="resend_mail"),
]
