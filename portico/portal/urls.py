from __future__ import annotations

from django.urls import include, path

from portico.portal import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("portico.portal.programs.urls")),
    path("language/", views.choose_language, name="choose_language"),
]
