"""Quieter than its own habit: every one of the same hours before was busy, this one is not."""

from datetime import timedelta

import pytest

from business_numbers import silence
from business_numbers.models import NumberEvent
from converge import clock
from inbox.habits import count_inbound
from inbox.models import Message
from tests import factories


@pytest.mark.parametrize(
    ("now", "before", "is_quiet"),
    [
        (0, [20, 35, 22, 30], True),
        (4, [20, 35, 22, 30], True),
        (5, [20, 35, 22, 30], False),
        (0, [20, 35], False),  # too young for a habit
        (0, [0, 0, 20, 35], False),
        (0, [3, 4, 3, 5], False),  # never busy enough to tell
        (0, [0, 20, 35, 22], True),  # a holiday among the weeks
    ],
)
def test_quiet_is_far_below_the_habit(now, before, is_quiet):
    assert (silence.judge(now, before) is not None) == is_quiet


def test_the_words_name_both_figures():
    words = silence.judge(0, [20, 35, 22]).words

    assert words == "Quieter than usual: 0 messages in 75 minutes, normally 20 to 35"


@pytest.mark.django_db
def test_messages_are_counted_by_number_and_span(number):
    conversation = factories.create_conversation(number)
    now = clock.now()
    for minutes in (5, 10, 80):
        Message.objects.create(
            workspace=number.workspace,
            conversation=conversation,
            contact=conversation.contact,
            number=number,
            direction=Message.IN,
            kind="text",
            state="received",
            at=now - timedelta(minutes=minutes),
            wamid=f"wamid.{minutes}",
        )
    spans = [
        (now - timedelta(minutes=75), now),
        (now - timedelta(minutes=150), now - timedelta(minutes=75)),
    ]

    assert count_inbound([number.id], spans) == {number.id: [2, 1]}


@pytest.mark.django_db
def test_a_silent_number_is_reported_once(number, simulator):
    number.last_inbound_at = clock.now() - timedelta(hours=3)
    number.save()

    def busy_before(ids, spans):
        return {n: [0, 20, 30, 25, 28] for n in ids}

    assert silence.look(busy_before) == 1
    assert silence.look(busy_before) == 0
    assert NumberEvent.objects.filter(kind="quieter than usual").count() == 1
    assert number.checks.filter(reason="silence").count() == 1
