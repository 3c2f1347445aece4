from django.apps import AppConfig


class AutomatedChecksConfig(AppConfig):
    name = "portico.automated_checks"
    label = "automated_checks"
