"""Delivery: what super apps ask. Every error is a problem, as in the API."""

from __future__ import annotations

from django.urls import path

from portico.config.problems import answering_problems
from portico.rollout import delivery_views as views

VERSION = "versions/<str:app_id>/<int:code>/"

urlpatterns = [
    path("resolve", answering_problems(views.resolve), name="delivery_resolve"),
    path("resolve:batch", answering_problems(views.resolve_batch), name="delivery_resolve_batch"),
    path(f"{VERSION}package", answering_problems(views.package), name="delivery_package"),
    path(f"{VERSION}manifest", answering_problems(views.manifest), name="delivery_manifest"),
]
