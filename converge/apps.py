"""The kit and the wiring, as one Django application (it owns two small tables)."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from converge import checks


class ConvergeConfig(AppConfig):
    name = "converge"
    verbose_name = "Converge"

    def ready(self):
        register(checks.nothing_of_a_demo, Tags.security, deploy=True)
