from django.apps import AppConfig


class BasicSettingsConfig(AppConfig):
    name = "portico.basic_settings"
    label = "basic_settings"
