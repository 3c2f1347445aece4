from __future__ import annotations

from django.urls import path

from portico.releases.views import events, listing, new, program, release

RELEASE = "releases/<uuid:release_id>/"
PROGRAM = "programs/<str:app_id>/releases/"

urlpatterns = [
    path("releases/", listing.releases, name="release_list"),
    path(RELEASE, release.release, name="release"),
    path(f"{RELEASE}<str:event>/", events.release_event, name="release_event"),
    path(PROGRAM, program.program_releases, name="program_releases"),
    path(f"{PROGRAM}new/", new.new_release, name="release_new"),
]
