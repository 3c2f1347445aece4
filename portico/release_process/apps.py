from django.apps import AppConfig


class ReleaseProcessConfig(AppConfig):
    name = "portico.release_process"
    label = "release_process"
