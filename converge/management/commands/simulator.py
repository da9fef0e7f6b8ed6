"""`manage.py simulator`: becomes the bundled Meta, for trying and testing."""

import os
import sys

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Run the simulated Meta and a customer's phone (never in production)."
    requires_system_checks = ()

    def run_from_argv(self, argv):
        """Everything after the name is the simulator's own."""
        command = [sys.executable, "-m", "simulator", *argv[2:]]
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted
