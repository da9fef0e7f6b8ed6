"""What became of the messages that left, by day, number, template and reason."""

import pytest

from inbox.models import Message
from inbox.states import State
from reports import counting, delivery
from reports.periods import Period
from tests import factories
from tests.reports.history import NOON, at, begin, reply, write

pytestmark = pytest.mark.django_db
DAY = NOON.date()


@pytest.fixture
def talk(number):
    return begin(number)


def load(workspace, first=DAY, last=DAY, number=None) -> delivery.Delivery:
    return delivery.load(workspace, Period(first, last), number)


def test_every_message_is_in_one_state_and_in_the_sums_of_it(workspace, talk, bob):
    for state in (*State.values,):
        if state not in (State.RECEIVED, State.QUEUED, State.SENDING):
            reply(talk, at(0), bob, state=state)
    write(talk, at(0))

    total = load(workspace).total

    assert total.messages == 9
    assert (total.accepted, total.delivered, total.read) == (6, 3, 2)
    assert (total.failed, total.silent, total.others) == (1, 1, 2)
    parts = (total.read, total.unread, total.only_sent, total.silent, total.failed)
    assert sum(parts) + total.others == total.messages


def test_failures_are_told_apart_by_their_reason(workspace, talk, bob):
    for code in (131026, 131026, 131049, 0, None):
        reply(talk, at(0), bob, state=State.FAILED, error_code=code)

    reasons = load(workspace).reasons

    assert [(r.code, r.messages) for r in reasons] == [
        (131026, 2),
        (131049, 1),
        (0, 1),
        (None, 1),
    ]
    assert "No code of Meta" in reasons[-1].words


def test_numbers_and_templates_have_figures_of_their_own(workspace, number, talk, bob):
    other = factories.create_number(workspace, label="Sales", account=number.account)
    template = factories.create_template(number.account)
    for _ in range(2):
        reply(begin(other), at(0), bob, template=template)
    reply(talk, at(0), bob)

    found = load(workspace)

    assert [(name, f.messages) for name, f in found.by_number] == [
        ("Sales", 2),
        ("Support UK", 1),
    ]
    assert [(name, f.messages) for name, f in found.by_template] == [
        ("order_ready (en)", 2)
    ]
    assert load(workspace, number=number.id).total.messages == 1


def test_a_report_that_comes_late_is_counted_when_its_day_is_counted_again(
    workspace, talk, bob, it_is
):
    message = reply(talk, at(0), bob, state=State.SENT)
    it_is(at(1, days=1))
    counting.count_day(workspace, DAY)
    assert load(workspace).total.delivered == 0

    Message.objects.filter(id=message.id).update(state=State.READ)
    counting.count_day(workspace, DAY)

    total = load(workspace).total
    assert (total.messages, total.read) == (1, 1)


def test_long_periods_are_shown_by_week(workspace, talk, bob, it_is):
    for days in (0, 1, 7):
        reply(talk, at(days=days), bob)
    it_is(at(1, days=8))
    counting.count_due()

    found = load(workspace, at(days=-60).date(), at(days=8).date())

    weeks = [(str(d), f.messages) for d, f in found.by_part if f.messages]
    assert weeks == [("2026-03-09", 2), ("2026-03-16", 1)]
    assert len(found.by_part) == 11
