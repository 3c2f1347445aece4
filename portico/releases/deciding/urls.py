from __future__ import annotations

from django.urls import path

from portico.releases.deciding.views import listing, requests

urlpatterns = [
    path("", listing.approvals, name="approvals"),
    path("own/", listing.own_requests, name="own_requests"),
    path("all/", listing.all_requests, name="all_requests"),
    path("<uuid:request_id>/", requests.approval_request, name="approval_request"),
    path("<uuid:request_id>/decide/", requests.approval_decide, name="approval_decide"),
    path("<uuid:request_id>/withdraw/", requests.approval_withdraw, name="approval_withdraw"),
    path(
        "<uuid:request_id>/screenshots/<str:sha256>/",
        requests.approval_screenshot,
        name="approval_screenshot",
    ),
]
