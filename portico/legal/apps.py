from django.apps import AppConfig


class LegalConfig(AppConfig):
    name = "portico.legal"
    label = "legal"
