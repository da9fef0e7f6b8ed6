"""Seeds the demo once: a workspace, a team, numbers at the simulator, believable conversations."""

import json
import sys
import time

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import roles
from accounts.models import Membership, Team, User, Workspace
from business_numbers.models import Number
from business_numbers.onboarding import Pasted, connect_whatsapp
from converge import demo_story
from inbox.models import AssignmentRule, CannedReply

PATIENCE = 30
ZONE = "Europe/London"
TEAM = (
    ("Ana Ribeiro", "ana@northwind.example", roles.OWNER),
    ("Marc Dubois", "marc@northwind.example", roles.AGENT),
    ("Priya Nair", "priya@northwind.example", roles.AGENT),
    ("Yuki Tanaka", "yuki@northwind.example", roles.VIEWER),
)
REPLIES = (
    (
        "Opening hours",
        "Hi {{first_name|there}}, we are here Monday to Friday, 9 to 17.",
    ),
    ("Order number", "Thank you. Your order {{order}} left our warehouse today."),
    ("Returns", "You can send anything back within 30 days. Shall I send you a label?"),
)
TEAMS = (
    ("Customer care", ("Ana Ribeiro", "Marc Dubois", "Priya Nair")),
    ("German shop", ("Marc Dubois", "Priya Nair")),
)
RULED = ("Shop DE", "German shop")  # the number, and the team whose members take turns
PASSWORD = "northwind-demo"  # noqa: S105  (a demo's, printed at every start)


class Command(BaseCommand):
    help = "Seed the demo workspace, once. Needs DEMO=1 and the simulator."

    def handle(self, **options):
        if not settings.DEMO:
            raise CommandError("The demo needs DEMO=1; it is never for real customers.")
        workspace = Workspace.objects.filter(slug="northwind").first()
        if workspace is None:
            world = self._world()
            with transaction.atomic():
                workspace = self._people()
            self._numbers(workspace, world)
            demo_story.tell(workspace, world)
            self._teams(workspace)
        else:
            self._world()
            demo_story.remind(workspace)
        owner = TEAM[0][1]
        login = {"email": owner, "password": PASSWORD, "workspace": workspace.slug}
        self.stdout.write(json.dumps(login))

    def _world(self) -> dict:
        """What the simulator's Meta knows; it may still be starting."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return requests.get(f"{settings.GRAPH_URL}/_/world", timeout=5).json()
            except requests.RequestException as error:
                if time.monotonic() > until:
                    raise CommandError(
                        f"the simulator does not answer at {settings.GRAPH_URL}"
                    ) from error
                time.sleep(0.2)

    def _people(self) -> Workspace:
        workspace = Workspace.objects.create(
            name="Northwind Supply", slug="northwind", time_zone=ZONE
        )
        for name, email, role in TEAM:
            user = User.objects.create_user(email, PASSWORD, name=name, time_zone=ZONE)
            user.is_staff = user.is_superuser = role == roles.OWNER
            user.last_workspace = workspace
            user.save()
            Membership.objects.create(workspace=workspace, user=user, role=role)
        for name, body in REPLIES:
            CannedReply.objects.create(workspace=workspace, name=name, body=body)
        return workspace

    def _numbers(self, workspace: Workspace, world: dict) -> None:
        token = world["tokens"][0]["value"]
        for number, label in zip(
            world["numbers"], ("Support UK", "Shop DE"), strict=False
        ):
            pasted = Pasted(token, number["waba_id"], number["id"])
            connect_whatsapp(workspace, pasted, label)
            sys.stderr.write(f"connected {label}\n")

    @transaction.atomic
    def _teams(self, workspace: Workspace) -> None:
        """After the story, which says itself who got what."""
        for name, people in TEAMS:
            team = Team.objects.create(workspace=workspace, name=name)
            team.members.set(workspace.memberships.filter(user__name__in=people))
        label, name = RULED
        AssignmentRule.objects.create(
            workspace=workspace,
            number=Number.objects.get(workspace=workspace, label=label),
            kind=AssignmentRule.TURNS,
            team=Team.objects.get(workspace=workspace, name=name),
        )
