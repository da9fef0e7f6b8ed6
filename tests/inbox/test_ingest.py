"""Stored events become conversations: once each, whole, and never in the way of others."""

import json

import pytest

from business_numbers.models import QuarantinedUpdate, UnknownTarget, WebhookEvent
from inbox import ingest
from inbox.models import Contact, Conversation, Message
from tests.factories import envelope, receive, store, text_message

pytestmark = pytest.mark.django_db


def test_a_message_makes_its_contact_and_conversation(number):
    receive(number, text_message("447700900112", "Where is my order?"))

    message = Message.objects.get()
    assert message.body == "Where is my order?"
    assert message.conversation.contact.profile_name == "Amina Yusuf"
    assert message.conversation.last_inbound_at == message.at
    assert message.conversation.waiting_since == message.at


def test_the_same_webhook_five_times_is_one_message(number):
    same = envelope(number, [text_message()])
    for _ in range(5):
        store(same)

    while ingest.ingest_once():
        pass

    assert Message.objects.count() == 1
    assert Contact.objects.count() == 1


def test_messages_in_any_order_lead_to_the_same_conversation(number):
    early = text_message(body="first", timestamp="1767225600")
    late = text_message(body="second", timestamp="1767225700")

    receive(number, late)
    receive(number, early)

    conversation = Conversation.objects.get()
    assert conversation.last_text == "second"
    assert conversation.last_inbound_at.timestamp() == 1767225700
    assert conversation.waiting_since.timestamp() == 1767225600


def test_a_webhook_of_an_unknown_number_is_counted_and_stores_nothing(number):
    stranger = envelope(number, [text_message()])
    stranger["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = "999"

    store(stranger)
    ingest.ingest_once()

    assert not Message.objects.exists()
    assert UnknownTarget.objects.get().meta_id == "999"
    assert WebhookEvent.objects.get().state == "applied"


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b'{"entry": []}', b"\xff\x00"])
def test_what_is_no_webhook_is_quarantined_whole(number, body):
    event = store(body)

    ingest.ingest_once()

    event.refresh_from_db()
    assert event.state == "quarantined"
    assert QuarantinedUpdate.objects.get().index == ingest.WHOLE_EVENT


def test_one_unreadable_update_does_not_hold_back_the_others(number):
    good = [text_message(body=f"good {n}") for n in range(5)]
    bad = text_message(timestamp="not a time")

    receive(number, *good[:2], bad, *good[2:])

    assert Message.objects.count() == 5
    assert QuarantinedUpdate.objects.get().index == 2


def test_an_update_that_raises_is_found_among_many_and_put_aside(number, monkeypatch):
    messages = [text_message(body=f"message {n}") for n in range(20)]
    apply = ingest.apply

    def break_on_poison(items):
        if any(item.fact.body == "message 13" for item in items):
            raise RuntimeError("poison")
        return apply(items)

    monkeypatch.setattr(ingest, "apply", break_on_poison)
    receive(number, *messages)

    assert Message.objects.count() == 19
    quarantined = QuarantinedUpdate.objects.get()
    assert quarantined.index == 13
    assert "poison" in quarantined.error


def test_an_event_that_kills_its_process_every_time_is_given_up(number):
    event = store(envelope(number, [text_message()]))
    for _ in range(ingest.GIVE_UP_AT):
        ingest.claim()  # … and the process dies before it applies anything
        WebhookEvent.objects.update(lease_until=None)

    ingest.ingest_once()

    event.refresh_from_db()
    assert event.state == "quarantined"
    assert not Message.objects.exists()


def test_nul_and_lone_surrogates_do_not_stop_a_message(number):
    text = json.dumps(envelope(number, [text_message(body="a\\u0000b\\ud800c")]))
    store(text.replace("\\\\u", "\\u").encode())

    ingest.ingest_once()

    assert Message.objects.get().body == "a\ufffdb\ufffdc"


def test_a_late_message_does_not_open_the_window_again(number):
    receive(number, text_message(timestamp="1767225600"))

    conversation = Conversation.objects.get()
    assert conversation.last_inbound_at.timestamp() == 1767225600
