from __future__ import annotations

from django.urls import path

from portico.portal import views

urlpatterns = [
    path("", views.home, name="home"),
    path("language/", views.choose_language, name="choose_language"),
]
