from __future__ import annotations

from django.urls import include, path

from portico.basic_settings import history_views, views

urlpatterns = [
    path("", views.gear, name="settings"),
    path("tenant/", views.tenant, name="tenant_settings"),
    path("tenant/as-code/", include("portico.basic_settings.as_code.urls")),
    path("tenant/preview/end", views.stop_preview, name="end_preview"),
    path("tenant/<slug:name>/card/", views.card, name="section"),
    path("tenant/<slug:name>/edit/", views.edit, name="edit_section"),
    path("tenant/<slug:name>/draft/preview/", views.preview, name="preview_draft"),
    path("tenant/<slug:name>/draft/publish/", views.publish, name="publish_draft"),
    path("tenant/<slug:name>/draft/discard/", views.discard, name="discard_draft"),
    path("tenant/<slug:name>/history/", history_views.history, name="section_history"),
    path(
        "tenant/<slug:name>/history/<int:number>/", history_views.revision, name="section_revision"
    ),
    path(
        "tenant/<slug:name>/history/<int:number>/restore/",
        history_views.restore,
        name="restore_revision",
    ),
    path("tenant/<slug:name>/reset/", history_views.reset, name="reset_section"),
]
