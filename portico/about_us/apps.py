from django.apps import AppConfig


class AboutUsConfig(AppConfig):
    name = "portico.about_us"
    label = "about_us"
