from django.apps import AppConfig


class CopyrightNoticeConfig(AppConfig):
    name = "portico.copyright_notice"
    label = "copyright_notice"
