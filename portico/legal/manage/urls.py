from __future__ import annotations

from django.urls import path

from portico.legal import converters
from portico.legal.manage import publishing, views

__all__ = ["converters"]  # imported for the kinds in addresses

urlpatterns = [
    path("", views.documents, name="legal_documents"),
    path("uploads/<slug:sha256>/<int:page>.png", views.upload_page, name="legal_upload_page"),
    path("<legal_kind:kind>/", views.versions, name="legal_versions"),
    path("<legal_kind:kind>/publish/", publishing.publish, name="publish_legal"),
    path("<legal_kind:kind>/<int:number>/changes/", views.changes, name="legal_changes"),
    path("<legal_kind:kind>/<int:number>/withdraw/", publishing.withdraw, name="withdraw_legal"),
]
