from __future__ import annotations

from django.urls import path

from portico.automated_checks.reviewers import views

REVIEWER = "<uuid:reviewer_id>/"

urlpatterns = [
    path("", views.reviewers, name="reviewers"),
    path("new/", views.new_reviewer, name="new_reviewer"),
    path(REVIEWER, views.reviewer, name="reviewer"),
    path(f"{REVIEWER}edit/", views.edit_reviewer, name="edit_reviewer"),
    path(f"{REVIEWER}disable/", views.disable_reviewer, name="disable_reviewer"),
    path(f"{REVIEWER}enable/", views.enable_reviewer, name="enable_reviewer"),
    path(f"{REVIEWER}remove/", views.remove_reviewer, name="remove_reviewer"),
    path(f"{REVIEWER}secret/", views.rotate_reviewer_secret, name="rotate_reviewer_secret"),
]
