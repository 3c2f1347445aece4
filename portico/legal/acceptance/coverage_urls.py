from __future__ import annotations

from django.urls import path

from portico.legal.acceptance import coverage_views as views

urlpatterns = [
    path("coverage/", views.legal_coverage, name="legal_coverage"),
    path("coverage/members.csv", views.legal_coverage_csv, name="legal_coverage_csv"),
    path("coverage/evidence.zip", views.legal_evidence, name="legal_evidence"),
    path("exemptions/<uuid:member_id>/", views.exempt_member, name="exempt_member"),
    path("exemptions/<uuid:member_id>/end/", views.end_exemption, name="end_exemption"),
]
