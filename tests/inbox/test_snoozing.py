"""Conversations sleep until a time that makes sense, and wake for their customer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from converge import clock
from inbox import snoozing
from inbox.models import Conversation, Event, Message
from inbox.tasks import wake_snoozed
from tests import factories

THURSDAY = datetime(2026, 3, 26, 12, 0, tzinfo=UTC)


def offered(now: datetime, zone: str = "Europe/London") -> dict[str, str]:
    with timezone.override(zone):
        return {
            c.key: timezone.localtime(c.until).isoformat()
            for c in snoozing.choices(now)
        }


def test_mornings_are_nine_oclock_where_the_person_is():
    assert offered(THURSDAY, "Asia/Tokyo") == {
        "later": "2026-03-27T00:00:00+09:00",
        "tomorrow": "2026-03-27T09:00:00+09:00",
        "monday": "2026-03-30T09:00:00+09:00",
    }


def test_nine_oclock_stays_nine_when_clocks_change():
    saturday = THURSDAY + timedelta(days=2)

    assert offered(saturday)["tomorrow"] == "2026-03-29T09:00:00+01:00"


def test_on_a_monday_next_week_is_a_week_away():
    monday = datetime(2026, 3, 30, 7, 0, tzinfo=UTC)

    assert offered(monday)["monday"] == "2026-04-06T09:00:00+01:00"


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        ("", "Choose a day"),
        ("tomorrow", "Choose a day"),
        ("2026-02-31T09:00", "Choose a day"),
        ("2026-03-26T11:59", "That time is over"),
        ("2036-03-26T12:00", "more than a year"),
    ],
)
def test_a_time_that_makes_no_sense_is_refused_in_words(own, sentence):
    with timezone.override("Europe/London"), pytest.raises(snoozing.Unusable) as told:
        snoozing.wake_at("", own, THURSDAY)

    assert sentence in str(told.value)


@pytest.fixture
def snooze(client, bob, conversation):
    """`snooze(field=…)` as Bob would."""
    client.force_login(bob)
    args = [conversation.workspace.slug, conversation.public_id]

    def act(**fields):
        return client.post(reverse("inbox:snooze", args=args), fields, follow=True)

    return act


def test_it_sleeps_and_says_until_when(db, snooze, conversation):
    snooze(until="tomorrow")

    conversation.refresh_from_db()
    event = Event.objects.get(conversation=conversation)
    assert conversation.state == Conversation.SNOOZED
    assert conversation.snoozed_until > clock.now()
    assert event.data["until"] == conversation.snoozed_until.isoformat()


def test_a_refused_time_changes_nothing(db, snooze, conversation):
    page = snooze(at="2001-01-01T09:00").content.decode()

    conversation.refresh_from_db()
    assert "That time is over." in page
    assert conversation.state == Conversation.OPEN


def test_it_wakes_at_its_time_and_when_the_customer_writes(db, snooze, conversation):
    snooze(until="later")
    Conversation.objects.update(snoozed_until=clock.now())
    wake_snoozed()
    conversation.refresh_from_db()
    assert conversation.state == Conversation.OPEN

    snooze(until="later")
    person = conversation.contact.identities.get().value
    factories.receive(conversation.number, factories.text_message(person))
    conversation.refresh_from_db()
    assert conversation.state == Conversation.OPEN


@pytest.mark.parametrize(
    ("then", "state"),
    [
        ("close", Conversation.CLOSED),
        ("snooze", Conversation.SNOOZED),
        ("dance", Conversation.OPEN),
    ],
)
def test_a_reply_may_close_or_snooze(client, bob, conversation, then, state):
    client.force_login(bob)
    args = [conversation.workspace.slug, conversation.public_id]

    client.post(reverse("inbox:send", args=args), {"body": "Done", "then": then})

    conversation.refresh_from_db()
    assert conversation.state == state
    assert Message.objects.get().body == "Done"
