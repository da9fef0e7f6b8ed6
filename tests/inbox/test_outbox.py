"""Everything that sends is queued here: once, decided on, and with what follows from it."""

import uuid

import pytest
from django.db import transaction

from inbox import outbox
from inbox.gate import Refuse, Sender
from inbox.models import Conversation, Message
from inbox.outbox import Draught, SameIdOtherText
from inbox.reasons import Reason
from inbox.states import State
from tests.factories import create_conversation, create_sent, create_template

pytestmark = pytest.mark.django_db


def queue(conversation, body="Hello", *, sender=Sender.AGENT, **fields):
    kinds = {k: fields.pop(k) for k in list(fields) if k in Draught.__annotations__}
    draught = Draught(kinds.pop("kind", "text"), body, **kinds)
    return outbox.queue(conversation.id, draught, sender=sender, **fields)


def test_a_queued_message_keeps_its_decision(conversation, bob):
    outcome = queue(conversation, author=bob)

    message = Message.objects.get()
    assert outcome.message == message
    assert message.state == State.QUEUED
    assert message.decision["verdict"] == "allow"
    assert message.author == bob


def test_the_same_id_twice_is_one_message(conversation):
    pk = uuid.uuid4()
    first = queue(conversation, id=pk)

    second = queue(conversation, id=pk)

    assert Message.objects.count() == 1
    assert (first.is_new, second.is_new) == (True, False)


@pytest.mark.parametrize("change", ["body", "kind", "conversation"])
def test_the_same_id_for_something_else_is_refused(conversation, number, change):
    pk = uuid.uuid4()
    queue(conversation, id=pk)
    other = create_conversation(number)
    again = {
        "body": (conversation, "Other words", "text"),
        "kind": (conversation, "Hello", "image"),
        "conversation": (other, "Hello", "text"),
    }
    where, body, kind = again[change]

    with pytest.raises(SameIdOtherText):
        queue(where, body, id=pk, kind=kind)

    assert Message.objects.count() == 1


def test_a_refused_message_writes_nothing(number):
    closed = create_conversation(number, wrote_ago=None)

    outcome = queue(closed)

    assert isinstance(outcome.decision, Refuse)
    assert outcome.decision.reason is Reason.WINDOW
    assert not Message.objects.exists()
    assert not Conversation.objects.get().takeover


@pytest.mark.parametrize("kind", ["text", "image", "audio", "interactive", "document"])
def test_a_persons_message_takes_over(conversation, bob, kind):
    outcome = queue(conversation, kind=kind, author=bob)

    conversation.refresh_from_db()
    assert outcome.took_over
    assert conversation.takeover
    assert conversation.takeover_by == bob
    assert conversation.generation == 1


def test_a_persons_template_does_not_take_over(conversation, bob, number):
    template = create_template(number.account)

    queue(conversation, kind="template", template=template, author=bob)

    conversation.refresh_from_db()
    assert not conversation.takeover


@pytest.mark.parametrize("sender", [Sender.FLOW, Sender.API])
def test_automation_does_not_take_over(conversation, sender):
    queue(conversation, sender=sender, generation=0)

    conversation.refresh_from_db()
    assert not conversation.takeover


def test_a_takeover_takes_the_bots_waiting_messages_back(conversation, bob):
    bot = queue(conversation, sender=Sender.FLOW, generation=0).message

    queue(conversation, "I am here", author=bob)

    bot.refresh_from_db()
    assert bot.state == State.CANCELLED


def test_takeover_and_message_come_together_or_not_at_all(conversation, bob):
    class Broken(Exception):
        pass

    with pytest.raises(Broken), transaction.atomic():
        queue(conversation, author=bob)
        raise Broken

    conversation.refresh_from_db()
    assert not conversation.takeover
    assert not Message.objects.exists()


def test_a_bot_is_silent_after_a_takeover(conversation, bob):
    queue(conversation, author=bob)

    outcome = queue(conversation, sender=Sender.FLOW, generation=0)

    assert outcome.decision.reason is Reason.TAKEOVER


def test_a_reply_ends_the_wait(conversation, bob):
    Conversation.objects.update(waiting_since=conversation.last_inbound_at)

    queue(conversation, "Here you are", author=bob)

    conversation.refresh_from_db()
    assert conversation.waiting_since is None
    assert conversation.last_text == "Here you are"


@pytest.mark.parametrize("state", [State.FAILED, State.UNKNOWN])
def test_a_troubled_message_goes_again_when_a_person_says_so(conversation, state):
    message = create_sent(conversation, state).message

    refusal = outbox.queue_again(message.id, may_send=True)

    message.refresh_from_db()
    assert refusal is None
    assert message.state == State.QUEUED


@pytest.mark.parametrize(
    "state", [State.SENT, State.DELIVERED, State.READ, State.QUEUED, State.SENDING]
)
def test_a_message_without_trouble_does_not_go_again(conversation, state):
    message = create_sent(conversation).message
    fields = {"due_at": message.at, "lease_until": message.at}
    Message.objects.update(state=state, **fields)

    outbox.queue_again(message.id, may_send=True)

    message.refresh_from_db()
    assert message.state == state


def test_sending_again_asks_the_gate_again(number):
    closed = create_conversation(number, wrote_ago=None)
    message = create_sent(closed, State.FAILED).message

    refusal = outbox.queue_again(message.id, may_send=True)

    assert refusal.reason is Reason.WINDOW
    message.refresh_from_db()
    assert message.state == State.FAILED


def test_a_role_that_may_only_read_queues_nothing(conversation):
    outcome = queue(conversation, may_send=False)

    assert outcome.decision.reason is Reason.ROLE
    assert not Message.objects.exists()
