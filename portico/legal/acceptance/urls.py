from __future__ import annotations

from django.urls import path

from portico.legal.acceptance import coverage_views, views

urlpatterns = [
    path("legal/accept/", views.accept_documents, name="accept_documents"),
    path(
        "legal/accept/<uuid:version_id>/<str:language>/", views.open_document, name="open_document"
    ),
    path("legal/decline/", views.decline_documents, name="decline_documents"),
    path(".well-known/portico-legal-key.pem", coverage_views.legal_key, name="legal_key"),
    path("legal/declined/", views.declined_documents, name="declined_documents"),
]
