"""The API: one router a feature, put together here."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver
from ninja.openapi.docs import Swagger

from portico.about_us.api import router as about_us_router
from portico.automated_checks.api import router as checks_router
from portico.automated_checks.reviewers.api import router as reviewers_router
from portico.automated_checks.reviewers.reviews_api import router as reviews_router
from portico.basic_settings.api import settings_router
from portico.basic_settings.as_code.api import router as as_code_router
from portico.config.problems import PorticoApi, with_problems
from portico.console.api import router as audit_router
from portico.domains.api import router as domains_router
from portico.egress.outbound.api import router as outbound_router
from portico.files.api import router as files_router
from portico.kernel.access import public
from portico.legal.acceptance.api import router as acceptance_router
from portico.legal.acceptance.own_api import router as acceptances_router
from portico.members.api import router as members_router
from portico.members.invitations_api import router as invitations_router
from portico.miniprograms.api import router as programs_router
from portico.miniprograms.members_api import router as program_members_router
from portico.miniprograms.targets_api import router as program_targets_router
from portico.miniprograms.uploading.api import router as versions_router
from portico.release_process.api import router as release_process_router
from portico.releases.api import router as releases_router
from portico.releases.deciding.api import router as approval_requests_router
from portico.releases.events_api import router as release_events_router
from portico.releases.taking_away_api import router as taking_away_router
from portico.releases.test_groups.api import program_router as program_test_groups_router
from portico.releases.test_groups.api import router as test_groups_router
from portico.rollout.api import router as delivery_router
from portico.service_email.api import router as service_email_router
from portico.service_email.doctor.api import doctor_router
from portico.service_email.log.api import router as mails_router
from portico.service_email.topics.api import router as mail_topics_router
from portico.targets.api import router as apps_router
from portico.targets.keys_api import router as target_keys_router
from portico.two_factor.api import router as two_factor_router
from portico.webhooks.api import router as webhooks_router
from portico.workspaces.api import router as account_router

api = PorticoApi(
    title="Portico",
    version="1",
    description="Everything that the pages can do, with the same rules behind it. Authenticate "
    "with a token of the workspace whose host you call.",
    urls_namespace="api",
    docs_url="/docs",
    docs=Swagger(settings={"validatorUrl": None}),  # nothing from, and nothing to, other sites
)
api.add_router("/settings", as_code_router)
api.add_router("/settings", settings_router())
api.add_router("/settings", about_us_router)
api.add_router("/settings", release_process_router)
api.add_router("/settings", service_email_router)
api.add_router("/settings", domains_router)
api.add_router("/settings", outbound_router)
api.add_router("/settings", acceptance_router)
api.add_router("/files", files_router)
api.add_router("/audit", audit_router)
api.add_router("/settings/service-email", doctor_router())
api.add_router("/mails", mails_router)
api.add_router("/members", members_router)
api.add_router("/invitations", invitations_router)
api.add_router("/two-factor-policy", two_factor_router)
api.add_router("/webhooks", webhooks_router)
api.add_router("/apps", apps_router)
api.add_router("/apps", target_keys_router)
api.add_router("/mini-programs", programs_router)
api.add_router("/mini-programs", program_targets_router)
api.add_router("/mini-programs", program_members_router)
api.add_router("/mini-programs", versions_router)
api.add_router("/mini-programs", checks_router)
api.add_router("/mini-programs", delivery_router)
api.add_router("/reviewers", reviewers_router)
api.add_router("/reviews", reviews_router)
api.add_router("/releases", releases_router)
api.add_router("/releases", release_events_router)
api.add_router("/mini-programs", taking_away_router)
api.add_router("/approval-requests", approval_requests_router)
api.add_router("/test-groups", test_groups_router)
api.add_router("/mini-programs", program_test_groups_router)
api.add_router("", account_router)
api.add_router("", acceptances_router)
api.add_router("", mail_topics_router)

_door = public("Each operation of the API has its own door: a token and a permission.")


def _marked(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback = _door(with_problems(pattern.callback))
    return patterns


_patterns, _app_name, _namespace = api.urls
api_urls = (_marked(_patterns), _namespace)
