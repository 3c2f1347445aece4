from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    name = "portico.workspaces"
    label = "workspaces"
