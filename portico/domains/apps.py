from django.apps import AppConfig


class DomainsConfig(AppConfig):
    name = "portico.domains"
    label = "domains"
