"""What is where on a workspace's host."""

from __future__ import annotations

from django.urls import include, path

from portico.config.api import api_urls
from portico.config.env import load
from portico.config.urls.accounts import account_urls

urlpatterns = [
    path("", include("portico.portal.urls")),
    path("", include("portico.branding.urls")),
    path("", include("portico.domains.urls")),
    path("", include("portico.egress.urls")),
    path("", include("portico.files.urls")),
    path("", include(account_urls)),
    path("", include("portico.single_sign_on.urls")),
    path("", include("portico.legal.acceptance.urls")),
    path("", include("portico.legal.cookies.urls")),
    path("", include("portico.legal.urls")),
    path("", include("portico.members.urls")),
    path("", include("portico.two_factor.urls")),
    path("console/mail/demo-inbox/", include("portico.demo_mail.urls")),
    path("console/mail/", include("portico.service_email.log.urls")),
    path("console/webhooks/", include("portico.webhooks.urls")),
    path("console/apps/", include("portico.targets.urls")),
    path("console/programs/", include("portico.miniprograms.urls")),
    path("console/programs/", include("portico.miniprograms.uploading.urls")),
    path("console/programs/", include("portico.automated_checks.urls")),
    path("console/programs/", include("portico.rollout.urls")),
    path("console/reviewers/", include("portico.automated_checks.reviewers.urls")),
    path("console/", include("portico.releases.urls")),
    path("console/", include("portico.releases.test_groups.urls")),
    path("console/approvals/", include("portico.releases.deciding.urls")),
    path("console/", include("portico.console.urls")),
    path("settings/tenant/terms-of-service/", include("portico.legal.acceptance.coverage_urls")),
    path("settings/", include("portico.about_us.urls")),
    path("settings/", include("portico.release_process.urls")),
    path("settings/", include("portico.service_email.urls")),
    path("settings/", include("portico.service_email.topics.urls")),
    path("settings/tenant/service-email/test/", include("portico.service_email.doctor.urls")),
    path("settings/tenant/terms-of-service/documents/", include("portico.legal.manage.urls")),
    path("settings/", include("portico.basic_settings.urls")),
    path("settings/", include("portico.config.urls.settings")),
    path("api/v1/", include(api_urls)),
    path("delivery/v1/", include("portico.config.urls.delivery")),
]
if not load().production:
    urlpatterns.append(path("ui/", include("portico.ui.urls")))

handler400 = "portico.config.handlers.bad_request"
handler403 = "portico.config.handlers.permission_denied"
handler404 = "portico.config.handlers.page_not_found"
handler429 = "portico.config.handlers.too_many_requests"
handler500 = "portico.config.handlers.server_error"
