from __future__ import annotations

from django.urls import path

from portico.webhooks.views import deliveries, endpoints

ENDPOINT = "<uuid:endpoint_id>/"
DELIVERY = f"{ENDPOINT}deliveries/<uuid:delivery_id>/"

urlpatterns = [
    path("", endpoints.webhooks, name="webhooks"),
    path("new/", endpoints.new_webhook, name="new_webhook"),
    path(ENDPOINT, endpoints.webhook, name="webhook"),
    path(f"{ENDPOINT}edit/", endpoints.edit_webhook, name="edit_webhook"),
    path(f"{ENDPOINT}disable/", endpoints.disable_webhook, name="disable_webhook"),
    path(f"{ENDPOINT}enable/", endpoints.enable_webhook, name="enable_webhook"),
    path(f"{ENDPOINT}remove/", endpoints.remove_webhook, name="remove_webhook"),
    path(f"{ENDPOINT}secret/", endpoints.rotate_webhook_secret, name="rotate_webhook_secret"),
    path(f"{ENDPOINT}test/", endpoints.test_webhook, name="test_webhook"),
    path(f"{ENDPOINT}deliveries/", deliveries.webhook_deliveries, name="webhook_deliveries"),
    path(DELIVERY, deliveries.webhook_delivery, name="webhook_delivery"),
    path(f"{DELIVERY}redeliver/", deliveries.redeliver_webhook, name="redeliver_webhook"),
]
