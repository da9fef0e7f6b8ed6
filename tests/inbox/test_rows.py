"""A row says what its conversation has for the one who looks."""

import pytest

from accounts.models import Membership
from inbox import rows
from inbox.models import ContactTag, Conversation, Draft, ReadMark, Tag
from inbox.states import State
from tests import factories
from tests.factories import receive, text_message

pytestmark = pytest.mark.django_db


def drawn(user, conversation) -> rows.Row:
    membership = Membership.objects.get(user=user)
    found = rows.own(membership).filter(id=conversation.id)
    (row,) = rows.draw(list(found), membership)
    return row


def icons(row: rows.Row) -> list[str]:
    return [icon for icon, _, _ in row.flags]


@pytest.fixture
def written(number, alice, bob) -> Conversation:
    """Three messages of somebody, which came after both joined."""
    receive(number, *(text_message(id=f"wamid.{n}") for n in range(3)))
    return Conversation.objects.get()


def test_only_what_this_person_has_not_seen_is_counted(written, alice, bob):
    seen = written.messages.order_by("seq")[1].seq
    ReadMark.objects.create(
        workspace=written.workspace, user=bob, conversation=written, seq=seen
    )

    assert drawn(alice, written).count == 3
    assert drawn(bob, written).count == 1


def test_a_draft_stands_in_its_authors_row_alone(conversation, alice, bob):
    Draft.objects.create(
        workspace=conversation.workspace,
        conversation=conversation,
        user=bob,
        mode=Draft.REPLY,
        body="I was about to",
    )

    assert (drawn(bob, conversation).who, drawn(bob, conversation).preview) == (
        "Draft",
        "I was about to",
    )
    assert drawn(alice, conversation).who != "Draft"


def test_of_two_in_trouble_the_unknown_one_is_shown(conversation, alice):
    factories.create_sent(conversation, State.UNKNOWN)
    factories.create_sent(conversation, State.FAILED)

    assert icons(drawn(alice, conversation)) == ["help"]


def test_who_opted_out_is_marked_and_other_tags_are_not(conversation, alice):
    for name, code in (("vip", ""), ("dnd", "dnd")):
        ContactTag.objects.create(
            workspace=conversation.workspace,
            contact=conversation.contact,
            tag=Tag.objects.create(
                workspace=conversation.workspace, name=name, code=code
            ),
        )

    assert icons(drawn(alice, conversation)) == ["bell-off"]
