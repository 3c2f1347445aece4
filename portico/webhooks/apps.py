from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "portico.webhooks"
    label = "webhooks"
