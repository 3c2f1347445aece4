from django.apps import AppConfig


class DemoMailConfig(AppConfig):
    name = "portico.demo_mail"
    label = "demo_mail"
