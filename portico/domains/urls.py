from __future__ import annotations

from django.urls import path

from portico.domains import views

SECTION = "settings/tenant/domain-preference"

urlpatterns = [
    path(".well-known/portico-domain", views.domain_marker, name="domain_marker"),
    path(f"{SECTION}/check/", views.check_domain, name="check_domain"),
    path(f"{SECTION}/check/<uuid:run_id>/", views.domain_check, name="domain_check"),
    path(
        f"{SECTION}/check/<uuid:run_id>/cancel/",
        views.cancel_domain_check,
        name="cancel_domain_check",
    ),
    path(f"{SECTION}/instructions/", views.domain_instructions, name="domain_instructions"),
]
