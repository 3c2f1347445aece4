from django.apps import AppConfig


class SingleSignOnConfig(AppConfig):
    name = "portico.single_sign_on"
    label = "single_sign_on"
