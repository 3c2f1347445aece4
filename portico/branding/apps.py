from django.apps import AppConfig


class BrandingConfig(AppConfig):
    name = "portico.branding"
    label = "branding"
