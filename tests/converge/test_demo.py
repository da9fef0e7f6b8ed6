"""The demo's team shares its work: two teams, and turns on one number."""

import pytest

from converge.management.commands.demo import TEAM, Command
from inbox.models import AssignmentRule
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_demo_has_teams_and_one_rule(workspace):
    for name, email, role in TEAM:
        factories.create_user(name, email).memberships.create(
            workspace=workspace, role=role
        )
    number = factories.create_number(workspace, label="Shop DE")

    Command()._teams(workspace)

    rule = AssignmentRule.objects.get()
    assert (rule.number, rule.team.name) == (number, "German shop")
    names = {m.user.first_name for m in rule.team.members.select_related("user")}
    assert names == {"Marc", "Priya"}
    assert workspace.teams.count() == 2
