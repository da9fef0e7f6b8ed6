"""What rings for one person: what is new, theirs, and wanted; names, never words."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Membership
from converge import clock
from inbox import reading, ringing
from inbox.models import Conversation, Mention
from tests import factories
from tests.inbox.mentioning import mention

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(number, bob):
    """Bob's; a customer wrote just now."""
    made = factories.create_conversation(number)
    Conversation.objects.filter(id=made.id).update(
        assignee=bob, last_inbound_at=clock.now(), last_inbound_seq=10**9
    )
    made.refresh_from_db()
    return made


def rings(membership) -> list[str]:
    return [ring.title for ring in ringing.rings(membership)]


def test_a_message_in_a_conversation_of_mine_rings_until_it_is_read(
    conversation, membership
):
    (ring,) = ringing.rings(membership)

    assert (ring.title, ring.about) == ("Amina Yusuf", str(conversation.public_id))
    assert ring.path.endswith(f"/inbox/c/{conversation.public_id}/")
    reading.mark_read(membership, conversation, conversation.last_inbound_seq)
    assert rings(membership) == []


def test_the_next_message_rings_anew(conversation, membership):
    (first,) = ringing.rings(membership)
    Conversation.objects.filter(id=conversation.id).update(last_inbound_seq=10**9 + 1)

    (second,) = ringing.rings(membership)

    assert first.key != second.key and first.about == second.about


@pytest.mark.parametrize(
    "change",
    [{"assignee": None}, {"state": Conversation.CLOSED}],
)
def test_what_is_not_mine_or_over_is_silent(conversation, membership, change):
    Conversation.objects.filter(id=conversation.id).update(**change)

    assert rings(membership) == []


def test_what_came_long_ago_is_no_news(conversation, membership):
    long_ago = clock.now() - timedelta(hours=2)
    Conversation.objects.filter(id=conversation.id).update(last_inbound_at=long_ago)

    assert rings(membership) == []


def test_a_mention_rings_with_its_author_and_says_nothing_of_the_note(
    conversation, membership, alice
):
    Conversation.objects.update(assignee=None)
    made = mention(conversation, membership.user, by=alice)

    (ring,) = ringing.rings(membership)

    assert ring.title == f"{alice.first_name} mentioned you"
    assert ring.text == "In a note about Amina Yusuf"
    assert ring.path.endswith(f"/inbox/mentions/{made.id}/")
    Mention.objects.update(read_at=clock.now())
    assert rings(membership) == []


def test_each_kind_is_left_out_by_the_persons_own_setting(
    conversation, membership, alice
):
    mention(conversation, membership.user, by=alice)
    user = membership.user

    user.rings_for_messages = False
    assert rings(membership) == [f"{alice.first_name} mentioned you"]
    user.rings_for_messages, user.rings_for_mentions = True, False
    assert rings(membership) == ["Amina Yusuf"]


def test_another_workspace_is_silent(conversation, membership):
    elsewhere = Membership.objects.create(
        workspace=factories.create_workspace("Elsewhere"),
        user=membership.user,
        role="agent",
    )

    assert rings(elsewhere) == []


def test_the_page_answers_what_rings(client, conversation, bob):
    client.force_login(bob)

    answer = client.get(reverse("inbox:rings", args=[conversation.workspace.slug]))

    assert [ring["title"] for ring in answer.json()["rings"]] == ["Amina Yusuf"]


def test_settings_are_saved_and_the_page_knows_them(client, workspace, bob):
    client.force_login(bob)
    path = reverse("notifications", args=[workspace.slug])
    shown = client.get(path).content.decode()
    assert "data-rings" in shown and "data-sound" not in shown

    client.post(path, {"rings_for_messages": "on", "has_sound": "on"})

    bob.refresh_from_db()
    assert bob.rings_for_messages and bob.has_sound
    assert not bob.rings_for_mentions and not bob.mails_mentions
    assert "data-sound" in client.get(path).content.decode()
    client.post(path, {})
    assert "data-rings" not in client.get(path).content.decode()
