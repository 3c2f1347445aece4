from __future__ import annotations

from django.urls import path

from portico.miniprograms.uploading import upload_views, views

VERSIONS = "<str:app_id>/versions/"

urlpatterns = [
    path(VERSIONS, views.program_versions, name="program_versions"),
    path(f"{VERSIONS}upload/", upload_views.upload_version, name="upload_version"),
    path(f"{VERSIONS}<int:code>/", views.program_version, name="program_version"),
    path(f"{VERSIONS}<int:code>/package/", views.version_package, name="version_package"),
]
