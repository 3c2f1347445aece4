from django.apps import AppConfig


class SecretsConfig(AppConfig):
    name = "portico.secrets"
    label = "secrets"
