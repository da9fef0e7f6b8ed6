"""Rules are chosen in the settings, one for each number."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, Membership
from inbox import online
from inbox.models import AssignmentRule

pytestmark = pytest.mark.django_db


@pytest.fixture
def choose(client, alice, workspace, number):
    client.force_login(alice)

    def post(to: str) -> str:
        path = reverse("assignment:set", args=[workspace.slug, number.id])
        return client.post(path, {"to": to}, follow=True).content.decode()

    return post


def test_turns_are_chosen_and_noted(choose, number, alice):
    page = choose("turns")

    assert "Support UK: online members by turns." in page
    assert AssignmentRule.objects.get().number == number
    entry = AuditEntry.objects.get(act="assignment rule changed")
    assert (entry.target, entry.data) == (
        "Support UK",
        {"to": "online members by turns"},
    )


def test_one_person_takes_the_place_of_turns_and_nobody_of_both(choose, bob):
    choose("turns")
    choose(str(bob.id))
    rule = AssignmentRule.objects.get()
    assert (rule.kind, rule.person) == ("person", bob)

    choose("nobody")
    choose("nobody")
    assert not AssignmentRule.objects.exists()


@pytest.mark.parametrize("to", ["", "0", "nonsense", "stranger"])
def test_only_somebody_who_can_answer_here_is_taken(choose, charlie, to):
    page = choose(str(charlie.id) if to == "stranger" else to)

    assert "Choose somebody who can answer in this workspace." in page
    assert not AssignmentRule.objects.exists()


def test_the_page_says_who_is_online_and_whose_rule_is_void(
    choose, workspace, alice, bob
):
    choose("turns")
    online.keep([(workspace.id, alice.id)])
    assert "Online now: Alice Owner." in choose("turns")

    choose(str(bob.id))
    Membership.objects.filter(user=bob).delete()
    page = choose("nonsense")

    assert "Bob Agent can no longer answer here" in page


def test_a_team_is_chosen(choose, workspace):
    team = workspace.teams.create(name="Support")

    page = choose(f"team-{team.pk}")

    assert "Support UK: online members of Support by turns." in page
    assert AssignmentRule.objects.get().team == team
