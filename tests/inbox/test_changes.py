"""Edits, deletions, reactions and late messages, whichever comes first."""

import pytest

from inbox.models import Conversation, Message, ParkedChange, ReadMark
from tests.factories import receive, text_message

pytestmark = pytest.mark.django_db
T = 1772971200


def said(name: str, at: int = T, body: str = "Hello") -> dict:
    return text_message(body=body, id=f"wamid.{name}", timestamp=str(at))


def edited(name: str, at: int, body: str) -> dict:
    inner = {"type": "text", "text": {"body": body}}
    content = {"original_message_id": f"wamid.{name}", "message": inner}
    return text_message(type="edit", edit=content, timestamp=str(at))


def deleted(name: str, at: int) -> dict:
    content = {"original_message_id": f"wamid.{name}"}
    return text_message(type="revoke", revoke=content, timestamp=str(at))


def test_an_edit_changes_the_words_and_says_when(number):
    receive(number, said("a"), edited("a", T + 5, "Hello there"))

    message = Message.objects.get()
    assert message.body == "Hello there"
    assert message.edited_at.timestamp() == T + 5


def test_an_edit_before_its_message_waits_for_it(number):
    receive(number, edited("a", T + 5, "Hello there"))
    assert ParkedChange.objects.count() == 1

    receive(number, said("a"))

    assert Message.objects.get().body == "Hello there"
    assert not ParkedChange.objects.exists()


def test_an_older_edit_that_comes_late_changes_nothing(number):
    receive(number, said("a"))
    receive(number, edited("a", T + 9, "newest"))

    receive(number, edited("a", T + 5, "older"))

    assert Message.objects.get().body == "newest"


@pytest.mark.parametrize("is_late", [True, False])
def test_a_deletion_takes_the_words_away_everywhere(number, is_late):
    secret = said("a", body="my card number")
    events = [[deleted("a", T + 5)], [secret]] if is_late else [[secret]]
    for event in events:
        receive(number, *event)
    if not is_late:
        receive(number, deleted("a", T + 5))

    message = Message.objects.get()
    assert (message.body, message.payload) == ("", {})
    assert message.deleted_at.timestamp() == T + 5
    assert Conversation.objects.get().last_text == ""


def test_the_list_shows_edited_words(number):
    receive(number, said("a"))

    receive(number, edited("a", T + 5, "Hello there"))

    assert Conversation.objects.get().last_text == "Hello there"


def test_an_edit_after_a_deletion_brings_nothing_back(number):
    receive(number, said("a"), deleted("a", T + 5))

    receive(number, edited("a", T + 3, "Hello there"))

    assert Message.objects.get().body == ""


def test_a_message_that_comes_a_day_late_stands_at_its_own_time_and_is_unread(
    number, alice
):
    receive(number, said("new", T + 86_400, "new"))
    conversation = Conversation.objects.get()
    ReadMark.objects.create(
        workspace=number.workspace,
        user=alice,
        conversation=conversation,
        seq=conversation.last_inbound_seq,
    )

    receive(number, said("old", T, "old"))

    thread = Message.objects.order_by("at", "seq").values_list("body", flat=True)
    assert list(thread) == ["old", "new"]
    conversation.refresh_from_db()
    assert conversation.last_text == "new"
    assert conversation.last_inbound_at.timestamp() == T + 86_400
    assert conversation.last_inbound_seq > ReadMark.objects.get().seq
