"""What webhooks are told is written down where it happens: once, or not at all."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from converge import clock
from inbox import closing, outgoing, outgoing_bodies, silence, takeover, uncertain
from inbox.gate import Sender
from inbox.ingest import ingest_once
from inbox.models import Contact, Conversation, Message, OutgoingDelivery
from inbox.recording import sweep_leases
from inbox.states import State
from tests import factories
from tests.inbox.listening import create_webhook
from tests.inbox.sending import create_number as create_real_number
from tests.inbox.sending import deliver, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def webhook(workspace):
    return create_webhook(workspace)


def told(kind: str = "") -> list[OutgoingDelivery]:
    found = OutgoingDelivery.objects.order_by("id")
    return list(found.filter(kind=kind) if kind else found)


def states() -> list[str]:
    return [d.data["state"] for d in told(outgoing.MOVED)]


def bodies(kind: str = "") -> list[dict]:
    ids = [d.id for d in told(kind)]
    loaded = sorted(outgoing_bodies.load(ids), key=lambda d: d.id)
    return [outgoing_bodies._data(d) for d in loaded]


def test_a_customers_message_is_told(webhook, number):
    factories.receive(number, factories.text_message(body="Where is my order?"))

    (body,) = bodies(outgoing.RECEIVED)
    assert body["message"]["text"] == "Where is my order?"
    assert body["contact"]["phone"] == "+447700900112"
    assert body["contact"]["name"] == "Amina Yusuf"
    assert body["number"]["id"] == number.meta_id
    assert body["conversation"]["humanHandoff"] is False


def test_the_same_message_again_is_told_once(webhook, number):
    message = factories.text_message()

    factories.receive(number, message)
    factories.receive(number, message)

    assert len(told(outgoing.RECEIVED)) == 1


def test_what_is_rolled_back_is_not_told(webhook, number):
    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        factories.receive(number, factories.text_message())
        raise Undone

    assert told() == []


def test_a_message_the_customer_deleted_is_told_without_its_words(webhook, number):
    factories.receive(number, factories.text_message(body="A secret"))
    Message.objects.update(deleted_at=clock.now(), body="")

    (body,) = bodies(outgoing.RECEIVED)

    assert (body["message"]["text"], body["message"]["is_deleted"]) == (None, True)


def test_every_webhook_that_listens_is_told_and_no_other(workspace, number, webhook):
    other = create_webhook(workspace, events=[outgoing.RECEIVED])
    deaf = create_webhook(workspace, events=[outgoing.CLOSED])
    off = create_webhook(workspace)
    off.off_at = clock.now()
    off.save()
    strangers = create_webhook(factories.create_workspace())

    factories.receive(number, factories.text_message())

    assert {d.webhook for d in told()} == {webhook, other}
    assert len({d.event for d in told()}) == 2
    assert not {deaf, off, strangers} & {d.webhook for d in told()}


def test_a_workspace_without_webhooks_asks_nothing_more(number, conversation):
    create_webhook(factories.create_workspace())
    attempt = factories.create_sent(conversation)
    messages = [factories.text_message() for _ in range(3)]
    factories.store(factories.envelope(number, messages, [factories.status(attempt)]))

    with CaptureQueriesContext(connection) as captured:
        ingest_once()

    written = [q["sql"] for q in captured if "INSERT INTO inbox_outgoing" in q["sql"]]
    assert written == []
    assert told() == []


def test_a_batch_is_told_with_one_statement(webhook, number):
    people = [f"4477009{n:05}" for n in range(20)]
    messages = [factories.text_message(wa_id) for wa_id in people]
    factories.store(factories.envelope(number, messages))

    with CaptureQueriesContext(connection) as captured:
        ingest_once()

    written = [q["sql"] for q in captured if "INSERT INTO inbox_outgoing" in q["sql"]]
    assert len(written) == 1
    assert len(told(outgoing.RECEIVED)) == 20


def test_every_state_of_a_message_is_told_once(webhook, number, conversation):
    attempt = factories.create_sent(conversation)
    for state in ("delivered", "delivered", "read", "delivered"):
        factories.receive(number, statuses=[factories.status(attempt, state)])

    assert states() == ["delivered", "read"]


def test_what_came_of_a_call_is_told(simulator):
    number = create_real_number(simulator)
    create_webhook(number.workspace)
    conversation = factories.create_conversation(
        number, factories.create_contact(number.workspace, wa_id="447700900112")
    )
    simulator.write("Hello")

    message = say(conversation)
    deliver()

    assert states() == ["sent"]
    (body,) = bodies(outgoing.MOVED)
    assert body["message"]["id"] == str(message.id)
    assert body["message"]["state"] == "sent"
    assert body["message"]["sent_at"]


def test_a_refusal_at_the_last_moment_is_told(simulator):
    number = create_real_number(simulator)
    create_webhook(number.workspace)
    conversation = factories.create_conversation(number)
    message = say(conversation, sender=Sender.API)
    Conversation.objects.update(last_inbound_at=clock.now() - timedelta(days=2))

    deliver()

    assert states() == ["failed"]
    (body,) = bodies(outgoing.MOVED)
    assert body["message"]["id"] == str(message.id)
    assert body["message"]["error_code"] == "window"


def test_a_send_nobody_recorded_is_told_as_unknown(webhook, conversation):
    attempt = factories.create_sent(conversation)
    type(attempt).objects.update(state=State.SENDING, wamid="")
    Message.objects.update(
        state=State.SENDING, lease_until=clock.now() - timedelta(days=1)
    )

    sweep_leases()

    assert states() == ["unknown"]


def test_a_message_without_a_report_is_told(webhook, conversation):
    factories.create_sent(conversation, at=clock.now() - timedelta(days=31))

    silence.mark_silent()

    assert states() == ["silent"]
    assert bodies()[0]["message"]["state"] == "no_report"


def test_a_person_who_says_it_was_sent_is_told(webhook, conversation, bob):
    attempt = factories.create_sent(conversation, State.UNKNOWN)

    uncertain.mark_sent({attempt.message_id: conversation.id}, bob)

    assert states() == ["sent"]


def test_an_event_says_the_state_it_is_about(webhook, number, conversation):
    attempt = factories.create_sent(conversation)
    factories.receive(number, statuses=[factories.status(attempt, "delivered")])
    factories.receive(number, statuses=[factories.status(attempt, "read")])

    assert [b["message"]["state"] for b in bodies()] == ["delivered", "read"]


def test_assigning_is_told(webhook, client, conversation, bob):
    client.force_login(bob)
    slug = conversation.workspace.slug
    path = reverse("inbox:assign", args=[slug, conversation.public_id])

    client.post(path, {"to": "me"})
    client.post(path, {"to": ""})

    assert [b["assignee"] for b in bodies(outgoing.ASSIGNED)] == [bob.email, None]
    assert {b["by"] for b in bodies(outgoing.ASSIGNED)} == {bob.email}


def test_closing_is_told(webhook, conversation, bob):
    closing.close(conversation, by=bob)

    (body,) = bodies(outgoing.CLOSED)
    assert (body["conversation"]["state"], body["by"]) == ("closed", bob.email)


def test_a_takeover_is_called_human_handoff(webhook, conversation, bob):
    takeover.turn_on(conversation, by=bob, reason=Conversation.BY_SWITCH)
    takeover.turn_off(conversation, by=bob)

    assert [b["humanHandoff"] for b in bodies(outgoing.HANDED_OVER)] == [True, False]


def test_messages_a_takeover_takes_back_are_told(webhook, conversation, bob):
    say(conversation, sender=Sender.FLOW)

    takeover.turn_on(conversation, by=bob, reason=Conversation.BY_SWITCH)

    assert states() == ["cancelled"]


def test_a_reply_on_the_phone_is_told_as_a_handoff(webhook, number):
    factories.receive(number, factories.text_message())
    echo = {
        "from": "442079460821",
        "to": "447700900112",
        "id": "wamid.echo",
        "timestamp": str(int(clock.now().timestamp())),
        "type": "text",
        "text": {"body": "I am on it"},
    }
    data = factories.envelope(number)
    data["entry"][0]["changes"][0]["field"] = "smb_message_echoes"
    data["entry"][0]["changes"][0]["value"]["message_echoes"] = [echo]
    factories.store(data)
    while ingest_once():
        pass

    (body,) = bodies(outgoing.HANDED_OVER)
    assert (body["humanHandoff"], body["conversation"]["humanHandoff"]) == (True, True)


def test_a_stop_word_is_told_once(webhook, number):
    for _ in range(2):
        factories.receive(number, factories.text_message(body="STOP"))

    (body,) = bodies(outgoing.OPTED_OUT)
    assert (body["scope"], body["how"]) == ("all", "stop word")
    assert body["contact"]["id"] == str(Contact.objects.get().public_id)


def test_an_opt_out_by_a_teammate_is_told(webhook, client, conversation, bob):
    client.force_login(bob)
    slug = conversation.workspace.slug

    client.post(
        reverse("inbox:dnd", args=[slug, conversation.public_id]), {"on": "true"}
    )

    assert bodies(outgoing.OPTED_OUT)[0]["how"] == "teammate"


def test_marketing_stopped_at_whatsapp_is_told_once(webhook, number, conversation):
    attempt = factories.create_sent(conversation)
    failed = factories.status(attempt, "failed", errors=[{"code": 131050}])

    for _ in range(2):
        factories.receive(number, statuses=[failed])

    assert [b["scope"] for b in bodies(outgoing.OPTED_OUT)] == ["marketing"]


def test_a_contact_that_is_erased_takes_its_events_along(webhook, number):
    factories.receive(number, factories.text_message())

    Contact.objects.get().delete()

    assert told() == []


def test_bodies_are_loaded_with_a_fixed_number_of_queries(
    webhook, number, settings, django_assert_num_queries
):
    settings.DEMO = settings.DEBUG = False  # a demo also asks for its clock
    people = [f"4477009{n:05}" for n in range(20)]
    factories.receive(number, *[factories.text_message(p) for p in people])

    ids = list(OutgoingDelivery.objects.values_list("id", flat=True))

    with django_assert_num_queries(3):
        sent = [outgoing_bodies.body(d) for d in outgoing_bodies.load(ids)]

    assert len(sent) == 20
