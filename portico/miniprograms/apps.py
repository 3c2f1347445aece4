from django.apps import AppConfig


class MiniProgramsConfig(AppConfig):
    name = "portico.miniprograms"
    label = "miniprograms"
