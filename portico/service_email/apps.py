from django.apps import AppConfig


class ServiceEmailConfig(AppConfig):
    name = "portico.service_email"
    label = "service_email"
