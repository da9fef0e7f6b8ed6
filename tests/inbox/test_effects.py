"""What Converge does by itself: `dnd`, `do-not-send`, and the marketing opt-out."""

import itertools
from datetime import timedelta

import pytest

from converge import clock
from inbox import tags
from inbox.models import Contact, ContactTag, Conversation, Event, Message, Tag
from tests.factories import (
    create_conversation,
    create_number,
    create_sent,
    envelope,
    receive,
    status,
    store,
    text_message,
)

pytestmark = pytest.mark.django_db
GONE = [{"code": 131026, "title": "Message undeliverable"}]


@pytest.fixture
def conversation(number):
    receive(number, text_message(timestamp="1772971200"))
    return number.conversation_set.get()


def codes() -> list[str]:
    return sorted(ContactTag.objects.values_list("tag__code", flat=True))


def fail(conversation, times: int = 1, errors=GONE):
    for _ in range(times):
        attempt = create_sent(conversation, at=clock.now() - timedelta(minutes=1))
        receive(
            conversation.number, statuses=[status(attempt, "failed", errors=errors)]
        )


@pytest.mark.parametrize("word", ["STOP", " stop ", "Stop.", "Unsubscribe!", "BAJA"])
def test_a_stop_word_asks_for_silence(number, word):
    receive(number, text_message(body=word))

    assert codes() == [Tag.DND]
    assert word in ContactTag.objects.get().reason


@pytest.mark.parametrize("words", ["please stop by", "stop it now", "nonstop", ""])
def test_a_sentence_with_such_a_word_does_not(number, words):
    receive(number, text_message(body=words))

    assert codes() == []


def test_one_failure_is_chance_two_are_do_not_send(conversation):
    fail(conversation)
    assert codes() == []

    fail(conversation)

    assert codes() == [Tag.DO_NOT_SEND]


def test_two_failures_for_another_reason_are_not(conversation):
    fail(conversation, 2, errors=[{"code": 131047}])

    assert codes() == []


def test_a_delivery_in_between_counts(conversation):
    fail(conversation)
    receive(conversation.number, statuses=[status(create_sent(conversation))])
    fail(conversation)

    assert codes() == []


def test_a_failure_that_turned_out_a_delivery_does_not_count(conversation):
    number = conversation.number
    attempt = create_sent(conversation)
    receive(number, statuses=[status(attempt, "failed", errors=GONE)])
    receive(number, statuses=[status(attempt, "delivered")])
    fail(conversation)

    assert codes() == []


def test_a_message_of_theirs_lifts_it(conversation):
    fail(conversation, 2)

    receive(conversation.number, text_message())

    assert codes() == []


def test_an_old_message_that_comes_late_does_not_lift_it(conversation):
    fail(conversation, 2)

    receive(conversation.number, text_message(timestamp="1772971100"))

    assert codes() == [Tag.DO_NOT_SEND]


def test_what_a_person_set_only_a_person_lifts(conversation, alice):
    tags.set_tag(conversation.contact, Tag.DO_NOT_SEND, by=alice, reason="landline")

    receive(conversation.number, text_message())

    assert codes() == [Tag.DO_NOT_SEND]


def test_a_team_may_want_only_a_suggestion(conversation, workspace):
    workspace.suggests_do_not_send = True
    workspace.save()

    fail(conversation, 2)

    assert codes() == []


def test_131050_stops_marketing_and_is_not_dnd(conversation):
    fail(conversation, errors=[{"code": 131050}])

    assert Contact.objects.get().refuses_marketing
    assert codes() == []


def preference(number, value: str, at: int) -> dict:
    data = envelope(number)
    change = data["entry"][0]["changes"][0]
    change["field"] = "user_preferences"
    change["value"]["user_preferences"] = [
        {
            "wa_id": "447700900112",
            "category": "marketing_messages",
            "value": value,
            "timestamp": at,
        }
    ]
    return data


WISHES = [("stop", 1772971300), ("resume", 1772971400), ("stop", 1772971350)]


@pytest.mark.parametrize("order", list(itertools.permutations(WISHES)))
def test_the_newest_wish_about_marketing_wins(conversation, order):
    for value, at in order:
        store(preference(conversation.number, value, at))
    receive(conversation.number)

    assert not Contact.objects.get().refuses_marketing


def test_failures_with_two_numbers_count_together(conversation, workspace, number):
    other = create_conversation(
        create_number(workspace), conversation.contact, wrote_ago=None
    )
    fail(conversation)
    fail(other)

    assert codes() == [Tag.DO_NOT_SEND]


def test_a_stop_that_comes_late_does_not_undo_a_newer_agreement(number):
    receive(number, text_message(body="hello"))
    conversation = Conversation.objects.get()
    Event.objects.create(
        workspace=number.workspace,
        conversation=conversation,
        at=clock.now(),
        kind="dnd_off",
    )
    long_ago = str(int(clock.now().timestamp()) - 3600)

    receive(number, text_message(body="STOP", timestamp=long_ago))

    assert not ContactTag.objects.filter(tag__code="dnd").exists()


def test_only_the_newest_attempts_failure_has_effects(number, conversation):
    old = create_sent(conversation)
    Message.objects.filter(id=old.message_id).update(tries=2)
    failed = status(old, "failed", errors=[{"code": 131050, "title": "stopped"}])

    receive(number, statuses=[failed])

    conversation.contact.refresh_from_db()
    assert not conversation.contact.refuses_marketing
