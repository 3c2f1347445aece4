from __future__ import annotations

from django.urls import path

from portico.legal import converters, views

__all__ = ["converters"]  # imported for the kinds in addresses

urlpatterns = [
    path("legal/", views.overview, name="legal_overview"),
    path("legal/<legal_kind:kind>", views.document_in_force, name="legal_document"),
    path("legal/<legal_kind:kind>/<int:number>", views.version, name="legal_version"),
    path("legal/<legal_kind:kind>/<int:number>/document.pdf", views.pdf, name="legal_pdf"),
    path(
        "legal/<legal_kind:kind>/<int:number>/<slug:language>/<int:page>.png",
        views.page,
        name="legal_page",
    ),
]
