"""Teams are made, renamed, filled and deleted in the settings."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, Team
from inbox.models import AssignmentRule

pytestmark = pytest.mark.django_db


@pytest.fixture
def settings_of(client, alice, workspace):
    """`settings_of(name, data, …)` posts as Alice; the page that follows."""
    client.force_login(alice)

    def post(name: str, data: dict, **kwargs):
        path = reverse(name, kwargs={"slug": workspace.slug, **kwargs})
        return client.post(path, data, follow=True)

    return post


def membership(user) -> int:
    return user.memberships.get().pk


def test_a_team_is_made_with_its_members(settings_of, workspace, bob):
    page = settings_of("teams", {"name": " Support  UK ", "members": membership(bob)})

    team = workspace.teams.get()
    assert team.name == "Support UK"
    assert [m.user for m in team.members.all()] == [bob]
    assert "Bob Agent" in page.content.decode()
    assert AuditEntry.objects.get(act="team made").data == {"members": ["Bob Agent"]}


def test_a_team_is_renamed_and_emptied(settings_of, workspace, bob):
    team = workspace.teams.create(name="Support")
    team.members.add(membership(bob))

    settings_of("edit_team", {"name": "Returns"}, team_id=team.pk)

    team.refresh_from_db()
    assert team.name == "Returns"
    assert not team.members.exists()


def test_a_name_is_taken_once_whatever_its_case(settings_of, workspace):
    workspace.teams.create(name="Support")

    answer = settings_of("teams", {"name": "SUPPORT"})

    assert answer.status_code == 422
    assert "There is a team of this name." in answer.content.decode()


def test_nobody_of_another_workspace_joins(settings_of, charlie):
    answer = settings_of("teams", {"name": "Support", "members": membership(charlie)})

    assert answer.status_code == 422
    assert not Team.objects.exists()


def test_who_leaves_the_workspace_leaves_its_teams(workspace, bob):
    team = workspace.teams.create(name="Support")
    team.members.add(membership(bob))

    bob.memberships.all().delete()

    assert not team.members.exists()


def test_a_team_a_rule_asks_is_not_deleted(settings_of, workspace, number):
    team = workspace.teams.create(name="Support")
    rule = AssignmentRule.objects.create(
        workspace=workspace, number=number, kind="turns", team=team
    )

    page = settings_of("delete_team", {}, team_id=team.pk).content.decode()
    assert "is used by the rule of Support UK. Change that first." in page

    rule.delete()
    settings_of("delete_team", {}, team_id=team.pk)
    assert not Team.objects.exists()
