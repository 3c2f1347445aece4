from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "portico.approvals"
    label = "approvals"
