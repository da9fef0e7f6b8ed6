"""What is queued reaches Meta once, and Meta's answer is what the message becomes."""

import json
import time
from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from business_numbers.models import BusinessAccount, Pace
from converge import clock
from inbox import pacing, recording, takeover, tasks
from inbox.claims import Room, claim
from inbox.gate import Sender
from inbox.models import Attempt, Conversation, Message
from inbox.outbox import Draught, lock, queue, queue_again
from inbox.pacing import SHARE, SLOW_FIRST
from inbox.states import State
from tests import factories
from tests.inbox.sending import (
    create_conversation,
    create_number,
    deliver,
    room,
    say,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def number(simulator):
    return create_number(simulator)


@pytest.fixture
def conversation(simulator, number):
    return create_conversation(simulator, number)


@pytest.fixture
def moving_clock():
    """Business time, moved ahead; back where it was after the test."""
    yield lambda by: clock.move_to(int(by.total_seconds()))
    clock.forget()


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def hours(count: int) -> timedelta:
    return timedelta(hours=count)


def test_a_text_is_sent_once_and_recorded_by_its_attempt(simulator, conversation):
    message = say(conversation, "Hello, Amelia")

    deliver()

    message.refresh_from_db()
    attempt = Attempt.objects.get()
    (entry,) = simulator.journal()
    assert message.state == State.SENT
    assert (entry["callback"], entry["wamid"]) == (str(attempt.id), message.wamid)


def test_messages_of_a_conversation_keep_their_order(simulator, conversation):
    bodies = [say(conversation, f"part {n}").id for n in range(6)]

    deliver()

    order = {str(a.id): a.message_id for a in Attempt.objects.all()}
    assert [order[e["callback"]] for e in simulator.journal()] == bodies


def test_one_message_of_a_conversation_is_in_flight(conversation):
    for n in range(3):
        say(conversation, f"part {n}")

    assert len(claim(room())) == 1
    assert claim(room()) == []


def test_people_go_before_automation(number):
    asked = [factories.create_conversation(number) for _ in range(4)]
    bots = {say(c, "bot", Sender.FLOW).id for c in asked[:3]}
    person = say(asked[3], "person")

    (first,) = claim(room(free=1))
    others = claim(room())

    assert first.message == person.id
    assert {job.message for job in others} == bots


def test_automation_leaves_room_for_people(number):
    for _ in range(5):
        say(factories.create_conversation(number), "bot", Sender.FLOW)

    assert claim(room(free=4, automation=0)) == []


def test_slots_of_a_number_are_evenly_spaced(number):
    for _ in range(10):
        say(factories.create_conversation(number))

    starts = sorted(job.starts_at for job in claim(room()))

    gaps = [b - a for a, b in pairwise(starts)]
    assert len(starts) == 10
    assert gaps == pytest.approx([1 / (80 * SHARE)] * 9, abs=2e-3)


def _held_up(pace: Pace, ahead: int) -> Room:
    """Half a second was lost; `ahead` jobs have not begun. As the process left it."""
    pace.next_at = timezone.now() - timedelta(seconds=0.5)
    pace.save()
    return room(waiting={pace.number_id: ahead}, left_at={pace.number_id: pace.next_at})


def test_a_process_that_was_held_up_makes_up_for_it(number):
    for _ in range(40):
        say(factories.create_conversation(number))
    usual = pacing.most_waiting(80, pacing.HORIZON)
    held_up = _held_up(number.pace, ahead=3)

    jobs = claim(held_up)

    number.pace.refresh_from_db()
    assert len(jobs) == usual - 3
    assert jobs[0].starts_at < time.monotonic()
    assert held_up.left_at == {number.id: number.pace.next_at}


def test_time_in_which_nothing_waited_is_not_made_up_for(conversation):
    say(conversation)
    held_up = _held_up(conversation.number.pace, ahead=0)

    claim(held_up)

    assert held_up.left_at == {}


def test_a_number_nobody_waited_for_is_not_behind(number):
    held_up = _held_up(number.pace, ahead=0)

    claim(held_up)

    assert held_up.left_at == {}


def test_a_process_does_not_make_up_for_what_another_one_served(conversation):
    held_up = _held_up(conversation.number.pace, ahead=0)
    Pace.objects.update(next_at=timezone.now() - timedelta(seconds=0.2))
    say(conversation)

    (job,) = claim(held_up)

    assert job.starts_at >= time.monotonic() - 0.2


def test_a_template_goes_with_its_values(simulator, number):
    amelia = factories.create_contact(number.workspace, wa_id="447700900112")
    closed = factories.create_conversation(number, amelia, wrote_ago=None)
    template = factories.create_template(
        number.account, "hello_world", components=[], language="en_US"
    )
    content = {"name": "hello_world", "language": {"code": "en_US"}}
    draught = Draught("template", "Hello World", content=content, template=template)
    queue(closed.id, draught)

    deliver()

    assert Message.objects.get().state == State.SENT
    assert simulator.journal()[0]["type"] == "template"


def test_an_instagram_reply_is_sent_and_settled_by_its_id(simulator, workspace):
    account = factories.create_account(
        workspace, "instagram", token=simulator.instagram_token
    )
    account.meta_id = simulator.instagram
    account.save()
    number = factories.create_number(
        workspace, "instagram", account=account, meta_id=simulator.instagram
    )
    simulator.write("Hi", person="juniper", number=simulator.instagram)
    contact = factories.Contact.objects.create(workspace=workspace)
    factories.Identity.objects.create(
        workspace=workspace,
        contact=contact,
        kind="igsid",
        scope=account.meta_id,
        value="6817700900501",
    )
    say(factories.create_conversation(number, contact))

    deliver()

    message = Message.objects.get()
    assert (message.state, message.wamid) == (
        State.SENT,
        simulator.journal()[0]["wamid"],
    )


def refuse(simulator, code: int) -> None:
    simulator.fault(error={"next": 1, "code": code})


@pytest.mark.parametrize("code", [131047, 131026, 131051, 100, 368])
def test_what_meta_refuses_for_good_fails_with_its_reason(
    simulator, conversation, code
):
    refuse(simulator, code)
    say(conversation)

    deliver()

    message = Message.objects.get()
    assert (message.state, message.error_code) == (State.FAILED, code)
    assert simulator.journal() == []


@pytest.mark.parametrize("code", [131056, 131057, 130429])
def test_what_meta_puts_off_waits_and_goes_once(simulator, conversation, code):
    refuse(simulator, code)
    say(conversation)
    deliver()
    message = Message.objects.get()
    assert message.state == State.QUEUED
    assert message.due_at > clock.now()

    Message.objects.update(due_at=clock.now())
    Pace.objects.update(slow_until=None)
    deliver()

    message.refresh_from_db()
    assert (message.state, message.tries) == (State.SENT, 2)
    assert len(simulator.journal()) == 1


def test_130429_slows_the_whole_number(simulator, conversation):
    refuse(simulator, 130429)
    say(conversation)

    deliver()

    pace = Pace.objects.get()
    assert pace.slow_until > clock.now()
    assert pace.slow_count == 1


def test_a_dead_token_disconnects_the_account_and_the_message_waits(
    simulator, conversation, number
):
    refuse(simulator, 190)
    say(conversation)
    deliver()
    account = BusinessAccount.objects.get()
    assert account.authorisation == BusinessAccount.DISCONNECTED
    Message.objects.update(due_at=clock.now())

    deliver()

    message = Message.objects.get()
    assert message.state == State.QUEUED
    assert message.decision["reason"] == "REAUTHORISE"
    assert message.tries == 1


FAULTS = {
    "reset_before": 0,
    "http_500": 0,
    "http_502": 0,
    "reset_after": 1,
    "half_body_after": 1,
    "http_500_after": 1,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_may_have_arrived_is_unknown_and_never_repeated(
    simulator, conversation, fault
):
    simulator.fault(**{fault: {"next": 1}})
    say(conversation)

    deliver()
    deliver()

    assert Message.objects.get().state == State.UNKNOWN
    assert len(simulator.journal()) == FAULTS[fault]


def test_refusals_of_calls_already_under_way_slow_the_number_once(
    simulator, conversation, number
):
    others = [conversation] + [
        create_conversation(simulator, number, f"+4477009005{n}", f"4477009005{n}")
        for n in range(10, 16)
    ]
    simulator.fault(http_429={"probability": 1})
    for other in others:
        say(other)

    deliver(threads=2)

    pace = Pace.objects.get(number=number)
    assert pace.slow_count == 1
    assert pace.slow_until <= clock.now() + timedelta(seconds=SLOW_FIRST)


def test_no_minute_hour_or_week_sends_an_unknown_message_again(
    simulator, conversation, moving_clock
):
    simulator.fault(reset_after={"next": 1})
    say(conversation)
    deliver()

    for later in (minutes(1), minutes(10), minutes(61), hours(25), hours(24 * 8)):
        moving_clock(later)
        tasks.sweep()
        deliver()

    assert Message.objects.get().state == State.UNKNOWN
    assert Message.objects.get().tries == 1
    assert len(simulator.journal()) == 1


def test_an_unknown_message_does_not_hold_back_the_next(simulator, conversation):
    simulator.fault(http_502={"next": 1})
    say(conversation, "first")
    second = say(conversation, "second")

    deliver()

    second.refresh_from_db()
    assert second.state == State.SENT


def test_a_status_settles_what_was_unknown(simulator, conversation, number):
    simulator.fault(reset_after={"next": 1})
    say(conversation)
    deliver()
    attempt = Attempt.objects.get()

    factories.receive(number, statuses=[factories.status(attempt, "delivered")])

    assert Message.objects.get().state == State.DELIVERED


def test_a_person_may_send_an_unknown_message_again(simulator, conversation):
    simulator.fault(http_502={"next": 1})
    message = say(conversation)
    deliver()

    queue_again(message.id, may_send=True)
    deliver()

    message.refresh_from_db()
    assert message.state == State.SENT
    assert [a.n for a in message.attempts.order_by("n")] == [1, 2]


def test_what_a_person_sends_again_is_theirs_whoever_wrote_it(simulator, conversation):
    """Automation never repeats what may have arrived, and is silent under a takeover."""
    simulator.fault(http_502={"next": 1})
    message = say(conversation, "from a flow", Sender.FLOW)
    deliver()
    queue_again(message.id, may_send=True)

    takeover.turn_on(lock(conversation.id), by=None, reason=Conversation.BY_SWITCH)
    deliver()

    message.refresh_from_db()
    assert message.state == State.SENT
    assert [a.n for a in message.attempts.order_by("n")] == [1, 2]


def test_a_send_whose_process_died_is_unknown_after_its_lease(conversation):
    say(conversation)
    claim(room())
    assert recording.sweep_leases() == 0

    Message.objects.update(lease_until=clock.now() - timedelta(hours=1))
    swept = recording.sweep_leases()

    assert swept == 1
    assert Message.objects.get().state == State.UNKNOWN
    assert claim(room()) == []


def test_a_takeover_between_queueing_and_sending_silences_the_bot(
    simulator, conversation
):
    bot = say(conversation, "bot", Sender.FLOW)
    say(conversation, "person")

    deliver()

    bot.refresh_from_db()
    assert bot.state == State.CANCELLED
    assert len(simulator.journal()) == 1


def test_the_window_is_asked_again_when_a_message_leaves(conversation):
    message = say(conversation)
    conversation.last_inbound_at = clock.now() - timedelta(hours=25)
    conversation.save()

    deliver()

    message.refresh_from_db()
    assert message.state == State.FAILED
    assert message.error_text == "WINDOW"
    assert not Attempt.objects.exists()


def test_a_job_holds_no_secret(conversation, number, simulator):
    say(conversation)

    (job,) = claim(room())

    assert simulator.token not in repr(job)
    assert json.loads(job.body)["biz_opaque_callback_data"] == str(job.attempt)
