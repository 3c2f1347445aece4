from django.apps import AppConfig


class TargetsConfig(AppConfig):
    name = "portico.targets"
    label = "targets"
