from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    name = "portico.releases"
    label = "releases"
