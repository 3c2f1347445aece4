from django.apps import AppConfig


class TwoFactorConfig(AppConfig):
    name = "portico.two_factor"
    label = "two_factor"
