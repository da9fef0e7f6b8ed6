"""What was said in the phone app before: shown where it belongs, and nobody is woken."""

from datetime import timedelta

import pytest

from converge import clock
from inbox import reading
from inbox.ingest import ingest_once
from inbox.models import Attachment, Conversation, Message
from tests.factories import receive, store, text_message

pytestmark = pytest.mark.django_db
OURS, THEIRS = "442079460821", "447700900112"


def seconds(**ago) -> str:
    return str(int((clock.now() - timedelta(**ago)).timestamp()))


def said(
    wamid: str, body: str, *, by: str = THEIRS, status: str = "READ", **ago
) -> dict:
    return {
        "from": by,
        "id": wamid,
        "timestamp": seconds(**ago),
        "type": "text",
        "text": {"body": body},
        "history_context": {"status": status},
    }


def tell(number, *messages: dict, alone=(), errors=()) -> list:
    """One webhook of the history; what its batch gave to whoever reacts."""
    post(number, *messages, alone=alone, errors=errors)
    woken = []
    while ingest_once((lambda arrived, reacted=woken: reacted.extend(arrived),)):
        pass
    return woken


def post(number, *messages: dict, alone=(), errors=()) -> None:
    piece: dict = {"metadata": {"phase": 0, "chunk_order": 1, "progress": 100}}
    if messages:
        piece["threads"] = [{"id": THEIRS, "messages": list(messages)}]
    if errors:
        piece["errors"] = list(errors)
    metadata = {"display_phone_number": OURS, "phone_number_id": number.meta_id}
    value = {
        "messaging_product": "whatsapp",
        "metadata": metadata,
        "history": [piece] if messages or errors else [],
        "messages": list(alone),
    }
    change = {"field": "history", "value": value}
    entry = {"id": number.account.meta_id, "changes": [change]}
    store({"object": "whatsapp_business_account", "entry": [entry]})


def picture() -> dict:
    return {
        "from": THEIRS,
        "id": "wamid.1",
        "timestamp": seconds(days=2),
        "type": "image",
        "image": {"id": "media-1", "mime_type": "image/jpeg", "caption": "The lamp"},
    }


@pytest.fixture
def told(number):
    return tell(
        number,
        said("wamid.1", "Are you open on Saturday?", days=20),
        said("wamid.2", "Yes, from nine to four.", by=OURS, days=20),
        said("wamid.3", "Then I will come", by=OURS, status="DELIVERED", days=19),
    )


def test_it_stands_in_its_thread_in_order_and_with_its_state(told):
    rows = Message.objects.order_by("at", "seq").values_list(
        "body", "direction", "state", "origin"
    )

    assert list(rows) == [
        ("Are you open on Saturday?", "in", "received", "customer"),
        ("Yes, from nine to four.", "out", "read", "phone"),
        ("Then I will come", "out", "delivered", "phone"),
    ]


def test_nobody_is_woken_and_nothing_waits(told, alice):
    conversation = Conversation.objects.get()

    assert told == []
    assert conversation.state == Conversation.CLOSED
    assert conversation.waiting_since is None
    assert not conversation.takeover
    assert conversation.last_text == "Then I will come"
    assert reading.count(alice.memberships.get()).unread == 0


def test_an_open_conversation_stays_as_it_is(number):
    receive(number, text_message(THEIRS, id="wamid.now"))
    before = Conversation.objects.get()

    tell(number, said("wamid.1", "Long ago", days=20))

    after = Conversation.objects.get()
    assert (after.state, after.last_text) == (before.state, before.last_text)
    assert after.waiting_since == before.waiting_since
    assert after.last_inbound_at == before.last_inbound_at
    assert after.last_inbound_seq == before.last_inbound_seq


def test_a_word_of_stop_in_it_asks_nothing_of_us(number):
    tell(number, said("wamid.1", "STOP", days=20))

    assert not Conversation.objects.get().contact.tagged.exists()


def test_the_window_counts_what_was_written_today(number):
    tell(number, said("wamid.1", "I wrote this morning", hours=3))

    conversation = Conversation.objects.get()
    assert conversation.last_inbound_at > clock.now() - timedelta(hours=4)


def test_told_twice_it_is_there_once(number, told):
    tell(number, said("wamid.1", "Are you open on Saturday?", days=20))

    assert Message.objects.count() == 3


def test_pictures_that_come_afterwards_take_their_place(number):
    placeholder = {**said("wamid.1", "", days=2), "type": "media_placeholder"}
    tell(number, placeholder)
    assert Message.objects.get().kind == "unsupported"

    assert tell(number, alone=[picture()]) == []

    message = Message.objects.get()
    assert (message.kind, message.body) == ("image", "The lamp")
    assert Attachment.objects.get().message == message


def test_a_picture_in_the_same_batch_is_not_lost_behind_its_placeholder(number):
    post(number, {**said("wamid.1", "", days=2), "type": "media_placeholder"})
    tell(number, alone=[picture()])

    message = Message.objects.get()
    assert (message.kind, message.body) == ("image", "The lamp")
    assert Attachment.objects.get().message == message


def test_a_customers_message_that_says_to_whom_is_still_theirs(number):
    tell(
        number,
        {**said("wamid.2", "To you", days=2), "to": OURS},
        alone=[{**picture(), "to": OURS}],
    )

    assert set(Message.objects.values_list("direction", flat=True)) == {"in"}
    assert Conversation.objects.count() == 1


def test_who_does_not_share_it_is_noted(number):
    tell(number, errors=[{"code": 2593109, "title": "declined"}])

    assert number.account.numberevent_set.filter(kind="history errors").exists()
    assert not Conversation.objects.exists()
