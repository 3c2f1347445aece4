from __future__ import annotations

from django.urls import path

from portico.legal.cookies import views

urlpatterns = [path("cookies/", views.cookies, name="cookies")]
