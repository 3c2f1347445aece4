from __future__ import annotations

from django.urls import path

from portico.about_us import views

urlpatterns = [
    path("tenant/about-us/link/", views.link, name="about_us_link"),
    path("tenant/about-us/link/check/", views.check_link, name="check_about_us_link"),
]
