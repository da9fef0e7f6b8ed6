"""What Meta reports about a message only ever raises it, and finds it in the end."""

import itertools
import uuid
from datetime import timedelta

import pytest

from converge import clock
from inbox import statuses
from inbox.models import Attempt, Message, ParkedStatus
from inbox.states import RANKS, State
from inbox.tasks import join_parked
from tests import factories
from tests.factories import create_sent, receive, status

pytestmark = pytest.mark.django_db
REPORTS = ("sent", "delivered", "read", "failed")


def report(number, attempt, state, **fields):
    receive(number, statuses=[status(attempt, state, **fields)])


def outcome(order) -> str:
    """The rule, in words: an arrival wins over a failure, a failure over `sent`."""
    arrived = [s for s in ("read", "delivered") if s in order]
    return arrived[0] if arrived else "failed" if "failed" in order else "sent"


@pytest.mark.parametrize(
    "order",
    [p for n in (1, 2, 3) for p in itertools.permutations(REPORTS, n)],
    ids="-".join,
)
def test_a_message_is_what_its_reports_amount_to_in_any_order(conversation, order):
    attempt = create_sent(conversation)
    failed = {"errors": [{"code": 131026, "title": "Undeliverable"}]}

    for state in order:
        fields = failed if state == "failed" else {}
        report(conversation.number, attempt, state, **fields)

    attempt.refresh_from_db()
    assert attempt.state == outcome(order)
    message = Message.objects.get()
    assert message.state == outcome(order)
    assert message.error_code == (131026 if message.state == "failed" else None)


@pytest.mark.parametrize("state", ["deleted", "warning", "invented"])
def test_words_we_do_not_use_change_nothing(conversation, state):
    attempt = create_sent(conversation)

    report(conversation.number, attempt, state)

    assert Message.objects.get().state == State.SENT
    assert not ParkedStatus.objects.exists()


def test_a_report_settles_an_unknown_attempt_by_its_callback(conversation):
    attempt = create_sent(conversation, State.UNKNOWN)

    report(conversation.number, attempt, "delivered", id="wamid.meta")

    message = Message.objects.get()
    assert (message.state, message.wamid) == (State.DELIVERED, "wamid.meta")


def test_a_report_without_callback_finds_its_wamid(conversation):
    attempt = create_sent(conversation)

    report(conversation.number, attempt, "read", biz_opaque_callback_data=None)

    assert Message.objects.get().state == State.READ


def test_a_callback_of_another_workspace_is_nobodys(conversation):
    elsewhere = factories.create_number(factories.create_workspace("Elsewhere"))
    attempt = create_sent(conversation, State.UNKNOWN)

    report(elsewhere, attempt, "delivered")

    assert Message.objects.get().state == State.UNKNOWN


def test_a_report_that_comes_too_early_waits(conversation):
    number, pk = conversation.number, uuid.uuid4()
    early = Attempt(id=pk, wamid="wamid.early")
    report(number, early, "delivered")
    assert ParkedStatus.objects.count() == 1

    attempt = create_sent(conversation, wamid="wamid.early")
    join_parked()

    attempt.refresh_from_db()
    assert attempt.state == State.DELIVERED
    assert not ParkedStatus.objects.exists()


def test_after_a_week_a_report_is_another_apps(number):
    stranger = Attempt(id=uuid.uuid4(), wamid="wamid.stranger")
    report(number, stranger, "delivered")
    ParkedStatus.objects.update(parked_at=clock.now() - timedelta(days=7, seconds=1))

    statuses.mark_external()

    assert ParkedStatus.objects.get().is_external


def test_an_arrival_takes_a_waiting_retry_back(conversation):
    attempt = create_sent(conversation)
    Message.objects.update(state=State.QUEUED, due_at=clock.now())

    report(conversation.number, attempt, "delivered")

    assert Message.objects.get().state == State.DELIVERED


def test_a_failure_of_an_older_attempt_does_not_stop_a_waiting_retry(conversation):
    attempt = create_sent(conversation)
    Message.objects.update(state=State.QUEUED, due_at=clock.now())

    report(conversation.number, attempt, "failed", errors=[{"code": 131026}])

    assert Message.objects.get().state == State.QUEUED


def test_ranks_rise_with_what_is_known():
    order = sorted(State, key=RANKS.get)

    assert order.index(State.SENT) < order.index(State.FAILED)
    assert order.index(State.FAILED) < order.index(State.DELIVERED)
    assert order.index(State.DELIVERED) < order.index(State.READ)
    assert order.index(State.UNKNOWN) < order.index(State.SENT)
