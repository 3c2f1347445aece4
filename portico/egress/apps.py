from django.apps import AppConfig


class EgressConfig(AppConfig):
    name = "portico.egress"
    label = "egress"
