"""The list shows what the members of a team have."""

import pytest
from django.core.cache import caches
from django.urls import reverse

from inbox.models import Conversation
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def names(client, workspace, bob):
    """`names(query)`: whose conversations the list shows Bob."""
    client.force_login(bob)
    caches["process"].clear()

    def ask(**query) -> set[str]:
        path = reverse("inbox:inbox", args=[workspace.slug])
        body = client.get(path, query).content.decode()
        shown = Conversation.objects.select_related("contact")
        return {c.contact.title for c in shown if str(c.public_id) in body}

    return ask


@pytest.fixture
def talks(workspace, number, alice, bob):
    for name, assignee in (("Amina", alice), ("Boris", bob), ("Chen", None)):
        contact = factories.create_contact(workspace, name)
        conversation = factories.create_conversation(number, contact)
        Conversation.objects.filter(pk=conversation.pk).update(assignee=assignee)


def test_a_team_narrows_the_list_to_its_members(names, talks, workspace, alice):
    team = workspace.teams.create(name="Support")
    team.members.set(alice.memberships.all())

    assert names() == {"Amina", "Boris", "Chen"}
    assert names(team=str(team.pk)) == {"Amina"}


def test_a_team_of_another_workspace_narrows_nothing(names, talks, workspace, charlie):
    workspace.teams.create(name="Support")
    other = charlie.memberships.get().workspace.teams.create(name="Elsewhere")

    assert names(team=str(other.pk)) == {"Amina", "Boris", "Chen"}


def test_a_workspace_without_teams_is_not_asked(names, client, workspace):
    names()
    page = client.get(reverse("inbox:inbox", args=[workspace.slug])).content.decode()

    assert "filter-team" not in page
    assert "filter-number" in page
