from __future__ import annotations

from django.urls import path

from portico.branding import views

urlpatterns = [
    path("favicon.ico", views.favicon, name="favicon"),
    path("apple-touch-icon.png", views.apple_touch_icon, name="apple_touch_icon"),
    path("site.webmanifest", views.manifest, name="web_manifest"),
]
