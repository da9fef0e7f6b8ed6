"""Fills a database with believable data for tests of scale."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Workspace
from converge import synth
from inbox.models import Contact


class Command(BaseCommand):
    help = "Fill an empty database with conversations of a year. Needs DEMO=1."

    def add_arguments(self, parser):
        parser.add_argument("--workspaces", type=int, default=1)
        parser.add_argument("--conversations", type=int, default=10_000)
        parser.add_argument("--messages", type=int, default=100_000)

    def handle(self, workspaces, conversations, messages, **options):
        if not settings.DEMO:
            raise CommandError("synth needs DEMO=1; it is never for real customers.")
        if min(workspaces, conversations, messages) < 1:
            raise CommandError("There must be at least one of each.")
        if Contact.objects.exists() or Workspace.objects.exists():
            raise CommandError(
                "This database holds something already; synth fills an empty one."
            )
        owner = synth.fill(workspaces, conversations, messages, self.stderr.write)
        login = {
            "email": owner.email,
            "password": synth.PASSWORD,
            "workspace": "synth-1",
        }
        self.stdout.write(json.dumps(login))
