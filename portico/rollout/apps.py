from django.apps import AppConfig


class RolloutConfig(AppConfig):
    name = "portico.rollout"
    label = "rollout"
