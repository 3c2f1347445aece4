from __future__ import annotations

from django.urls import path

from portico.targets.views import apps, keys, standing

APP = "<uuid:app_id>/"
KEYS = f"{APP}<slug:environment>/keys/"
KEY = f"{KEYS}<uuid:key_id>/"

urlpatterns = [
    path("", apps.apps, name="apps"),
    path("new/", apps.new_app, name="new_app"),
    path(APP, apps.app, name="app"),
    path(f"{APP}edit/", apps.edit_app, name="edit_app"),
    path(f"{APP}archive/", standing.archive_app, name="archive_app"),
    path(f"{APP}restore/", standing.restore_app, name="restore_app"),
    path(f"{APP}web/", standing.make_web_app, name="make_web_app"),
    path(f"{APP}web/end/", standing.end_web_app, name="end_web_app"),
    path(f"{KEYS}new/", keys.new_target_key, name="new_target_key"),
    path(f"{KEY}rotate/", keys.rotate_target_key, name="rotate_target_key"),
    path(f"{KEY}revoke/", keys.revoke_target_key, name="revoke_target_key"),
]
