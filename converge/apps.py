"""The kit and the wiring, as one Django application (it owns two small tables)."""

from django.apps import AppConfig


class ConvergeConfig(AppConfig):
    name = "converge"
    verbose_name = "Converge"
